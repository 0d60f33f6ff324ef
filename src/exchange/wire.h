/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWire: the transport of an exchange, with what is counted and who watches. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/exchange.h"
#include "exchange/unconfirmed.h"

/**
 * LwWire: what both directions of an exchange share.
 *
 * `now` is the moment of the last event: an answer that comes without one counts from there. Once
 * `closed` is set nobody outside is called any more.
 */
typedef struct LwWire {
        LwTransport *transport;
        const LwExchangeEvents *events;
        void *user;
        LwNow now;
        LwExchangeCounters counters;
        LwUsec active; /* when the last message came or went; 0: none did */
        LwUnconfirmed unconfirmed;
        LwExchangeTrace trace;
        void *trace_user;
        bool is_up;
        bool is_down; /* it ended, for good */
        bool is_stream;
        uint16_t limit; /* bytes: the largest message that can be sent */
        bool closed;
} LwWire;

/** Errors: 5.03. */
bool lw_wire_send(LwWire *self, const LwMessage *message, GError **error);
/** Sends the empty ACK of their message `mid`; if it is lost, they repeat the message. */
void lw_wire_acknowledge(LwWire *self, uint16_t mid);
/** Counts and shows a message that went out as the answer to an event. */
void lw_wire_note_sent(LwWire *self, const LwMessage *message);
void lw_wire_note_received(LwWire *self, const LwMessage *message);
