/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 1, LwM2M Server: a view on the accounts of the client. */
#include "providers/builtin/server.h"

#include <string.h>

#include "model/status.h"
#include "providers/builtin/server-settings.h"
#include "tree/arguments.h"

#define OBJECT 1

/* A Write: the draft of it, then one that waits to be saved. */
typedef struct Change {
        LwServerSettings settings; /* the new ones; once they are in the account, the old ones.
                                      First, as the rows write into it. */
        LwServerObject *object;    /* NULL: gone while it was being saved */
        LwServer *server;
        LwCall *call;
} Change;

/* An Execute that has been answered and is still to be done. */
typedef struct Action {
        uint16_t instance;
        bool disable; /* else: update */
} Action;

struct LwServerObject {
        LwClient *client;
        LwDriver *driver;
        LwTable *table;
        GQueue changes; /* of Change, in the order in which they came */
        bool saving;    /* the first of them is being saved */
        GArray *actions;
};

static void change_free(Change *self)
{
        lw_server_settings_clear(&self->settings);
        g_free(self);
}

/* --- Read --- */

static LwAccount *account_of(LwServerObject *self, uint16_t instance)
{
        LwServer *server = lw_client_server_of_instance(self->client, instance);

        return server == NULL ? NULL : lw_server_account(server);
}

static void read_resource(void *context, const LwPath *path, LwTableReading *reading)
{
        const LwAccount *account = account_of(context, path->ids[1]);
        LwValue value = account ? lw_server_setting(account, path->ids[2]) : lw_value_none();

        if (value.type != LW_TYPE_NONE)
                lw_table_reading_add(reading, path, value);
}

/* Source: OMA LwM2M Core 1.1, Server object, resource 11. */
static void read_alert(void *context, const LwPath *path, LwTableReading *reading)
{
        LwServerObject *self = context;
        const LwServer *server = lw_client_server_of_instance(self->client, path->ids[1]);

        if (server != NULL && lw_server_alert(server) != 0)
                lw_table_reading_add(reading, path, lw_value_unsigned(lw_server_alert(server)));
}

/* --- Write: into the account, and onto the disk --- */

static void *prepare(void *context, const LwPath *instance, GError **error)
{
        LwServerObject *self = context;
        LwServer *server = lw_client_server_of_instance(self->client, instance->ids[1]);
        Change *change;

        if (server == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND, "the server account is gone");
                return NULL;
        }
        change = g_new0(Change, 1);
        change->object = self;
        change->server = server;
        return change;
}

static void discard(void *draft)
{
        change_free(draft);
}

/* The end of the first change: it is in the account and safe, or it is not to be. */
static void finish_first(LwServerObject *self, const GError *error)
{
        Change *change = g_queue_pop_head(&self->changes);
        LwCall *call = g_steal_pointer(&change->call);

        self->saving = false;
        if (change->server != NULL) { /* else it went, and the call was answered then */
                if (error != NULL)
                        lw_server_settings_swap(
                                        &change->settings, lw_server_account(change->server));
                lw_server_touch(change->server);
        }
        change_free(change);
        if (call == NULL)
                return;
        if (error != NULL)
                lw_call_fail_status(call, LW_STATUS_FAILED, "the new settings cannot be kept: %s",
                                error->message);
        else
                lw_call_succeed(call);
}

static void save_next(LwServerObject *self);

static void on_saved(void *data, const GError *error)
{
        Change *change = data;
        LwServerObject *self = change->object;

        if (self == NULL) { /* the whole object went, and the call was answered then */
                change_free(change);
                return;
        }
        finish_first(self, error);
        save_next(self);
}

static void save_next(LwServerObject *self)
{
        while (!self->saving && !g_queue_is_empty(&self->changes)) {
                Change *change = g_queue_peek_head(&self->changes);

                lw_server_settings_drop_same(&change->settings, lw_server_account(change->server));
                self->saving = true;
                if (change->settings.fields == 0) {
                        finish_first(self, NULL);
                        continue;
                }
                lw_server_settings_swap(&change->settings, lw_server_account(change->server));
                lw_client_save(self->client, change->server, on_saved, change);
        }
}

static void commit(void *context, const LwPath *instance G_GNUC_UNUSED, void *draft, LwCall *call)
{
        LwServerObject *self = context;
        Change *change = draft;

        change->call = call;
        g_queue_push_tail(&self->changes, change);
        save_next(self);
}

/* Answers the Writes that will not be done; `server` NULL: all of them. */
static void give_up(LwServerObject *self, const LwServer *server)
{
        GList *next;

        for (GList *link = self->changes.head; link != NULL; link = next) {
                Change *change = link->data;
                bool is_saving = self->saving && link == self->changes.head;
                LwCall *call;

                next = link->next;
                if (change->server == NULL || (server != NULL && change->server != server))
                        continue;
                call = g_steal_pointer(&change->call);
                change->server = NULL;
                if (!is_saving) {
                        g_queue_delete_link(&self->changes, link);
                        change_free(change);
                }
                lw_call_fail_status(call, LW_STATUS_UNAVAILABLE, "the server account goes away");
        }
}

