/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as tokens; what they are is written as indefinite arrays and maps and read again. */
#include "codec/cbor.h"
#include "fuzz/tokens.h"

#define INDEFINITE_ARRAY 0x9f
#define INDEFINITE_MAP 0xbf
#define BREAK 0xff

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_tokens(LwWriter *writer, GArray *tokens)
{
        for (unsigned i = 0; i < tokens->len; i++) {
                LwToken *token = &g_array_index(tokens, LwToken, i);

                switch (token->kind) {
                case LW_TOKEN_VALUE:
                        if (token->value.type == LW_TYPE_TIME)
                                token->value.type = LW_TYPE_INTEGER; /* the tag is gone */
                        g_assert(lw_cbor_write_value(writer, &token->value, NULL));
                        break;
                case LW_TOKEN_ARRAY:
                        lw_writer_u8(writer, INDEFINITE_ARRAY);
                        break;
                case LW_TOKEN_MAP:
                        lw_writer_u8(writer, INDEFINITE_MAP);
                        break;
                case LW_TOKEN_CLOSE:
                        lw_writer_u8(writer, BREAK);
                        break;
                case LW_TOKEN_END:
                        break;
                }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GArray) tokens = NULL, again = NULL;
        g_auto(LwWriter) writer = {};
        g_auto(LwCbor) cbor, second;

        lw_cbor_init(&second, NULL, 0);
        lw_cbor_init(&cbor, data, size);
        tokens = fuzz_tokens(&cbor.tokens);
        if (!tokens)
                return 0;
        write_tokens(&writer, tokens);
        lw_cbor_init(&second, writer.data, writer.length);
        again = fuzz_tokens(&second.tokens);
        g_assert(again && fuzz_tokens_equal(tokens, again));
        return 0;
}
