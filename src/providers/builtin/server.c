/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 1, LwM2M Server: a view on the accounts of the client. */
#include "providers/builtin/server.h"

#include <string.h>

#include "model/status.h"
#include "tree/arguments.h"

#define OBJECT 1

/* Source: OMA LwM2M Core 1.2, Server object, resource 5: what holds when it is not instantiated. */
#define DISABLE_TIMEOUT_SECONDS 86400

/* The transports that we have, for the argument of resource 8. */
#define TRANSPORTS "U"

enum { LIFETIME = 1, PMIN = 2, PMAX = 4, DISABLE_TIMEOUT = 8, STORING = 16, BINDING = 32 };

/* What a server can write into its account. */
typedef struct Settings {
        uint32_t lifetime_seconds;
        uint32_t pmin_seconds;
        uint32_t pmax_seconds;
        uint32_t disable_timeout_seconds;
        bool storing;
        char *binding;
} Settings;

/* A Write: the draft of it, then one that waits to be saved. */
typedef struct Change {
        LwServerObject *object; /* NULL: gone while it was being saved */
        LwServer *server;
        LwCall *call;
        unsigned fields;   /* which settings it has */
        Settings settings; /* the new ones; once they are in the account, the old ones */
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
        g_free(self->settings.binding);
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
        LwValue value = lw_value_none();

        if (account == NULL)
                return;
        switch (path->ids[2]) {
        case 0:
                value = lw_value_integer(account->ssid);
                break;
        case 1:
                value = lw_value_integer(account->lifetime_seconds);
                break;
        case 2:
                if (account->default_pmin_seconds != UINT32_MAX)
                        value = lw_value_integer(account->default_pmin_seconds);
                break;
        case 3:
                if (account->default_pmax_seconds != UINT32_MAX)
                        value = lw_value_integer(account->default_pmax_seconds);
                break;
        case 5:
                value = lw_value_integer(account->disable_timeout_seconds);
                break;
        case 6:
                value = lw_value_boolean(account->storing);
                break;
        case 7:
                value = lw_value_string(account->binding);
                break;
        }
        if (value.type != LW_TYPE_NONE)
                lw_table_reading_add(reading, path, value);
}

/* --- Write: into the draft --- */

static bool take_seconds(const LwValue *value, const char *what, uint32_t minimum,
                uint32_t *ret_seconds, GError **error)
{
        /* UINT32_MAX is how an account says "none". */
        if (value->integer < minimum || value->integer >= UINT32_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s is %" G_GINT64_FORMAT " s; it can be %u to %u", what,
                                value->integer, minimum, UINT32_MAX - 1);
                return false;
        }
        *ret_seconds = (uint32_t) value->integer;
        return true;
}

static bool write_lifetime(void *draft, const LwValue *value, GError **error)
{
        Change *self = draft;

        if (value == NULL)
                return true;
        self->fields |= LIFETIME;
        return take_seconds(value, "Lifetime", 1, &self->settings.lifetime_seconds, error);
}

static bool write_pmin(void *draft, const LwValue *value, GError **error)
{
        Change *self = draft;

        self->fields |= PMIN;
        self->settings.pmin_seconds = UINT32_MAX;
        return value == NULL || take_seconds(value, "Default Minimum Period", 0,
                                                &self->settings.pmin_seconds, error);
}

static bool write_pmax(void *draft, const LwValue *value, GError **error)
{
        Change *self = draft;

        self->fields |= PMAX;
        self->settings.pmax_seconds = UINT32_MAX;
        return value == NULL || take_seconds(value, "Default Maximum Period", 0,
                                                &self->settings.pmax_seconds, error);
}

static bool write_disable_timeout(void *draft, const LwValue *value, GError **error)
{
        Change *self = draft;

        self->fields |= DISABLE_TIMEOUT;
        self->settings.disable_timeout_seconds = DISABLE_TIMEOUT_SECONDS;
        return value == NULL || take_seconds(value, "Disable Timeout", 0,
                                                &self->settings.disable_timeout_seconds, error);
}

