/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInbox: what a server asks of us: its requests to the tree, and the answers back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/connection.h"
#include "client/observer.h"
#include "exchange/message.h"
#include "model/request.h"
#include "tree/tree.h"

/** One operation was answered; not told of Reads and Discovers. */
typedef void (*LwInboxOperated)(
                void *user, LwOperation operation, const LwPath *path, LwStatus status);

/**
 * LwInbox: a plain part of its server, which keeps it up to date.
 *
 * Owns:   nothing; it exists while the connection is open.
 */
typedef struct LwInbox {
        LwTree *tree;
        LwObserver *observer;
        LwConnection *connection; /* NULL: none */
        uint16_t ssid;
        LwVersion version; /* that the registration agreed on */
        bool open;         /* requests are served; else 5.03 */
        LwInboxOperated operated;
        void *user;
} LwInbox;

/** Answers a request of the server's, now or later. */
void lw_inbox_request(LwInbox *self, const LwMessage *message, LwTicket ticket, LwNow now);
/** The sink for a body that comes in blocks: see LwExchangeEvents.receive. */
LwSink *lw_inbox_receive(
                LwInbox *self, const LwMessage *first, uint64_t size, LwNow now, GError **error);
