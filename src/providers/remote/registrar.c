/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistrar: org.lwm2md.ProviderManager1 at /org/lwm2md, where services register what they
 * provide. */
#include "providers/remote/registrar.h"

#include <string.h>

#include "base/log.h"
#include "bus/authorize.h"
#include "bus/error.h"
#include "providers/remote/directory.h"
#include "providers/remote/labels.h"
#include "providers/remote/offer.h"
#include "providers/remote/plugin.h"
#include "providers/remote/quota.h"
#include "providers/remote/rules.h"

/* The document that keeps labels. */
#define DOCUMENT "instances"
#define VERSION 1

struct LwRegistrar {
        LwTree *tree;
        LwClient *client;
        LwBus *bus;
        LwDriver *driver;
        LwState *state;
        LwLabels *labels;
        LwGrants *grants;
        GStrv directories; /* of files; NULL: none were read */

        sd_bus *connection; /* between attach and detach */
        sd_bus_slot *slot;

        GPtrArray *plugins; /* of LwPlugin */
        unsigned last_number;
        GHashTable *objects; /* ids of those that came with a service */
        GPtrArray *unsaved;  /* of Reply */
};

/* Registrations */

/* The objects that came with services go with the last that has them. */
static void remove_objects(LwRegistrar *self)
{
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, self->objects);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                uint16_t id = (uint16_t) GPOINTER_TO_UINT(key);
                const LwObject *object = lw_tree_object(self->tree, id);
                bool is_claimed = false;

                for (guint i = 0; i < self->plugins->len; i++)
                        is_claimed |= lw_claims_has_object(
                                        lw_plugin_claims(self->plugins->pdata[i]), id);
                if (is_claimed)
                        continue;
                /* an instance that is left is the agent's own: so is the object from now on */
                if (object != NULL && object->instances->len == 0)
                        lw_tree_remove_object(self->tree, id);
                g_hash_table_iter_remove(&iter);
        }
}

static void end_plugin(LwRegistrar *self, LwPlugin *plugin)
{
        g_ptr_array_remove(self->plugins, plugin);
        remove_objects(self);
}

static void load_providers(LwRegistrar *self);

/* What has a file is back in its place, and sleeps. */
static void on_unregistered(void *user, LwPlugin *plugin)
{
        bool has_file = lw_plugin_file(plugin) != NULL;

        end_plugin(user, plugin);
        if (has_file)
                load_providers(user);
}

static const char *title_of(void *user, const LwProvider *provider)
{
        const LwRegistrar *self = user;

        for (guint i = 0; i < self->plugins->len; i++)
                if (lw_plugin_provider(self->plugins->pdata[i]) == provider)
                        return lw_plugin_title(self->plugins->pdata[i]);
        return "somebody else";
}

/* Offers */

/* The registration whose place the offer takes, and whether there may be a new one. */
static int find_former(const LwRegistrar *self, const LwOffer *offer, const char *sender, uid_t uid,
                LwPlugin **ret_former, sd_bus_error *ret_error)
{
        *ret_former = NULL;
        for (guint i = 0; i < self->plugins->len; i++) {
                LwPlugin *plugin = self->plugins->pdata[i];
                bool is_same = lw_plugin_is_like(plugin, uid, offer->name, offer->path);

                if (lw_plugin_is_at(plugin, sender, offer->path))
                        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_ALREADY_EXISTS,
                                        "you registered %s before, as %s", offer->path,
                                        lw_plugin_bus_path(plugin));
                if (is_same && offer->name != NULL && lw_plugin_is_present(plugin))
                        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_ALREADY_EXISTS,
                                        "the name is in use: %s has it, as %s; give each "
                                        "registration one of its own",
                                        lw_plugin_title(plugin), lw_plugin_bus_path(plugin));
                if (is_same && !lw_plugin_is_present(plugin))
                        *ret_former = plugin;
        }
        return 0;
}

/* What is offered, with ids chosen, and in whose place. */
static int read_offer(LwRegistrar *self, sd_bus_message *m, uid_t uid, LwOffer *offer,
                LwPlugin **ret_former, sd_bus_error *ret_error)
{
        const LwProvider *own;
        int r = lw_offer_read(m, offer, ret_error);

        if (r < 0 || (r = find_former(self, offer, sd_bus_message_get_sender(m), uid, ret_former,
                                      ret_error)) < 0)
                return r;
        own = *ret_former != NULL ? lw_plugin_provider(*ret_former) : NULL;
        return lw_claims_choose(
                        offer->claims, self->tree, own, self->labels, offer->name, ret_error);
}

