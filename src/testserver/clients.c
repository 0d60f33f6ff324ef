/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clients that are registered, until they leave or their lifetime ends. */
#include "testserver/clients.h"

#include <string.h>

#include "model/limits.h"
#include "model/status.h"

struct LwTestClients {
        const LwTestClientsEvents *events;
        void *user;
        GPtrArray *clients;      /* LwTestClient */
        GHashTable *by_endpoint; /* its name to LwTestClient */
        GHashTable *by_id;       /* its id to LwTestClient */
        LwUsec awake_usec;
};

static void client_free(LwTestClient *client)
{
        lw_test_peer_release(client->peer);
        g_free(client->endpoint);
        g_free(client->id);
        g_free(client->binding);
        g_free(client->sms_number);
        g_ptr_array_unref(client->others);
        lw_object_list_free(client->objects);
        g_free(client);
}

LwTestClients *lw_test_clients_new(const LwTestClientsEvents *events, void *user)
{
        LwTestClients *self = g_new0(LwTestClients, 1);

        self->events = events;
        self->user = user;
        self->clients = g_ptr_array_new();
        self->by_endpoint = g_hash_table_new(g_str_hash, g_str_equal);
        self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
        self->awake_usec = lw_usec_from_seconds(LW_AWAKE_SECONDS);
        return self;
}

static void end(LwTestClients *self, LwTestClient *client, LwTestClientEnd why)
{
        g_ptr_array_remove(self->clients, client);
        g_hash_table_remove(self->by_endpoint, client->endpoint);
        g_hash_table_remove(self->by_id, client->id);
        self->events->ended(self->user, client, why);
        client_free(client);
}

void lw_test_clients_free(LwTestClients *self)
{
        if (self == NULL)
                return;
        while (self->clients->len > 0)
                end(self, g_ptr_array_index(self->clients, 0), LW_TEST_CLIENT_FORGOTTEN);
        g_ptr_array_unref(self->clients);
        g_hash_table_unref(self->by_endpoint);
        g_hash_table_unref(self->by_id);
        g_free(self);
}

/* A place that cannot be guessed from another one. */
static char *new_id(const LwTestClients *self)
{
        g_autofree char *id = NULL;

        do {
                g_free(id);
                id = g_strdup_printf("%08x", g_random_int());
        } while (g_hash_table_contains(self->by_id, id));
        return g_steal_pointer(&id);
}

/* A lifetime of 0 is for ever since 1.2; before, it says nothing. */
static void set_lifetime(LwTestClient *client, uint32_t seconds)
{
        client->lifetime_seconds = seconds == 0 && client->version < LW_VERSION_1_2
                                                   ? LW_LIFETIME_DEFAULT
                                                   : seconds;
}

bool lw_test_client_is_held(const LwTestClient *self)
{
        return self->queue_mode && self->awake_usec > 0;
}

bool lw_test_client_sleeps(const LwTestClient *self, LwNow now)
{
        return lw_test_client_is_held(self) && self->awake_until <= now.boot;
}

void lw_test_client_heard(LwTestClient *self, LwNow now)
{
        self->awake_until = lw_usec_add(now.boot, self->awake_usec);
}

void lw_test_client_silent(LwTestClient *self)
{
        self->awake_until = 0;
}

static void renew(LwTestClient *client, LwNow now)
{
        client->expires =
                        client->lifetime_seconds == 0
                                        ? LW_USEC_NEVER
                                        : lw_usec_add(now.boot,
                                                          lw_usec_from_seconds(
                                                                          client->lifetime_seconds));
}

static bool check_register(
                const LwTestClients *self, const LwParameters *parameters, GError **error)
{
        if (parameters->endpoint == NULL) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "Register without ep=, and nothing else tells who it is");
                return false;
        }
        if (parameters->objects == NULL && parameters->profile != NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_CONFLICT,
                                "profile '%s' is not known; send the object list",
                                parameters->profile);
                return false;
        }
        if (self->clients->len >= LW_CLIENTS_MAX &&
                        !g_hash_table_contains(self->by_endpoint, parameters->endpoint)) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "%d clients are registered, which is the limit", LW_CLIENTS_MAX);
                return false;
        }
        return true;
}

