/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listeners, peers, clients and operations, joined. */
#include "testserver/server.h"

#include "coap/listener.h"
#include "coap/oscore.h"
#include "testserver/dp.h"
#include "testserver/peers.h"
#include "testserver/trace.h"

/* A listener and its scheme. */
typedef struct Door {
        LwListener *listener;
        LwScheme scheme;
} Door;

struct LwTestServer {
        LwDriver *driver;
        LwRegistry *registry;
        const LwTestServerEvents *events;
        void *user;
        GPtrArray *doors; /* Door */
        LwTestPeers *peers;
        LwTestClients *clients;
        LwTestOperations *operations;
        LwTestRd rd;
        LwTestCertificates *certificates; /* NULL: none */
        LwTestRawKeys *raw_keys;          /* NULL: none */
};

/* A peer's trace, and the way back from its exchange. */
typedef struct Tracing {
        LwTestServer *server;
        LwTestPeer *peer;
        LwTrace *trace;
} Tracing;

/* Peers */

/* Its endpoint, if one is registered from there. */
static const char *name_of(const LwTestServer *self, const LwTestPeer *peer)
{
        for (size_t i = 0; i < lw_test_clients_count(self->clients); i++) {
                const LwTestClient *client = lw_test_clients_at(self->clients, i);

                if (client->peer == peer)
                        return client->endpoint;
        }
        return peer->address != NULL ? peer->address : "?";
}

static void on_traced(void *user, bool outgoing, const LwMessage *message)
{
        Tracing *tracing = user;
        LwTestServer *self = tracing->server;
        g_autofree char *line = lw_trace_describe(tracing->trace, outgoing, message);

        self->events->traced(self->user, name_of(self, tracing->peer), line);
}

static void on_came(void *user, LwTestPeer *peer)
{
        LwTestServer *self = user;
        Tracing *tracing;

        if (self->events->traced == NULL)
                return;
        tracing = g_new0(Tracing, 1);
        tracing->server = self;
        tracing->peer = peer;
        tracing->trace = lw_trace_new(self->registry);
        peer->user = tracing;
        lw_exchange_set_trace(peer->exchange, on_traced, tracing);
}

static void on_going(void *user G_GNUC_UNUSED, LwTestPeer *peer)
{
        Tracing *tracing = peer->user;

        if (tracing == NULL)
                return;
        lw_exchange_set_trace(peer->exchange, NULL, NULL);
        lw_trace_free(tracing->trace);
        g_free(tracing);
}

static bool take_sent(LwTestServer *self, LwTestPeer *peer, const LwMessage *message, LwNow now,
                GError **error)
{
        LwTestClient *client = NULL;
        int32_t format = LW_FORMAT_NONE;
        g_autoptr(LwValues) values = lw_test_dp_read(
                        self->clients, peer, message, self->registry, now, &client, &format, error);

        if (values == NULL)
                return false;
        client->sends++;
        self->events->sent(self->user, client, values, format);
        return true;
}

static void on_sent(LwTestServer *self, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                LwNow now)
{
        const LwMisbehaviour *misbehaviour = &self->rd.misbehaviour;
        g_autoptr(GError) error = NULL;

        if (misbehaviour->silent)
                return;
        if (misbehaviour->status != 0)
                lw_exchange_reply_status(
                                peer->exchange, ticket, misbehaviour->status, "told to answer so");
        else if (take_sent(self, peer, message, now, &error))
                lw_exchange_reply_status(peer->exchange, ticket, LW_STATUS_CHANGED, NULL);
        else
                lw_exchange_reply_status(
                                peer->exchange, ticket, lw_status_of_error(error), error->message);
}

static void on_request(
                void *user, LwTestPeer *peer, const LwMessage *message, LwTicket ticket, LwNow now)
{
        LwTestServer *self = user;

        if (lw_test_dp_is_for(message))
                on_sent(self, peer, message, ticket, now);
        else
                lw_test_rd_request(&self->rd, peer, message, ticket, now);
        lw_test_clients_heard(self->clients, peer, now);
        lw_test_operations_heard(self->operations);
}

static const LwTestPeersEvents peers_events = {
        .request = on_request,
        .came = on_came,
        .going = on_going,
};

/* Clients */

static void on_registered(void *user, LwTestClient *client, LwNow now)
{
        LwTestServer *self = user;

        self->events->clients.registered(self->user, client, now);
}

static void on_updated(void *user, LwTestClient *client, bool moved, LwNow now)
{
        LwTestServer *self = user;

        lw_test_operations_updated(self->operations, client, moved);
        self->events->clients.updated(self->user, client, moved, now);
}

static void on_ended(void *user, LwTestClient *client, LwTestClientEnd why)
{
        LwTestServer *self = user;

        lw_test_operations_gone(self->operations, client);
        self->events->clients.ended(self->user, client, why);
}

static const LwTestClientsEvents clients_events = {
        .registered = on_registered,
        .updated = on_updated,
        .ended = on_ended,
};

/* The loop */

static LwUsec deadline(void *user)
{
        const LwTestServer *self = user;

        return lw_usec_min(lw_test_operations_deadline(self->operations),
                        lw_usec_min(lw_test_clients_deadline(self->clients),
                                        lw_test_peers_deadline(self->peers)));
}

