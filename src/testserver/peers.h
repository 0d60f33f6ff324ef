/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestPeers: the addresses that speak with us, each with its exchange. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/exchange.h"
#include "exchange/transport.h"

/**
 * LwTestPeer: one address. It lives as long as somebody holds it (a registered client), and for
 * EXCHANGE_LIFETIME after its last message.
 *
 * Shape:  `exchange` is never NULL; `lost` when its transport ended: nothing can be sent there any
 * more. Owns:   the exchange.
 */
typedef struct LwTestPeer {
        LwExchange *exchange;
        char *address;
        char *identity; /* of its pre-shared key or raw public one; NULL: it has none */
        char *name;     /* the Common Name of its certificate; NULL: it has none */
        unsigned holders;
        bool lost;
        LwUsec heard;
        void *user; /* for whoever traces */
} LwTestPeer;

typedef struct LwTestPeersEvents {
        void (*request)(void *user, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                        LwNow now);
        /** It is there, and nothing came from it yet; about to go, and nobody holds it. May be
         * NULL. */
        void (*came)(void *user, LwTestPeer *peer);
        void (*going)(void *user, LwTestPeer *peer);
} LwTestPeersEvents;

typedef struct LwTestPeers LwTestPeers;

LwTestPeers *lw_test_peers_new(const LwTestPeersEvents *events, void *user);
/** Closes all exchanges; nobody may hold a peer any more. */
void lw_test_peers_free(LwTestPeers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestPeers, lw_test_peers_free)

/** Takes a transport of a listener over. False when LW_PEERS_MAX are known and all are held. */
bool lw_test_peers_accept(LwTestPeers *self, LwTransport *transport, LwNow now);

void lw_test_peer_hold(LwTestPeer *self);
void lw_test_peer_release(LwTestPeer *self);

size_t lw_test_peers_count(const LwTestPeers *self);
LwUsec lw_test_peers_deadline(const LwTestPeers *self);
void lw_test_peers_run(LwTestPeers *self, LwNow now);