LwTestClient *lw_test_clients_register(LwTestClients *self, LwParameters *parameters,
                LwTestPeer *peer, LwNow now, GError **error)
{
        LwTestClient *client, *old;

        if (!check_register(self, parameters, error))
                return NULL;
        client = g_new0(LwTestClient, 1);
        client->id = new_id(self);
        client->endpoint = g_steal_pointer(&parameters->endpoint);
        client->version = parameters->has_version ? parameters->version : LW_VERSION_1_0;
        set_lifetime(client, parameters->has_lifetime ? parameters->lifetime_seconds
                                                      : LW_LIFETIME_DEFAULT);
        client->binding = parameters->binding != NULL ? g_steal_pointer(&parameters->binding)
                                                      : g_strdup(LW_BINDING_DEFAULT);
        client->queue_mode = parameters->queue_mode;
        client->awake_usec = self->awake_usec;
        client->sms_number = g_steal_pointer(&parameters->sms_number);
        client->others = g_steal_pointer(&parameters->others);
        client->objects = parameters->objects != NULL ? g_steal_pointer(&parameters->objects)
                                                      : lw_object_list_new();
        client->peer = peer;
        lw_test_peer_hold(peer);
        client->registered_real_usec = now.real_usec;
        renew(client, now);

        old = lw_test_clients_find(self, client->endpoint);
        if (old != NULL)
                end(self, old, LW_TEST_CLIENT_REPLACED);
        g_ptr_array_add(self->clients, client);
        g_hash_table_insert(self->by_endpoint, client->endpoint, client);
        g_hash_table_insert(self->by_id, client->id, client);
        self->events->registered(self->user, client, now);
        return client;
}

static LwTestClient *find_id(const LwTestClients *self, const char *id, GError **error)
{
        LwTestClient *client = g_hash_table_lookup(self->by_id, id);

        if (client == NULL)
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND, "nobody is registered at /rd/%s",
                                id);
        return client;
}

static void replace_text(char **place, char **text)
{
        if (*text == NULL)
                return;
        g_free(*place);
        *place = g_steal_pointer(text);
}

/* What was given replaces what we had; only Q cannot be taken back: its absence says nothing. */
static void take_over(LwTestClient *client, LwParameters *parameters)
{
        if (parameters->has_lifetime)
                set_lifetime(client, parameters->lifetime_seconds);
        if (parameters->binding != NULL)
                client->queue_mode = parameters->queue_mode ||
                                     (client->queue_mode && client->version > LW_VERSION_1_0);
        else
                client->queue_mode |= parameters->queue_mode;
        replace_text(&client->binding, &parameters->binding);
        replace_text(&client->sms_number, &parameters->sms_number);
        if (parameters->others->len > 0) {
                g_ptr_array_unref(client->others);
                client->others = g_steal_pointer(&parameters->others);
        }
        if (parameters->objects != NULL) {
                lw_object_list_free(client->objects);
                client->objects = g_steal_pointer(&parameters->objects);
        }
}

bool lw_test_clients_update(LwTestClients *self, const char *id, LwParameters *parameters,
                LwTestPeer *peer, LwNow now, GError **error)
{
        LwTestClient *client = find_id(self, id, error);
        bool moved;

        if (client == NULL)
                return false;
        if (parameters->endpoint != NULL || parameters->has_version) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "an Update has no ep= and no lwm2m=; they need a Register");
                return false;
        }
        take_over(client, parameters);
        moved = client->peer != peer;
        lw_test_peer_hold(peer);
        lw_test_peer_release(client->peer);
        client->peer = peer;
        renew(client, now);
        self->events->updated(self->user, client, moved, now);
        return true;
}

bool lw_test_clients_deregister(LwTestClients *self, const char *id, GError **error)
{
        LwTestClient *client = find_id(self, id, error);

        if (client == NULL)
                return false;
        end(self, client, LW_TEST_CLIENT_DEREGISTERED);
        return true;
}

bool lw_test_clients_forget(LwTestClients *self, const char *endpoint)
{
        LwTestClient *client = lw_test_clients_find(self, endpoint);

        if (client == NULL)
                return false;
        end(self, client, LW_TEST_CLIENT_FORGOTTEN);
        return true;
}

void lw_test_clients_set_awake(LwTestClients *self, LwUsec usec)
{
        self->awake_usec = usec;
}

void lw_test_clients_heard(LwTestClients *self, const LwTestPeer *peer, LwNow now)
{
        for (guint i = 0; i < self->clients->len; i++) {
                LwTestClient *client = lw_test_clients_at(self, i);

                if (client->peer == peer)
                        lw_test_client_heard(client, now);
        }
}

LwTestClient *lw_test_clients_find(const LwTestClients *self, const char *endpoint)
{
        return g_hash_table_lookup(self->by_endpoint, endpoint);
}

size_t lw_test_clients_count(const LwTestClients *self)
{
        return self->clients->len;
}

LwTestClient *lw_test_clients_at(const LwTestClients *self, size_t index)
{
        return g_ptr_array_index(self->clients, index);
}

LwUsec lw_test_clients_deadline(const LwTestClients *self)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (guint i = 0; i < self->clients->len; i++)
                deadline = lw_usec_min(deadline, lw_test_clients_at(self, i)->expires);
        return deadline;
}

void lw_test_clients_run(LwTestClients *self, LwNow now)
{
        for (guint i = self->clients->len; i-- > 0;)
                if (lw_test_clients_at(self, i)->expires <= now.boot)
                        end(self, lw_test_clients_at(self, i), LW_TEST_CLIENT_EXPIRED);
}