/* A grant, else polkit. 0: somebody is being asked; the handler runs again. */
static int authorize(LwRegistrar *self, sd_bus_message *m, const LwCaller *caller,
                const LwOffer *offer, LwGrant **ret_grant, sd_bus_error *ret_error)
{
        int r = lw_grants_find(self->grants, m, caller->uid, caller->pid, offer->claims, self->tree,
                        ret_grant);

        if (r <= 0 || *ret_grant != NULL)
                return r;
        return lw_bus_authorize(self->bus, m, LW_ACTION_REGISTER_PROVIDER, ret_error);
}

/* Everything that can be wrong, before anything is done. */
static int check_offer(LwRegistrar *self, const LwOffer *offer, uid_t uid, const LwPlugin *former,
                sd_bus_error *ret_error)
{
        const LwProvider *own = former != NULL ? lw_plugin_provider(former) : NULL;
        int r;

        r = lw_rules_check(offer->claims, self->tree, own, title_of, self, ret_error);
        if (r < 0)
                return r;
        return lw_quota_check(self->plugins, offer->claims, uid, former, NULL, ret_error);
}

/* Objects that are not in the tree yet come with this one. */
static void note_objects(LwRegistrar *self, const LwClaims *claims)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                uint16_t object = lw_claims_at(claims, i)->path.ids[0];

                if (lw_tree_object(self->tree, object) == NULL)
                        g_hash_table_add(self->objects, GUINT_TO_POINTER(object));
        }
}

static int take_offer(LwRegistrar *self, LwPlugin *plugin, LwOffer *offer, const char *sender,
                LwValues *values, sd_bus_error *ret_error)
{
        int r;

        note_objects(self, offer->claims);
        r = lw_plugin_lay(plugin, offer, ret_error);
        if (r >= 0)
                r = lw_plugin_arrive(plugin, self->connection, sender, values);
        if (r < 0)
                end_plugin(self, plugin);
        else
                remove_objects(self); /* of a former self that had more */
        return r;
}

/* Labels, and the answer that waits until they are safe */

typedef struct Reply {
        LwRegistrar *registrar;
        sd_bus_message *message;
} Reply;

static void reply_free(void *data)
{
        Reply *self = data;

        sd_bus_message_unref(self->message);
        g_free(self);
}

static void on_saved(void *user, const GError *error)
{
        Reply *reply = user;

        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "the instance ids of services are not kept over a restart: %s",
                                error->message);
        sd_bus_send(NULL, reply->message, NULL);
        g_ptr_array_remove(reply->registrar->unsaved, reply);
}

static bool keep_labels(LwRegistrar *self, const LwPlugin *plugin)
{
        const LwClaims *claims = lw_plugin_claims(plugin);
        bool is_news = false;

        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const LwClaim *claim = lw_claims_at(claims, i);

                if (claim->label != NULL)
                        is_news |= lw_labels_keep(self->labels, claim->path.ids[0],
                                        claim->path.ids[1], lw_plugin_name(plugin), claim->label);
        }
        return is_news;
}

static int append_paths(sd_bus_message *reply, const LwClaims *claims)
{
        int r = sd_bus_message_open_container(reply, 'a', "{ss}");

        for (size_t i = 0; r >= 0 && i < lw_claims_count(claims); i++) {
                const LwClaim *claim = lw_claims_at(claims, i);
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&claim->path, text);
                if (claim->label != NULL)
                        r = sd_bus_message_append(reply, "{ss}", claim->label, text);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Sends the answer, which it takes, at once or when the labels are kept. */
static int send_reply(LwRegistrar *self, sd_bus_message *message, bool is_news)
{
        g_autoptr(GBytes) text = NULL;
        Reply *reply;

        if (!is_news) {
                int r = sd_bus_send(NULL, message, NULL);

                sd_bus_message_unref(message);
                return r < 0 ? r : 1;
        }
        reply = g_new(Reply, 1);
        *reply = (Reply){ self, message };
        g_ptr_array_add(self->unsaved, reply);
        text = lw_labels_print(self->labels);
        lw_state_save(self->state, DOCUMENT, VERSION, text, on_saved, reply);
        return 1;
}

/* `path`: of a registration that is new; NULL: it has grown. */
static int make_reply(sd_bus_message *m, const char *path, const LwClaims *claims,
                sd_bus_message **ret_reply)
{
        int r = sd_bus_message_new_method_return(m, ret_reply);

        if (r >= 0 && path != NULL)
                r = sd_bus_message_append(*ret_reply, "o", path);
        return r < 0 ? r : append_paths(*ret_reply, claims);
}

/* AddInstances */

static int check_labels(const LwPlugin *plugin, const LwClaims *claims, sd_bus_error *ret_error)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const char *label = lw_claims_at(claims, i)->label;

                if (label != NULL && lw_claims_find_label(lw_plugin_claims(plugin), label) != NULL)
                        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_ALREADY_EXISTS,
                                        "this registration has an instance '%s' already", label);
        }
        return 0;
}

