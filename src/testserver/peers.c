/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses that speak with us, each with its exchange. */
#include "testserver/peers.h"

#include "model/limits.h"

#define IDLE_USEC (LW_TRANSFER_IDLE_SECONDS * LW_USEC_PER_SEC)

/* A peer and the way back from its exchange's events. */
typedef struct Entry {
        LwTestPeer peer;
        LwTestPeers *peers;
} Entry;

struct LwTestPeers {
        const LwTestPeersEvents *events;
        void *user;
        GPtrArray *entries; /* Entry */
};

static void on_stage(void *user G_GNUC_UNUSED, LwTransportStage stage G_GNUC_UNUSED)
{
}

static void on_up(void *user G_GNUC_UNUSED, LwNow now G_GNUC_UNUSED)
{
}

/* It is dropped in lw_test_peers_run(), as this call comes out of it. */
static void on_down(void *user, const GError *reason G_GNUC_UNUSED, LwNow now G_GNUC_UNUSED)
{
        Entry *entry = user;

        entry->peer.lost = true;
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        Entry *entry = user;

        entry->peer.heard = now.boot;
        entry->peers->events->request(entry->peers->user, &entry->peer, message, ticket, now);
}

static const LwExchangeEvents exchange_events = {
        .stage = on_stage,
        .up = on_up,
        .down = on_down,
        .request = on_request,
};

static void entry_free(Entry *entry)
{
        if (entry->peers->events->going != NULL)
                entry->peers->events->going(entry->peers->user, &entry->peer);
        lw_exchange_free(entry->peer.exchange);
        g_free(entry->peer.address);
        g_free(entry->peer.identity);
        g_free(entry->peer.name);
        g_free(entry);
}

LwTestPeers *lw_test_peers_new(const LwTestPeersEvents *events, void *user)
{
        LwTestPeers *self = g_new0(LwTestPeers, 1);

        self->events = events;
        self->user = user;
        self->entries = g_ptr_array_new();
        return self;
}

void lw_test_peers_free(LwTestPeers *self)
{
        if (self == NULL)
                return;
        for (guint i = 0; i < self->entries->len; i++)
                entry_free(g_ptr_array_index(self->entries, i));
        g_ptr_array_unref(self->entries);
        g_free(self);
}

/*
 * Makes room when there is none: the one that was silent longest goes. False: all are held. One
 * place is left free, as a listener has no more and asks us only for those that it has.
 */
static bool make_room(LwTestPeers *self)
{
        guint oldest = G_MAXUINT;

        if (self->entries->len + 1 < LW_PEERS_MAX)
                return true;
        for (guint i = 0; i < self->entries->len; i++) {
                const Entry *entry = g_ptr_array_index(self->entries, i);
                const Entry *found;

                if (entry->peer.holders > 0)
                        continue;
                found = oldest == G_MAXUINT ? NULL : g_ptr_array_index(self->entries, oldest);
                if (found == NULL || entry->peer.heard < found->peer.heard)
                        oldest = i;
        }
        if (oldest == G_MAXUINT)
                return false;
        entry_free(g_ptr_array_remove_index_fast(self->entries, oldest));
        return true;
}

bool lw_test_peers_accept(LwTestPeers *self, LwTransport *transport, LwNow now)
{
        g_auto(LwSecured) secured = {};
        Entry *entry;

        if (!make_room(self))
                return false;
        entry = g_new0(Entry, 1);
        entry->peers = self;
        entry->peer.heard = now.boot;
        entry->peer.exchange = lw_exchange_new(transport, &exchange_events, entry);
        entry->peer.address = lw_exchange_address(entry->peer.exchange, LW_TRANSPORT_REMOTE);
        entry->peer.identity = lw_exchange_identity(entry->peer.exchange);
        lw_exchange_secured(entry->peer.exchange, &secured);
        entry->peer.name = g_steal_pointer(&secured.name);
        g_ptr_array_add(self->entries, entry);
        if (self->events->came != NULL)
                self->events->came(self->user, &entry->peer);
        return true;
}

void lw_test_peer_hold(LwTestPeer *self)
{
        self->holders++;
}

void lw_test_peer_release(LwTestPeer *self)
{
        g_assert(self->holders > 0);
        self->holders--;
}

size_t lw_test_peers_count(const LwTestPeers *self)
{
        return self->entries->len;
}

/* When nobody wants it any more; a lost one at once. */
static LwUsec end_of(const Entry *entry)
{
        if (entry->peer.holders > 0)
                return LW_USEC_NEVER;
        return entry->peer.lost ? 0 : lw_usec_add(entry->peer.heard, IDLE_USEC);
}

LwUsec lw_test_peers_deadline(const LwTestPeers *self)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (guint i = 0; i < self->entries->len; i++) {
                const Entry *entry = g_ptr_array_index(self->entries, i);

                deadline = lw_usec_min(deadline, end_of(entry));
                deadline = lw_usec_min(deadline, lw_exchange_deadline(entry->peer.exchange));
        }
        return deadline;
}

void lw_test_peers_run(LwTestPeers *self, LwNow now)
{
        for (guint i = self->entries->len; i-- > 0;) {
                Entry *entry = g_ptr_array_index(self->entries, i);

                if (lw_exchange_deadline(entry->peer.exchange) <= now.boot)
                        lw_exchange_run(entry->peer.exchange, now);
                if (end_of(entry) > now.boot)
                        continue;
                g_ptr_array_remove_index_fast(self->entries, i);
                entry_free(entry);
        }
}