static bool write_storing(void *draft, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        Change *self = draft;

        if (value == NULL)
                return true;
        self->fields |= STORING;
        self->settings.storing = value->boolean;
        return true;
}

static bool write_binding(void *draft, const LwValue *value, GError **error)
{
        Change *self = draft;

        if (value == NULL)
                return true;
        if (!lw_binding_check(value->text, error))
                return false;
        if (strchr(value->text, 'Q') != NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' asks for queue mode, which this host does not have; write "
                                "it without the Q",
                                value->text);
                return false;
        }
        self->fields |= BINDING;
        g_free(self->settings.binding);
        self->settings.binding = g_strdup(value->text);
        return true;
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

#define SWAP(a, b)                                                                                 \
        do {                                                                                       \
                __typeof__(a) kept = (a);                                                          \
                (a) = (b);                                                                         \
                (b) = kept;                                                                        \
        } while (0)

/* Puts the change into the account and keeps what was there; done twice, all is as before. */
static void swap(Change *self)
{
        LwAccount *account = lw_server_account(self->server);
        Settings *settings = &self->settings;

        if (self->fields & LIFETIME)
                SWAP(account->lifetime_seconds, settings->lifetime_seconds);
        if (self->fields & PMIN)
                SWAP(account->default_pmin_seconds, settings->pmin_seconds);
        if (self->fields & PMAX)
                SWAP(account->default_pmax_seconds, settings->pmax_seconds);
        if (self->fields & DISABLE_TIMEOUT)
                SWAP(account->disable_timeout_seconds, settings->disable_timeout_seconds);
        if (self->fields & STORING)
                SWAP(account->storing, settings->storing);
        if (self->fields & BINDING)
                SWAP(account->binding, settings->binding);
}

/* Drops what is in the account already, so that nothing is saved for it. */
static void drop_unchanged(Change *self)
{
        const LwAccount *account = lw_server_account(self->server);
        const Settings *settings = &self->settings;

        if (settings->lifetime_seconds == account->lifetime_seconds)
                self->fields &= ~(unsigned) LIFETIME;
        if (settings->pmin_seconds == account->default_pmin_seconds)
                self->fields &= ~(unsigned) PMIN;
        if (settings->pmax_seconds == account->default_pmax_seconds)
                self->fields &= ~(unsigned) PMAX;
        if (settings->disable_timeout_seconds == account->disable_timeout_seconds)
                self->fields &= ~(unsigned) DISABLE_TIMEOUT;
        if (settings->storing == account->storing)
                self->fields &= ~(unsigned) STORING;
        if (g_strcmp0(settings->binding, account->binding) == 0)
                self->fields &= ~(unsigned) BINDING;
}

/* The end of the first change: it is in the account and safe, or it is not to be. */
static void finish_first(LwServerObject *self, const GError *error)
{
        Change *change = g_queue_pop_head(&self->changes);
        LwCall *call = g_steal_pointer(&change->call);

        self->saving = false;
        if (change->server != NULL) { /* else it went, and the call was answered then */
                if (error != NULL)
                        swap(change);
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

                drop_unchanged(change);
                self->saving = true;
                if (change->fields == 0) {
                        finish_first(self, NULL);
                        continue;
                }
                swap(change);
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

        if (transport != NULL && (transport[0] == '\0' || transport[1] != '\0' ||
                                                 strchr(TRANSPORTS, transport[0]) == NULL)) {
                lw_call_fail_status(call, LW_STATUS_BAD_REQUEST,
                                "'%s' is not a transport that this host has; it has '" TRANSPORTS
                                "'",
                                transport);
                return;
        }
        act_later(context, path->ids[1], false);
        lw_call_succeed(call);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { 0, .read = read_resource                                 },
        { 1, .read = read_resource, .write = write_lifetime        },
        { 2, .read = read_resource, .write = write_pmin            },
        { 3, .read = read_resource, .write = write_pmax            },
        { 4, .execute = execute_disable                            },
        { 5, .read = read_resource, .write = write_disable_timeout },
        { 6, .read = read_resource, .write = write_storing         },
        { 7, .read = read_resource, .write = write_binding         },
        { 8, .execute = execute_update                             },
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
