/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as tokens, and values as JSON. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "codec/tokens.h"
#include "model/limits.h"
#include "model/value.h"

/* Reading */

/** LwJsonFrame: an object or array that is open. */
typedef struct LwJsonFrame {
        bool map;
        bool begun;     /* something stands in it: a comma comes before the next */
        bool after_key; /* a colon and a value come next */
} LwJsonFrame;

/**
 * LwJson: the tokens of one JSON text.
 *
 * Shape:  Strings are decoded, and checked to be UTF-8 without NUL or lone surrogates. A number
 *         without fraction and exponent is exact in 64 bits, every other one the nearest double.
 * Owns:   strings that had escapes: lw_json_clear().
 * Source: RFC 8259.
 */
typedef struct LwJson {
        LwTokens tokens;
        const char *text, *next, *end;
        char *decoded; /* as large as what was left when it was made: it never moves */
        size_t decoded_length;
        bool started;
        unsigned depth;
        LwJsonFrame frames[LW_JSON_DEPTH_MAX];
} LwJson;

void lw_json_init(LwJson *self, const uint8_t *data, size_t length);
void lw_json_clear(LwJson *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwJson, lw_json_clear)

/* Writing */

/** A string in quotes, escaped where JSON wants it. */
void lw_json_write_string(LwWriter *writer, const char *text, size_t length);
/** An INTEGER, TIME, UNSIGNED or FLOAT. Errors: 4.06 for NaN and infinities. */
bool lw_json_write_number(LwWriter *writer, const LwValue *value, GError **error);
/**
 * An OPAQUE as a string of base64. A blob passes through memory, bounded as lw_opaque_size() says.
 * Errors: as lw_opaque_write().
 */
bool lw_json_write_data(LwWriter *writer, const LwValue *value,
                void (*base64)(LwWriter *writer, const uint8_t *data, size_t length),
                GError **error);
