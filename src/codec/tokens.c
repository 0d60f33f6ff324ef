/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTokens: a document of values, arrays and maps, pulled token by token. */
#include "codec/tokens.h"

bool lw_tokens_skip(LwTokens *self, const LwToken *token, GError **error)
{
        LwToken next = *token;
        unsigned depth = 0;

        for (;;) {
                if (next.kind == LW_TOKEN_ARRAY || next.kind == LW_TOKEN_MAP)
                        depth++;
                else if (next.kind == LW_TOKEN_CLOSE)
                        depth--;
                if (depth == 0)
                        return true;
                if (!lw_tokens_next(self, &next, error))
                        return false;
        }
}