static void run(void *user, LwNow now)
{
        LwTestServer *self = user;

        lw_test_operations_run(self->operations, now);
        lw_test_clients_run(self->clients, now);
        lw_test_peers_run(self->peers, now);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

static const uint8_t *find_key(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length)
{
        const LwTestServer *self = user;

        if (self->rd.keys == NULL)
                return NULL;
        return lw_test_keys_find(self->rd.keys, identity, identity_length, ret_length);
}

static const LwX509 *show_certificate(void *user)
{
        const LwTestServer *self = user;

        return self->certificates == NULL ? NULL : lw_test_certificates_shown(self->certificates);
}

static GBytes *show_raw_key(void *user)
{
        const LwTestServer *self = user;

        return self->raw_keys == NULL ? NULL : lw_test_raw_keys_shown(self->raw_keys);
}

static bool take_raw_key(void *user, const char *identity)
{
        const LwTestServer *self = user;

        return self->rd.keys != NULL && lw_test_keys_has_raw(self->rd.keys, identity);
}

static bool on_accept(void *user, LwTransport *transport)
{
        LwTestServer *self = user;

        return lw_test_peers_accept(self->peers, transport, lw_driver_now(self->driver));
}

static void door_free(void *data)
{
        Door *door = data;

        lw_listener_free(door->listener);
        g_free(door);
}

LwTestServer *lw_test_server_new(LwDriver *driver, LwRegistry *registry,
                const LwTestServerEvents *events, void *user)
{
        LwTestServer *self = g_new0(LwTestServer, 1);

        self->driver = driver;
        self->registry = registry;
        self->events = events;
        self->user = user;
        self->doors = g_ptr_array_new_with_free_func(door_free);
        self->peers = lw_test_peers_new(&peers_events, self);
        self->clients = lw_test_clients_new(&clients_events, self);
        self->operations = lw_test_operations_new(registry, &events->operations, user);
        self->rd.clients = self->clients;
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_test_server_free(LwTestServer *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        lw_test_clients_free(self->clients);
        lw_test_operations_free(self->operations);
        lw_test_peers_free(self->peers);
        g_ptr_array_unref(self->doors);
        g_free(self);
}

void lw_test_server_use_keys(LwTestServer *self, const LwTestKeys *keys)
{
        self->rd.keys = keys;
}

static bool add_oscores(const LwTestServer *self, LwListener *listener, GError **error)
{
        size_t count = self->rd.keys != NULL ? lw_test_keys_oscore_count(self->rd.keys) : 0;

        for (size_t i = 0; i < count; i++)
                if (!lw_listener_add_oscore(listener, lw_test_keys_oscore(self->rd.keys, i))) {
                        g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                        LW_OSCORE_NOT_BUILT_IN);
                        return false;
                }
        return true;
}

void lw_test_server_use_certificates(LwTestServer *self, LwTestCertificates *certificates)
{
        self->certificates = certificates;
}

LwTestCertificates *lw_test_server_certificates(LwTestServer *self)
{
        return self->certificates;
}

void lw_test_server_use_raw_keys(LwTestServer *self, LwTestRawKeys *raw_keys)
{
        self->raw_keys = raw_keys;
}

LwTestRawKeys *lw_test_server_raw_keys(LwTestServer *self)
{
        return self->raw_keys;
}

void lw_test_server_follow_misbehaviour(LwTestServer *self)
{
        const LwMisbehaviour *how = &self->rd.misbehaviour;
        LwListenerManner manner = how->deaf    ? LW_LISTENER_IS_DEAF
                                  : how->reset ? LW_LISTENER_RESETS
                                               : LW_LISTENER_ANSWERS;

        for (guint i = 0; i < self->doors->len; i++)
                lw_listener_set_manner(
                                ((Door *) g_ptr_array_index(self->doors, i))->listener, manner);
}

void lw_test_server_lose_sessions(LwTestServer *self)
{
        for (guint i = 0; i < self->doors->len; i++)
                lw_listener_lose_sessions(((Door *) g_ptr_array_index(self->doors, i))->listener);
}

bool lw_test_server_listen(LwTestServer *self, const LwUri *uri, GError **error)
{
        LwListener *listener = lw_listener_new(self->driver, uri,
                        self->rd.keys != NULL || self->certificates != NULL ||
                                                        self->raw_keys != NULL
                                        ? find_key
                                        : NULL,
                        on_accept, self, error);
        Door *door;

        if (listener == NULL)
                return false;
        if (uri->scheme == LW_SCHEME_COAP && !add_oscores(self, listener, error)) {
                lw_listener_free(listener);
                return false;
        }
        lw_listener_use_certificates(listener, show_certificate);
        lw_listener_use_raw_keys(listener, show_raw_key, take_raw_key);
        door = g_new0(Door, 1);
        door->listener = listener;
        door->scheme = uri->scheme;
        g_ptr_array_add(self->doors, door);
        return true;
}

char **lw_test_server_listening(const LwTestServer *self)
{
        char **uris = g_new0(char *, self->doors->len + 1);

        for (guint i = 0; i < self->doors->len; i++) {
                const Door *door = g_ptr_array_index(self->doors, i);
                g_autofree char *address = lw_listener_address(door->listener);

                uris[i] = g_strdup_printf("%s://%s", lw_scheme_name(door->scheme), address);
        }
        return uris;
}

LwTestClients *lw_test_server_clients(LwTestServer *self)
{
        return self->clients;
}

LwTestOperations *lw_test_server_operations(LwTestServer *self)
{
        return self->operations;
}

LwMisbehaviour *lw_test_server_misbehaviour(LwTestServer *self)
{
        return &self->rd.misbehaviour;
}

LwRegistry *lw_test_server_registry(LwTestServer *self)
{
        return self->registry;
}

LwNow lw_test_server_now(LwTestServer *self)
{
        return lw_driver_now(self->driver);
}
