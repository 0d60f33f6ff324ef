/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSlice: one block of a body. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/blob.h"

/** LwSlice: one block of a body; the bytes are the blob's, or lie in the buffer that was given. */
typedef struct LwSlice {
        const uint8_t *data;
        size_t length;
        LwBlock block;
} LwSlice;

/**
 * Block `number` of `size` bytes each. Nothing but this block is read, so that a body of any length
 * costs the same memory. Errors: 4.02 beyond the end (an empty body has the block 0), and
 * where blocks have no numbers any more; 5.00 unreadable.
 */
bool lw_slice(LwBlob *body, uint32_t number, uint16_t size, uint8_t buffer[static LW_BLOCK_SIZE],
                LwSlice *ret_slice, GError **error);

/* The number of a block has 20 bits. Source: RFC 7959, 2.2. */
#define LW_BLOCKS_MAX (UINT64_C(1) << 20)

/**
 * The largest block that goes into a message of `limit` bytes, beside the options of `head` and
 * those that blocks need: 16 bytes at least, LW_BLOCK_SIZE at most.
 */
uint16_t lw_block_fitting(const LwMessage *head, size_t limit);

/** Where a block begins in its body. */
static inline uint64_t lw_block_offset(const LwBlock *block)
{
        return (uint64_t) block->number * block->size;
}

/** A block that has more behind it is full, the last one at most that. Errors: 4.00. */
bool lw_block_check_length(const LwBlock *block, size_t length, GError **error);