/* --- Execute --- */

static void run_actions(void *user)
{
        LwServerObject *self = user;
        g_autoptr(GArray) actions = self->actions;
        LwNow now = lw_driver_now(self->driver);

        self->actions = g_array_new(FALSE, FALSE, sizeof(Action));
        for (guint i = 0; i < actions->len; i++) {
                Action action = g_array_index(actions, Action, i);
                LwServer *server = lw_client_server_of_instance(self->client, action.instance);

                if (server == NULL)
                        continue;
                if (action.disable)
                        lw_server_disable(server,
                                        lw_server_account(server)->disable_timeout_seconds, now);
                else
                        lw_server_update(server, now);
        }
}

static void act_later(LwServerObject *self, uint16_t instance, bool disable)
{
        Action action = { instance, disable };

        g_array_append_val(self->actions, action);
        if (self->actions->len == 1)
                lw_driver_defer(self->driver, run_actions, self);
}

static void execute_disable(void *context, const LwPath *path, const char *arguments G_GNUC_UNUSED,
                LwCall *call)
{
        act_later(context, path->ids[1], true);
        lw_call_succeed(call);
}

static void execute_update(void *context, const LwPath *path, const char *arguments, LwCall *call)
{
        g_autofree char *transport = lw_arguments_get(arguments, 0);
        const LwAccount *account = account_of(context, path->ids[1]);
        const char *letter = account && lw_scheme_is_stream(account->peer.uri.scheme) ? "T" : "U";

        if (transport != NULL && strcmp(transport, letter) != 0) {
                lw_call_fail_status(call, LW_STATUS_BAD_REQUEST,
                                "'%s' is not a transport by which this server is reached; '%s' is",
                                transport, letter);
                return;
        }
        act_later(context, path->ids[1], false);
        lw_call_succeed(call);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { 0,  .read = read_resource                                             },
        { 1,  .read = read_resource, .write = lw_server_write_lifetime          },
        { 2,  .read = read_resource, .write = lw_server_write_pmin              },
        { 3,  .read = read_resource, .write = lw_server_write_pmax              },
        { 4,  .execute = execute_disable                                        },
        { 5,  .read = read_resource, .write = lw_server_write_disable_timeout   },
        { 6,  .read = read_resource, .write = lw_server_write_storing           },
        { 7,  .read = read_resource, .write = lw_server_write_binding           },
        { 8,  .execute = execute_update                                         },
        { 11, .read = read_alert                                                },
        { 23, .read = read_resource, .write = lw_server_write_mute_send         },
        { 26, .read = read_resource, .write = lw_server_write_notification_mode },
};
/* clang-format on */

static const LwTableWriter writer = {
        .prepare = prepare,
        .discard = discard,
        .commit = commit,
};

const LwTableRow *lw_server_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

LwServerObject *lw_server_object_new(LwClient *client, LwDriver *driver)
{
        LwServerObject *self = g_new0(LwServerObject, 1);

        self->client = client;
        self->driver = driver;
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), &writer, self);
        self->actions = g_array_new(FALSE, FALSE, sizeof(Action));
        g_queue_init(&self->changes);
        return self;
}

void lw_server_object_free(LwServerObject *self)
{
        if (self == NULL)
                return;
        lw_tree_remove_provider(lw_client_tree(self->client), lw_table_provider(self->table));
        give_up(self, NULL);
        if (self->saving)
                ((Change *) g_queue_peek_head(&self->changes))->object = NULL;
        g_queue_clear(&self->changes);
        lw_driver_forget(self->driver, run_actions, self);
        g_array_free(self->actions, TRUE);
        lw_table_free(self->table);
        g_free(self);
}

bool lw_server_object_add(LwServerObject *self, LwServer *server, GError **error)
{
        uint16_t resources[G_N_ELEMENTS(rows)];

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                resources[i] = rows[i].id;
        return lw_tree_add_layer(lw_client_tree(self->client),
                        &LW_PATH_INSTANCE(OBJECT, lw_server_account(server)->instance),
                        lw_table_provider(self->table), LW_RANK_BUILTIN, resources,
                        G_N_ELEMENTS(resources), error);
}

void lw_server_object_remove(LwServerObject *self, LwServer *server)
{
        lw_tree_remove_layer(lw_client_tree(self->client),
                        &LW_PATH_INSTANCE(OBJECT, lw_server_account(server)->instance),
                        lw_table_provider(self->table));
        give_up(self, server);
}
