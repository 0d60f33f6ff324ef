/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as tokens, and values as CBOR: a thin coat on libcbor's streaming decoder. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "codec/tokens.h"
#include "model/limits.h"
#include "model/value.h"

/* Reading */

/** LwCborFrame: an array or map that is open; `left` counts items, keys included. */
typedef struct LwCborFrame {
        uint64_t left;
        bool indefinite;
        bool map;
        bool odd; /* in an indefinite map: a key stands without its value */
} LwCborFrame;

/**
 * LwCbor: the tokens of one CBOR item and nothing behind it.
 *
 * Shape:  Any well-formed encoding: indefinite lengths, longer forms. Tag 0 and 1 make a TIME, tag
 *         4 a FLOAT, other tags are passed over. Bignums, undefined and other simple values are
 *         refused, as nothing here can mean them.
 * Owns:   the pieces of indefinite strings, joined: lw_cbor_clear().
 * Source: RFC 8949.
 */
typedef struct LwCbor {
        LwTokens tokens;
        LwReader reader;
        size_t length;
        char *joined; /* as large as what was left when it was made: it never moves */
        size_t joined_length;
        bool started;
        unsigned depth;
        LwCborFrame frames[LW_CBOR_DEPTH_MAX];
} LwCbor;

void lw_cbor_init(LwCbor *self, const uint8_t *data, size_t length);
void lw_cbor_clear(LwCbor *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwCbor, lw_cbor_clear)

/* Writing: always the shortest form, always definite lengths */

void lw_cbor_write_array(LwWriter *writer, uint64_t count);
/** A map of `count` pairs. */
void lw_cbor_write_map(LwWriter *writer, uint64_t count);
void lw_cbor_write_integer(LwWriter *writer, int64_t value);
void lw_cbor_write_text(LwWriter *writer, const char *text, size_t length);
/**
 * Any value, NONE as null, a link as text, a TIME as a plain number, a float as the shortest of the
 * three kinds that keeps it. Errors: as lw_opaque_write().
 */
bool lw_cbor_write_value(LwWriter *writer, const LwValue *value, GError **error);
