/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the targets of CBOR and JSON share: a document as a list of its tokens. */
#pragma once

#include "codec/tokens.h"
#include "model/status.h"

/* All tokens of a document, without its end, or NULL where it is refused, with a reason. */
static inline GArray *fuzz_tokens(LwTokens *tokens)
{
        g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LwToken));
        g_autoptr(GError) error = NULL;
        LwToken token;

        while (lw_tokens_next(tokens, &token, &error)) {
                if (token.kind == LW_TOKEN_END)
                        return g_steal_pointer(&all);
                if (token.kind == LW_TOKEN_VALUE && token.value.type == LW_TYPE_STRING)
                        g_assert(g_utf8_validate_len(token.value.text, token.value.length, NULL));
                g_array_append_val(all, token);
        }
        g_assert(error && error->domain == LW_ERROR);
        g_assert(error->code == LW_STATUS_BAD_REQUEST || error->code == LW_STATUS_TOO_LARGE);
        return NULL;
}

static inline bool fuzz_tokens_equal(const GArray *a, const GArray *b)
{
        if (a->len != b->len)
                return false;
        for (unsigned i = 0; i < a->len; i++) {
                const LwToken *left = &g_array_index(a, LwToken, i);
                const LwToken *right = &g_array_index(b, LwToken, i);

                if (left->kind != right->kind)
                        return false;
                if (left->kind == LW_TOKEN_VALUE && !lw_value_equal(&left->value, &right->value))
                        return false;
        }
        return true;
}