static int check_grant(const LwRegistrar *self, const LwPlugin *plugin, const LwClaims *claims,
                sd_bus_error *ret_error)
{
        const LwGrant *grant = lw_plugin_grant(plugin);
        char text[LW_PATH_TEXT_MAX];
        LwPath missing;

        if (grant == NULL || lw_grant_covers(grant, claims, self->tree, &missing))
                return 0;
        lw_path_print(&missing, text);
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                        "the grant '%s' does not cover %s", grant->name, text);
}

static int add_claims(
                LwRegistrar *self, LwPlugin *plugin, LwClaims *claims, sd_bus_error *ret_error)
{
        int r;

        if ((r = check_grant(self, plugin, claims, ret_error)) < 0 ||
                        (r = lw_rules_check(claims, self->tree, NULL, title_of, self, ret_error)) <
                                        0 ||
                        (r = lw_quota_check(self->plugins, claims, lw_plugin_uid(plugin), NULL,
                                         plugin, ret_error)) < 0)
                return r;
        note_objects(self, claims);
        r = lw_plugin_grow(plugin, claims, ret_error);
        remove_objects(self); /* of those that could not be added */
        return r;
}

static int on_created(void *user, LwPlugin *plugin, LwClaims *claims, sd_bus_error *ret_error)
{
        return add_claims(user, plugin, claims, ret_error);
}

static void on_shrunk(void *user, LwPlugin *plugin G_GNUC_UNUSED)
{
        remove_objects(user);
}

static int on_add_instances(
                void *user, LwPlugin *plugin, sd_bus_message *m, sd_bus_error *ret_error)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_message *reply = NULL;
        LwRegistrar *self = user;
        int r;

        if ((r = lw_claims_read(claims, m, ret_error)) < 0 ||
                        (r = check_labels(plugin, claims, ret_error)) < 0 ||
                        (r = lw_claims_choose(claims, self->tree, NULL, self->labels,
                                         lw_plugin_name(plugin), ret_error)) < 0)
                return r;
        if ((r = make_reply(m, NULL, claims, &reply)) >= 0 &&
                        (r = add_claims(self, plugin, claims, ret_error)) >= 0)
                return send_reply(self, reply, keep_labels(self, plugin));
        sd_bus_message_unref(reply);
        return r;
}

/* RegisterProvider */

static LwPlugin *add_plugin(LwRegistrar *self, uid_t uid)
{
        LwPluginEnvironment environment = {
                .tree = self->tree,
                .driver = self->driver,
                .unregistered = on_unregistered,
                .add_instances = on_add_instances,
                .created = on_created,
                .shrunk = on_shrunk,
                .user = self,
        };
        LwPlugin *plugin = lw_plugin_new(&environment, ++self->last_number, uid);

        g_ptr_array_add(self->plugins, plugin);
        return plugin;
}

static int register_offer(LwRegistrar *self, sd_bus_message *m, LwPlugin *plugin, LwOffer *offer,
                LwValues *values, sd_bus_error *ret_error)
{
        sd_bus_message *reply = NULL;
        int r = take_offer(self, plugin, offer, sd_bus_message_get_sender(m), values, ret_error);

        if (r >= 0)
                r = make_reply(m, lw_plugin_bus_path(plugin), lw_plugin_claims(plugin), &reply);
        if (r >= 0)
                return send_reply(self, reply, keep_labels(self, plugin));
        sd_bus_message_unref(reply);
        return r;
}

