/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSessionStore: registrations, observations and stored notifications over restarts. */
#include "store/sessions.h"

#include "base/log.h"

#define VERSION 1
#define WAIT_USEC LW_USEC_PER_SEC

#define NAME_MAX_LENGTH 16

/* The session of one server, while there is something to write. */
typedef struct Pending {
        uint16_t ssid;
        LwUsec due;
} Pending;

/* An urgent write: who waits for it. */
typedef struct Writing {
        LwSessionStore *store;
        uint16_t ssid;
} Writing;

struct LwSessionStore {
        LwState *state;
        LwDriver *driver;
        LwClient *client;
        GArray *pending; /* of Pending */
};

static LwUsec deadline(void *user)
{
        const LwSessionStore *self = user;
        LwUsec earliest = LW_USEC_NEVER;

        for (guint i = 0; i < self->pending->len; i++)
                earliest = lw_usec_min(earliest, g_array_index(self->pending, Pending, i).due);
        return earliest;
}

static void document_name(uint16_t ssid, char name[static NAME_MAX_LENGTH])
{
        g_snprintf(name, NAME_MAX_LENGTH, "session-%u", ssid);
}

static void write_session(
                LwSessionStore *self, uint16_t ssid, GBytes *document, LwStateDone done, void *data)
{
        char name[NAME_MAX_LENGTH];

        document_name(ssid, name);
        lw_state_save(self->state, name, VERSION, document, done, data);
}

static void write_server(LwSessionStore *self, uint16_t ssid, LwStateDone done, void *data)
{
        const LwServer *server = lw_client_server(self->client, ssid);
        g_autoptr(GBytes) document = NULL;

        document = server ? lw_server_save_session(server, lw_driver_now(self->driver))
                          : g_bytes_new(NULL, 0);
        write_session(self, ssid, document, done, data);
}

static void write_due(LwSessionStore *self, LwUsec now)
{
        for (guint i = self->pending->len; i-- > 0;) {
                Pending pending = g_array_index(self->pending, Pending, i);

                if (pending.due > now)
                        continue;
                g_array_remove_index_fast(self->pending, i);
                write_server(self, pending.ssid, NULL, NULL);
        }
}

static void run(void *user, LwNow now)
{
        write_due(user, now.boot);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

LwSessionStore *lw_session_store_new(LwState *state, LwDriver *driver)
{
        LwSessionStore *self = g_new0(LwSessionStore, 1);

        self->state = state;
        self->driver = driver;
        self->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_session_store_free(LwSessionStore *self)
{
        if (!self)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        g_array_unref(self->pending);
        g_free(self);
}

void lw_session_store_set_client(LwSessionStore *self, LwClient *client)
{
        self->client = client;
}

void lw_session_store_added(LwSessionStore *self, LwServer *server)
{
        uint16_t ssid = lw_server_account(server)->ssid;
        g_autoptr(GBytes) document = NULL;
        g_autoptr(GError) error = NULL;
        char name[NAME_MAX_LENGTH];

        document_name(ssid, name);
        document = lw_state_load(self->state, name, VERSION);
        if (!document || lw_server_load_session(
                                         server, document, lw_driver_now(self->driver), &error))
                return;
        lw_log(G_LOG_LEVEL_WARNING,
                        "the stored session with server %u is damaged (%s), registering anew", ssid,
                        error->message);
}

void lw_session_store_removed(LwSessionStore *self, LwServer *server)
{
        uint16_t ssid = lw_server_account(server)->ssid;
        g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);

        for (guint i = self->pending->len; i-- > 0;)
                if (g_array_index(self->pending, Pending, i).ssid == ssid)
                        g_array_remove_index_fast(self->pending, i);
        write_session(self, ssid, empty, NULL, NULL);
}

static void on_written(void *user, const GError *error)
{
        g_autofree Writing *writing = user;
        LwSessionStore *self = writing->store;
        LwServer *server = lw_client_server(self->client, writing->ssid);

        if (error)
                lw_log(G_LOG_LEVEL_WARNING, "%s; after a crash notifications may come twice",
                                error->message);
        if (server)
                lw_server_kept(server, lw_driver_now(self->driver));
}

bool lw_session_store_keep(LwSessionStore *self, LwServer *server, bool urgent)
{
        Pending pending = { .ssid = lw_server_account(server)->ssid };

        if (lw_client_server(self->client, pending.ssid) != server)
                return false; /* it is leaving */
        if (urgent) {
                Writing *writing = g_new(Writing, 1);

                *writing = (Writing){ self, pending.ssid };
                write_server(self, pending.ssid, on_written, writing);
                return true;
        }
        for (guint i = 0; i < self->pending->len; i++)
                if (g_array_index(self->pending, Pending, i).ssid == pending.ssid)
                        return true;
        pending.due = lw_usec_add(lw_driver_now(self->driver).boot, WAIT_USEC);
        g_array_append_val(self->pending, pending);
        return true;
}

void lw_session_store_flush(LwSessionStore *self)
{
        write_due(self, LW_USEC_NEVER);
}
