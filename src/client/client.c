/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwClient: all servers and the tree. */
#include "client/client.h"

#include "model/limits.h"
#include "model/status.h"

struct LwClient {
        char *endpoint;
        LwTree *tree;
        LwTransportFactory *factory;
        LwClientEvents events;
        void *user;
        GPtrArray *servers; /* of LwServer */
        GPtrArray *leaving; /* of LwServer: removed, De-register under way */
        uint32_t seed;
        uint64_t last_send;
        bool started, stopping;
};

const char *lw_client_state_name(LwClientState state)
{
        static const char *const names[] = { "starting", "unconfigured", "bootstrapping", "online",
                "degraded", "offline", "stopping" };

        return names[state];
}

static void on_tree_changed(void *user, const LwPath *path)
{
        LwClient *self = user;

        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_tree_changed(self->servers->pdata[i], path);
}

static void on_tree_restructured(void *user, const LwPath *path, bool added)
{
        LwClient *self = user;

        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_tree_restructured(self->servers->pdata[i], path, added);
}

static void on_tree_attributed(void *user, uint16_t ssid, const LwPath *path)
{
        LwServer *server = lw_client_server(user, ssid);

        if (server)
                lw_server_tree_attributed(server, path);
}

static const LwTreeListener tree_listener = {
        .changed = on_tree_changed,
        .restructured = on_tree_restructured,
        .attributed = on_tree_attributed,
};

static void on_server_changed(void *user, LwServer *server)
{
        LwClient *self = user;

        if (self->events.changed)
                self->events.changed(self->user, server);
}

static void on_server_operated(void *user, LwServer *server, LwOperation operation,
                const LwPath *path, LwStatus status)
{
        LwClient *self = user;

        if (self->events.operated)
                self->events.operated(self->user, lw_server_account(server)->ssid, operation, path,
                                status);
}

static bool on_server_keep(void *user, LwServer *server, bool urgent)
{
        LwClient *self = user;

        return self->events.keep && self->events.keep(self->user, server, urgent);
}

static void on_server_sent(void *user, LwServer *server, uint64_t id, const LwSendResult *result)
{
        LwClient *self = user;

        if (self->events.sent)
                self->events.sent(self->user, id, lw_server_account(server)->ssid, result);
}

static void server_free(void *data)
{
        lw_server_free(data);
}

LwClient *lw_client_new(const char *endpoint, LwTree *tree, LwTransportFactory *factory,
                const LwClientEvents *events, void *user, uint32_t seed)
{
        LwClient *self = g_new0(LwClient, 1);

        self->endpoint = g_strdup(endpoint);
        self->tree = tree;
        self->factory = factory;
        if (events)
                self->events = *events;
        self->user = user;
        self->servers = g_ptr_array_new_with_free_func(server_free);
        self->leaving = g_ptr_array_new_with_free_func(server_free);
        self->seed = seed;
        lw_tree_add_listener(tree, &tree_listener, self);
        return self;
}

void lw_client_free(LwClient *self)
{
        if (!self)
                return;
        lw_tree_remove_listener(self->tree, &tree_listener, self);
        g_ptr_array_unref(self->servers);
        g_ptr_array_unref(self->leaving);
        g_free(self->endpoint);
        g_free(self);
}

/* `instance`, or the next above it that no other account has. */
static uint16_t free_instance(const LwClient *self, uint16_t instance)
{
        while (lw_client_server_of_instance(self, instance))
                instance++;
        return instance;
}

static bool check_account(const LwClient *self, const LwAccount *account, GError **error)
{
        const LwServer *other = lw_client_server(self, account->ssid);

        if (other) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "short server id %u is that of '%s' already", account->ssid,
                                lw_server_account((LwServer *) other)->name);
                return false;
        }
        if (self->servers->len >= LW_SERVERS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "there are %u servers already",
                                LW_SERVERS_MAX);
                return false;
        }
        return true;
}

LwServer *lw_client_add_server(LwClient *self, LwAccount *account, LwNow now, GError **error)
{
        LwServerEnvironment environment = {
                .tree = self->tree,
                .factory = self->factory,
                .endpoint = self->endpoint,
                .changed = on_server_changed,
                .operated = on_server_operated,
                .sent = on_server_sent,
                .keep = on_server_keep,
                .user = self,
        };
        LwServer *server;

        if (!check_account(self, account, error)) {
                lw_account_free(account);
                return NULL;
        }
        account->instance = free_instance(self, account->instance);
        server = lw_server_new(account, &environment, self->seed + account->ssid * 2654435761u);
        g_ptr_array_add(self->servers, server);
        if (self->events.server_added)
                self->events.server_added(self->user, server);
        if (self->started && !self->stopping)
                lw_server_start(server, now);
        return server;
}

