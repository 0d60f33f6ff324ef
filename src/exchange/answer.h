/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to a peer's requests: in the event or later, whole or cut into blocks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/incoming.h"

/*
 * `slot` is pending. An answer inside the event of its request goes back with the event, any other
 * is a message of its own: CON if the request was, else NON. Afterwards the slot is not pending any
 * more.
 */

/** An answer with code and options of `head`, and a body or NULL, cut as the request asks for it.
 */
void lw_answer(LwIncoming *self, LwSlot *slot, const LwMessage *head, LwBlob *body);
/** Only a code, a sentence or NULL, and Size1 unless `size_limit` is 0. A long sentence is cut. */
void lw_answer_status(LwIncoming *self, LwSlot *slot, LwStatus status, const char *diagnostic,
                uint32_t size_limit);
/** Code and sentence of an error; a 4.13 says how much would do. */
void lw_answer_error(LwIncoming *self, LwSlot *slot, const GError *error);
/** Answers a request for a block from the snapshot. False: there is none, ask for the whole. */
bool lw_answer_block(LwIncoming *self, LwSlot *slot, const LwMessage *message);

/**
 * Puts a body into an answer or notification of ours: whole, or cut at `wanted` (NULL: the peer did
 * not ask for blocks) with its snapshot kept for the rest. The payload lies in the blob or in
 * `buffer`. Errors: 4.02 beyond the end; 5.00 unreadable, or more than LW_REPLY_MAX in memory.
 */
bool lw_answer_attach(LwIncoming *self, LwMessage *message, LwKey key, const LwBlock *wanted,
                LwBlob *body, uint8_t buffer[static LW_BLOCK_SIZE], GError **error);
