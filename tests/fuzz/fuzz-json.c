/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as tokens, which are written and read again. */
#include <math.h>

#include "codec/json.h"
#include "fuzz/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(LwWriter *writer, const LwValue *value)
{
        if (value->type == LW_TYPE_STRING)
                lw_json_write_string(writer, value->text, value->length);
        else if (value->type == LW_TYPE_BOOLEAN)
                lw_writer_text(writer, value->boolean ? "true" : "false");
        else if (value->type == LW_TYPE_NONE)
                lw_writer_text(writer, "null");
        else
                g_assert(lw_json_write_number(writer, value, NULL));
        /* so that it stays a float: 5.0 is written as 5, what no integer can hold with its point */
        if (value->type == LW_TYPE_FLOAT && value->number == trunc(value->number) &&
                        fabs(value->number) < 0x1p63)
                lw_writer_text(writer, ".0");
}

static void write_tokens(LwWriter *writer, const GArray *tokens)
{
        bool map[LW_JSON_DEPTH_MAX + 1] = {}, begun[LW_JSON_DEPTH_MAX + 1] = {};
        unsigned depth = 0, place[LW_JSON_DEPTH_MAX + 1] = {};

        for (unsigned i = 0; i < tokens->len; i++) {
                const LwToken *token = &g_array_index(tokens, LwToken, i);

                if (token->kind == LW_TOKEN_CLOSE) {
                        lw_writer_u8(writer, map[depth--] ? '}' : ']');
                        continue;
                }
                if (begun[depth])
                        lw_writer_u8(writer, map[depth] && place[depth] % 2 ? ':' : ',');
                begun[depth] = depth > 0;
                place[depth]++;
                if (token->kind == LW_TOKEN_VALUE) {
                        write_value(writer, &token->value);
                        continue;
                }
                depth++;
                map[depth] = token->kind == LW_TOKEN_MAP;
                begun[depth] = false;
                place[depth] = 0;
                lw_writer_u8(writer, map[depth] ? '{' : '[');
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GArray) tokens = NULL, again = NULL;
        g_auto(LwWriter) writer = {};
        g_auto(LwJson) json, second;

        lw_json_init(&second, NULL, 0);
        lw_json_init(&json, data, size);
        tokens = fuzz_tokens(&json.tokens);
        if (!tokens)
                return 0;
        write_tokens(&writer, tokens);
        lw_json_init(&second, writer.data, writer.length);
        again = fuzz_tokens(&second.tokens);
        g_assert(again && fuzz_tokens_equal(tokens, again));
        return 0;
}