static int method_register_provider(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwRegistrar *self = user;
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(LwGrant) grant = NULL;
        g_auto(LwOffer) offer = {};
        const LwCaller *caller;
        LwPlugin *plugin;
        uid_t uid;
        int r = lw_bus_caller(self->bus, m, &caller, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1; /* 0: being asked; the handler runs again */
        uid = caller->uid;
        if ((r = read_offer(self, m, uid, &offer, &plugin, ret_error)) < 0)
                return r;
        r = authorize(self, m, caller, &offer, &grant, ret_error);
        if (r <= 0)
                return r < 0 ? r : 1;
        if ((r = check_offer(self, &offer, uid, plugin, ret_error)) < 0 ||
                        (r = lw_offer_read_values(m, offer.claims, lw_tree_registry(self->tree),
                                         values, ret_error)) < 0)
                return r;
        if (plugin == NULL)
                plugin = add_plugin(self, uid);
        lw_plugin_set_grant(plugin, g_steal_pointer(&grant));
        return register_offer(self, m, plugin, &offer, values, ret_error);
}

/* Files of services that sleep */

static LwPlugin *find_named(const LwRegistrar *self, const char *name)
{
        for (guint i = 0; i < self->plugins->len; i++)
                if (g_strcmp0(lw_plugin_name(self->plugins->pdata[i]), name) == 0)
                        return self->plugins->pdata[i];
        return NULL;
}

static int check_file(LwRegistrar *self, LwProviderFile *file, uid_t uid, sd_bus_error *ret_error)
{
        int r;

        if ((r = lw_claims_choose(file->claims, self->tree, NULL, self->labels, file->name,
                             ret_error)) < 0 ||
                        (r = lw_rules_check(file->claims, self->tree, NULL, title_of, self,
                                         ret_error)) < 0)
                return r;
        return lw_quota_check(self->plugins, file->claims, uid, NULL, NULL, ret_error);
}

static bool add_file(LwRegistrar *self, LwProviderFile *file, GBytes *text, GError **error)
{
        uid_t uid = file->activation.has_uid ? file->activation.uid : 0;
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        LwPlugin *plugin = NULL;
        int r = check_file(self, file, uid, &bus_error);

        if (r >= 0) {
                plugin = add_plugin(self, uid);
                note_objects(self, file->claims);
                r = lw_plugin_lay_file(plugin, file, text, &bus_error);
        }
        if (r >= 0) {
                if (self->connection != NULL)
                        lw_plugin_sleep(plugin, self->connection);
                return true;
        }
        if (plugin != NULL)
                end_plugin(self, plugin);
        lw_bus_error_to_gerror(&bus_error, error);
        sd_bus_error_free(&bus_error);
        return false;
}

/* One that is there as it was stays; so does one that is there by its own registration. */
static bool load_provider(void *user, const char *name, GBytes *bytes, GError **error)
{
        LwRegistrar *self = user;
        g_autoptr(LwProviderFile) file = lw_provider_file_parse(name, g_bytes_get_data(bytes, NULL),
                        g_bytes_get_size(bytes), lw_directory_find_user, error);
        LwPlugin *former = find_named(self, name);

        if (file == NULL)
                return false;
        if (former != NULL && (lw_plugin_is_present(former) || lw_plugin_file(former) == NULL ||
                                              g_bytes_equal(lw_plugin_file(former), bytes)))
                return true;
        if (former != NULL)
                end_plugin(self, former);
        return add_file(self, file, bytes, error);
}

static bool keep_name(void *user, const char *name, GBytes *bytes G_GNUC_UNUSED,
                GError **error G_GNUC_UNUSED)
{
        g_hash_table_add(user, g_strdup(name));
        return true;
}

/* Those whose file is gone, and that are not there by themselves. */
static void drop_fileless(LwRegistrar *self)
{
        g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        lw_directory_each((const char *const *) self->directories, ".provider", LW_PLUGINS_MAX,
                        keep_name, names);
        for (guint i = self->plugins->len; i-- > 0;) {
                LwPlugin *plugin = self->plugins->pdata[i];

                if (lw_plugin_file(plugin) != NULL && !lw_plugin_is_present(plugin) &&
                                !g_hash_table_contains(names, lw_plugin_name(plugin)))
                        end_plugin(self, plugin);
        }
}

static void load_providers(LwRegistrar *self)
{
        if (self->directories == NULL)
                return;
        drop_fileless(self);
        lw_directory_each((const char *const *) self->directories, ".provider", LW_PLUGINS_MAX,
                        load_provider, self);
}

void lw_registrar_load(LwRegistrar *self, const char *const *directories)
{
        GStrv copy = g_strdupv((GStrv) directories);

        g_strfreev(self->directories);
        self->directories = copy;
        lw_grants_load(self->grants, directories);
        load_providers(self);
}

/* clang-format off */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("RegisterProvider",
                        SD_BUS_ARGS("o", path, "a{saq}", instances, "a{sv}", options),
                        SD_BUS_RESULT("o", registration, "a{ss}", paths), method_register_provider,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END
};
/* clang-format on */

/* Time */

static LwUsec registrar_deadline(void *user)
{
        const LwRegistrar *self = user;
        LwUsec deadline = LW_USEC_NEVER;

        for (guint i = 0; i < self->plugins->len; i++)
                deadline = lw_usec_min(deadline, lw_plugin_deadline(self->plugins->pdata[i]));
        return deadline;
}

static void registrar_run(void *user, LwNow now)
{
        LwRegistrar *self = user;

        for (guint i = self->plugins->len; i-- > 0;) {
                LwPlugin *plugin = self->plugins->pdata[i];

                lw_plugin_run(plugin, now);
                if (lw_plugin_is_over(plugin, now))
                        g_ptr_array_remove_index(self->plugins, i);
        }
        remove_objects(self);
}

static const LwDriverClient driver_client = { .deadline = registrar_deadline,
        .run = registrar_run };

/* Bus */

static void registrar_attach(void *user, sd_bus *bus)
{
        LwRegistrar *self = user;
        int r = sd_bus_add_object_vtable(
                        bus, &self->slot, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE, vtable, self);

        self->connection = bus;
        lw_grants_set_bus(self->grants, bus);
        for (guint i = 0; i < self->plugins->len; i++)
                lw_plugin_sleep(self->plugins->pdata[i], bus);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "services cannot register at %s: %s", LW_REGISTRAR_PATH,
                                g_strerror(-r));
}

