/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOutgoing: our requests to a peer, one at a time, and what we watch there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/errand.h"
#include "exchange/exchange.h"
#include "exchange/wire.h"

/**
 * LwOutgoing: requests of ours that wait, are under way, or go on as observations.
 *
 * One Confirmable request is out at a time (NSTART, RFC 7252, 4.7); urgent ones go beside it, and
 * Non-confirmable ones wait for nothing.
 */
typedef struct LwOutgoing {
        LwWire *wire;
        GHashTable *errands; /* id to LwErrandItem, all of them; owns them */
        GHashTable *watches; /* token to LwErrandItem, for notifications */
        GQueue waiting;      /* in the order of sending */
        GPtrArray *flying;
} LwOutgoing;

void lw_outgoing_init(LwOutgoing *self, LwWire *wire);
/** Forgets all; no `done` is called any more. */
void lw_outgoing_close(LwOutgoing *self);
void lw_outgoing_clear(LwOutgoing *self);

/** As lw_exchange_request(), on an errand that has its timeout and `done`; takes it. */
LwErrand lw_outgoing_request(LwOutgoing *self, LwErrandItem *errand, GError **error);
/** A request of ours that is not over, or NULL. */
const LwErrandItem *lw_outgoing_find(const LwOutgoing *self, LwErrand id);
void lw_outgoing_drop(LwOutgoing *self, LwErrand id);

/** The connection stands: what waits goes out. */
void lw_outgoing_up(LwOutgoing *self);
/** It ended: all fail. */
void lw_outgoing_down(LwOutgoing *self, const GError *reason);
/** The transport's `response`. */
bool lw_outgoing_response(LwOutgoing *self, const LwMessage *message);
/** A message with this token failed. False: it is not a request of ours that is out. */
bool lw_outgoing_failed(LwOutgoing *self, const uint8_t *token, size_t token_length,
                LwTransportFailure why);

LwUsec lw_outgoing_deadline(const LwOutgoing *self);
void lw_outgoing_run(LwOutgoing *self);