void lw_client_remove_server(LwClient *self, LwServer *server, LwNow now)
{
        unsigned index;

        if (!g_ptr_array_find(self->servers, server, &index))
                return;
        if (self->events.server_removed)
                self->events.server_removed(self->user, server);
        g_ptr_array_steal_index(self->servers, index);
        g_ptr_array_add(self->leaving, server);
        lw_server_give_up(server);
        lw_server_stop(server, now);
}

size_t lw_client_server_count(const LwClient *self)
{
        return self->servers->len;
}

LwServer *lw_client_server_at(const LwClient *self, size_t index)
{
        return self->servers->pdata[index];
}

LwServer *lw_client_server(const LwClient *self, uint16_t ssid)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                if (lw_server_account(self->servers->pdata[i])->ssid == ssid)
                        return self->servers->pdata[i];
        return NULL;
}

LwServer *lw_client_server_of_instance(const LwClient *self, uint16_t instance)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                if (lw_server_account(self->servers->pdata[i])->instance == instance)
                        return self->servers->pdata[i];
        return NULL;
}

void lw_client_start(LwClient *self, LwNow now)
{
        self->started = true;
        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_start(self->servers->pdata[i], now);
        on_server_changed(self, NULL);
}

void lw_client_stop(LwClient *self, LwNow now)
{
        self->stopping = true;
        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_stop(self->servers->pdata[i], now);
        on_server_changed(self, NULL);
}

bool lw_client_is_stopped(const LwClient *self)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                if (!lw_server_is_stopped(self->servers->pdata[i]))
                        return false;
        return self->stopping && self->leaving->len == 0;
}

void lw_client_update(LwClient *self, LwNow now)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_update(self->servers->pdata[i], now);
}

void lw_client_moved(LwClient *self, LwNow now)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                lw_server_moved(self->servers->pdata[i], now);
}

void lw_client_save(LwClient *self, LwServer *server, void (*done)(void *data, const GError *error),
                void *data)
{
        if (self->events.save)
                self->events.save(self->user, server, done, data);
        else
                done(data, NULL);
}

uint64_t lw_client_next_send(LwClient *self)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                self->last_send =
                                MAX(self->last_send, lw_server_last_send(self->servers->pdata[i]));
        return ++self->last_send;
}

LwClientState lw_client_state(const LwClient *self)
{
        unsigned registered = 0;

        if (self->stopping)
                return LW_CLIENT_STOPPING;
        if (!self->started)
                return LW_CLIENT_STARTING;
        if (self->servers->len == 0)
                return LW_CLIENT_UNCONFIGURED;
        for (unsigned i = 0; i < self->servers->len; i++)
                registered += lw_server_registration(self->servers->pdata[i])->registered;
        if (registered == self->servers->len)
                return LW_CLIENT_ONLINE;
        return registered > 0 ? LW_CLIENT_DEGRADED : LW_CLIENT_OFFLINE;
}

const char *lw_client_endpoint(const LwClient *self)
{
        return self->endpoint;
}

LwTree *lw_client_tree(const LwClient *self)
{
        return self->tree;
}

LwUsec lw_client_deadline(const LwClient *self)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (unsigned i = 0; i < self->servers->len; i++)
                deadline = lw_usec_min(deadline, lw_server_deadline(self->servers->pdata[i]));
        for (unsigned i = 0; i < self->leaving->len; i++)
                deadline = lw_usec_min(deadline, lw_server_deadline(self->leaving->pdata[i]));
        return deadline;
}

bool lw_client_is_punctual(const LwClient *self)
{
        LwUsec deadline = lw_client_deadline(self);

        for (unsigned i = 0; i < self->servers->len; i++)
                if (lw_server_notification_deadline(self->servers->pdata[i]) <= deadline)
                        return deadline != LW_USEC_NEVER;
        return false;
}

void lw_client_run(LwClient *self, LwNow now)
{
        for (unsigned i = 0; i < self->servers->len; i++)
                if (lw_server_deadline(self->servers->pdata[i]) <= now.boot)
                        lw_server_run(self->servers->pdata[i], now);
        for (unsigned i = self->leaving->len; i-- > 0;) {
                LwServer *server = self->leaving->pdata[i];

                if (lw_server_deadline(server) <= now.boot)
                        lw_server_run(server, now);
                if (lw_server_is_stopped(server))
                        g_ptr_array_remove_index(self->leaving, i);
        }
}
