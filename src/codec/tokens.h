/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTokens: a document of values, arrays and maps, pulled token by token. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/value.h"

typedef enum LwTokenKind {
        LW_TOKEN_VALUE, /* `value` holds it; LW_TYPE_NONE is null */
        LW_TOKEN_ARRAY, /* one begins */
        LW_TOKEN_MAP,   /* one begins; its keys and values follow in turn */
        LW_TOKEN_CLOSE, /* the innermost array or map ends */
        LW_TOKEN_END,   /* nothing is left */
} LwTokenKind;

/**
 * LwToken: what comes next.
 *
 * Shape:  values are STRING (UTF-8 without NUL, and none behind it), INTEGER, UNSIGNED (above
 *         INT64_MAX only), FLOAT, BOOLEAN, OPAQUE, TIME where the format says that it is one, NONE.
 * Owns:   nothing. Text and data are valid as long as the tokens and their document.
 */
typedef struct LwToken {
        LwTokenKind kind;
        LwValue value;
} LwToken;

/**
 * LwTokens: what reads CBOR and JSON alike. Neither recurses, nor allocates but for text that does
 * not lie in the document in one piece.
 *
 * next: Errors: 4.00 malformed, 4.13 nested too deep.
 */
typedef struct LwTokens LwTokens;

struct LwTokens {
        bool (*next)(LwTokens *self, LwToken *ret_token, GError **error);
};

static inline bool lw_tokens_next(LwTokens *self, LwToken *ret_token, GError **error)
{
        return self->next(self, ret_token, error);
}

/** Reads on to the end of the array or map that `token` begins; a value has ended already. */
bool lw_tokens_skip(LwTokens *self, const LwToken *token, GError **error);
