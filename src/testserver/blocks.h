/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestBlocks: the blocks of a body in an order that no proper sender has. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/blob.h"

/**
 * LwTestBlocks: which blocks of a body are sent, one after the other: to see what a client does
 * when one is left out, comes twice or too early.
 */
typedef struct LwTestBlocks LwTestBlocks;

/**
 * Cuts `body` to blocks of `size` bytes, 16 to 1024, and sends those that `order` (uint32_t) names,
 * at least one. Errors: 4.00 a block that the body does not have.
 */
LwTestBlocks *lw_test_blocks_new(const LwMessage *head, LwBlob *body, uint16_t size,
                const GArray *order, GError **error);
void lw_test_blocks_free(LwTestBlocks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestBlocks, lw_test_blocks_free)

/** Whether one is left to be sent. */
bool lw_test_blocks_has_next(const LwTestBlocks *self);
/**
 * The next message, with its Block1 option, and the block, which the caller releases. The message
 * points into `self`. Errors: 5.00 the body cannot be read.
 */
bool lw_test_blocks_next(
                LwTestBlocks *self, LwMessage *ret_message, LwBlob **ret_block, GError **error);
