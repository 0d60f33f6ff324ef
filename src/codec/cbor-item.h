/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One item of CBOR, or the head of one: libcbor's streaming decoder, and a short way past it. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "model/value.h"

/* The head of an item: three bits of major type, and its argument or how many bytes say it. */
#define LW_CBOR_MAJOR_MASK 0xe0
#define LW_CBOR_MAJOR_TAG 0xc0
#define LW_CBOR_INFO_MASK 0x1f
#define LW_CBOR_INFO_ONE_BYTE 24
#define LW_CBOR_INFO_EIGHT_BYTES 27

/** What an item is, or begins. */
typedef enum LwCborSight {
        LW_CBOR_NOTHING, /* undefined, which libcbor tells us of and we do not know */
        LW_CBOR_VALUE,
        LW_CBOR_NEGATIVE, /* -1 - count */
        LW_CBOR_UNSIGNED, /* count */
        LW_CBOR_ARRAY,
        LW_CBOR_MAP,
        LW_CBOR_INDEFINITE_ARRAY,
        LW_CBOR_INDEFINITE_MAP,
        LW_CBOR_INDEFINITE_TEXT,
        LW_CBOR_INDEFINITE_DATA,
        LW_CBOR_TAG, /* where none may stand: before an item they are taken off */
        LW_CBOR_BREAK,
} LwCborSight;

/**
 * LwCborItem: one item, or the head of one.
 *
 * Shape:  `count` is set for integers and for what has items of its own (0 if indefinite), `value`
 *         for VALUE alone.
 * Owns:   nothing; text and bytes point into what was read. Text is not checked.
 */
typedef struct LwCborItem {
        LwCborSight sight;
        uint64_t count;
        LwValue value;
} LwCborItem;

/**
 * Takes the next item, or head, off `reader`.
 *
 * Returns: NULL, or in words what is wrong with the document; `reader` is then where it was.
 * Source:  RFC 8949, 3.
 */
const char *lw_cbor_item_read(LwReader *reader, LwCborItem *ret_item);
