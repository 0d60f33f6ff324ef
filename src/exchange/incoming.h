/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwIncoming: the requests of a peer and our answers to them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/dedup.h"
#include "exchange/exchange.h"
#include "exchange/snapshot.h"
#include "exchange/upload.h"
#include "exchange/wire.h"

/**
 * LwIncoming: one peer's requests: each reaches `request` once, and has its answer once.
 *
 * An answer given inside `request` is written into the transport's own message, which then points
 * to `held`, `options` and `block` until the next event; one given later is a message of its own.
 */
typedef struct LwIncoming {
        LwWire *wire;
        LwDedup dedup;
        LwSnapshots snapshots;
        LwUpload *uploads[LW_UPLOADS_MAX]; /* NULL: free */
        LwUsec ack_due;                    /* no held ACK is due before */
        /* The event under way */
        LwTicket current; /* 0 outside of one */
        const LwMessage *request;
        LwMessage *reply;
        bool replied;
        bool is_repeated;
        /* What its answer points to */
        LwBlob *held;
        GByteArray *options;
        uint8_t block[LW_BLOCK_SIZE];
} LwIncoming;

void lw_incoming_init(LwIncoming *self, LwWire *wire);
/** Aborts uploads and forgets everything; nothing is answered any more. */
void lw_incoming_close(LwIncoming *self);
void lw_incoming_clear(LwIncoming *self);

/** The transport's `request`. */
bool lw_incoming_request(LwIncoming *self, const LwMessage *message, LwMessage *ret_reply);

/** What an answer is made of: a head and a body, or a code and a sentence. */
void lw_incoming_reply(LwIncoming *self, LwTicket ticket, const LwMessage *head, LwBlob *body);
void lw_incoming_reply_status(
                LwIncoming *self, LwTicket ticket, LwStatus status, const char *diagnostic);

LwUsec lw_incoming_deadline(const LwIncoming *self);
void lw_incoming_run(LwIncoming *self);