static void registrar_detach(void *user, sd_bus *bus)
{
        LwRegistrar *self = user;

        (void) bus;
        for (guint i = 0; i < self->plugins->len; i++)
                lw_plugin_leave(self->plugins->pdata[i], LW_PLUGIN_BUS_GONE);
        lw_grants_set_bus(self->grants, NULL);
        self->slot = sd_bus_slot_unref(self->slot);
        self->connection = NULL;
}

const LwBusUser lw_registrar_bus_user = { .attach = registrar_attach, .detach = registrar_detach };

/* Life */

static void free_plugin(void *data)
{
        lw_plugin_free(data);
}

static LwLabels *load_labels(LwState *state)
{
        g_autoptr(GBytes) text = lw_state_load(state, DOCUMENT, VERSION);
        LwLabels *labels = lw_labels_new();
        g_autoptr(GError) error = NULL;

        if (text != NULL && !lw_labels_parse(labels, text, &error))
                lw_log(G_LOG_LEVEL_WARNING, "the document " DOCUMENT ": %s; ignoring the rest",
                                error->message);
        return labels;
}

LwRegistrar *lw_registrar_new(LwClient *client, LwBus *bus, LwDriver *driver, LwState *state)
{
        LwRegistrar *self = g_new0(LwRegistrar, 1);

        self->tree = lw_client_tree(client);
        self->client = client;
        self->bus = bus;
        self->driver = driver;
        self->state = state;
        self->labels = load_labels(state);
        self->grants = lw_grants_new();
        self->plugins = g_ptr_array_new_with_free_func(free_plugin);
        self->objects = g_hash_table_new(NULL, NULL);
        self->unsaved = g_ptr_array_new_with_free_func(reply_free);
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_registrar_free(LwRegistrar *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        registrar_detach(self, self->connection);
        g_ptr_array_set_size(self->plugins, 0);
        remove_objects(self);
        g_ptr_array_unref(self->plugins);
        g_ptr_array_unref(self->unsaved);
        g_hash_table_unref(self->objects);
        lw_labels_free(self->labels);
        lw_grants_free(self->grants);
        g_strfreev(self->directories);
        g_free(self);
}

LwGrants *lw_registrar_grants(const LwRegistrar *self)
{
        return self->grants;
}

size_t lw_registrar_count(const LwRegistrar *self)
{
        return self->plugins->len;
}
