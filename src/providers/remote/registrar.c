/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistrar: org.lwm2md.ProviderManager1 at /org/lwm2md, where services register what they
 * provide. */
#include "providers/remote/registrar.h"

#include "base/log.h"
#include "bus/authorize.h"
#include "bus/error.h"
#include "client/send.h"
#include "providers/remote/growth.h"
#include "providers/remote/label-keeper.h"
#include "providers/remote/listings.h"
#include "providers/remote/offer.h"
#include "providers/remote/plugins.h"

struct LwRegistrar {
        LwClient *client;
        LwTree *tree;
        LwBus *bus;
        LwDriver *driver;
        LwLabelKeeper *keeper;
        LwGrants *grants;
        LwPlugins *plugins;
        LwListings *listings;

        sd_bus *connection; /* between attach and detach */
        sd_bus_slot *slot;
};

/* Registrations */

/* What has a file is back in its place, and sleeps. */
static void on_unregistered(void *user, LwPlugin *plugin)
{
        LwRegistrar *self = user;
        bool has_file = lw_plugin_file(plugin) != NULL;

        lw_plugins_end(self->plugins, plugin);
        if (has_file)
                lw_listings_load(self->listings);
}

/* Offers */

/* The registration whose place the offer takes, and whether there may be a new one. */
static int find_former(const LwRegistrar *self, const LwOffer *offer, const char *sender, uid_t uid,
                LwPlugin **ret_former, sd_bus_error *ret_error)
{
        *ret_former = NULL;
        for (size_t i = 0; i < lw_plugins_count(self->plugins); i++) {
                LwPlugin *plugin = lw_plugins_at(self->plugins, i);
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
        return lw_claims_choose(offer->claims, self->tree, own,
                        lw_label_keeper_labels(self->keeper), offer->name, ret_error);
}

/* Polkit's no, in whichever words: the caller may be a service that nobody watches. */
static bool is_denial(const sd_bus_error *error)
{
        return sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED) ||
               sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED);
}

/* A grant, else polkit. 0: somebody is being asked; the handler runs again. */
static int authorize(LwRegistrar *self, sd_bus_message *m, const LwCaller *caller,
                const LwOffer *offer, LwGrant **ret_grant, sd_bus_error *ret_error)
{
        int r = lw_grants_find(self->grants, m, caller->uid, caller->pid, offer->claims, self->tree,
                        ret_grant);

        if (r <= 0 || *ret_grant != NULL)
                return r;
        r = lw_bus_authorize(self->bus, m, LW_ACTION_REGISTER_PROVIDER, ret_error);
        if (r >= 0 || !is_denial(ret_error))
                return r;
        sd_bus_error_free(ret_error);
        return lw_grants_refuse(self->grants, caller->uid, offer->claims, self->tree, ret_error);
}

/* Everything that can be wrong, before anything is done. */
static int check_offer(LwRegistrar *self, sd_bus_message *m, const LwOffer *offer, uid_t uid,
                const LwPlugin *former, LwValues *values, sd_bus_error *ret_error)
{
        int r = lw_plugins_check(self->plugins, offer->claims, uid, former, NULL, ret_error);

        return r < 0 ? r
                     : lw_offer_read_values(m, offer->claims, lw_tree_registry(self->tree), values,
                                       ret_error);
}

static int take_definitions(LwRegistrar *self, sd_bus_message *m, uid_t uid, LwPlugin **former,
                LwBroughtShare **ret_share, sd_bus_error *ret_error)
{
        g_autoptr(GPtrArray) definitions =
                        g_ptr_array_new_with_free_func((GDestroyNotify) lw_object_def_free);
        size_t bytes = 0;
        int r = lw_offer_read_definitions(m, definitions, &bytes, ret_error);

        return r < 0 ? r
                     : lw_plugins_take_definitions(self->plugins, definitions, bytes, uid, former,
                                       ret_share, ret_error);
}

static int take_offer(LwRegistrar *self, LwPlugin *plugin, LwOffer *offer, const char *sender,
                LwValues *values, sd_bus_error *ret_error)
{
        int r;

        lw_plugins_note_objects(self->plugins, offer->claims);
        r = lw_plugin_lay(plugin, offer, NULL, ret_error);
        if (r >= 0)
                r = lw_plugin_arrive(plugin, self->connection, sender, values);
        if (r < 0)
                lw_plugins_end(self->plugins, plugin);
        else
                lw_plugins_drop_objects(self->plugins); /* of a former self that had more */
        return r;
}

/* Answers */

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

/* `path`: of a registration that is new; NULL: it has grown. */
static int make_reply(sd_bus_message *m, const char *path, const LwClaims *claims,
                sd_bus_message **ret_reply)
{
        int r = sd_bus_message_new_method_return(m, ret_reply);

        if (r >= 0 && path != NULL)
                r = sd_bus_message_append(*ret_reply, "o", path);
        return r < 0 ? r : append_paths(*ret_reply, claims);
}

/* Growing and shrinking */

static int on_created(void *user, LwPlugin *plugin, const LwPath *instance, const LwValues *values,
                sd_bus_error *ret_error)
{
        LwRegistrar *self = user;

        return lw_growth_add_made(self->plugins, plugin, self->tree, instance, values, ret_error);
}

static void on_shrunk(void *user, LwPlugin *plugin G_GNUC_UNUSED)
{
        LwRegistrar *self = user;

        lw_plugins_drop_objects(self->plugins);
}

static unsigned on_send(void *user, const LwValues *values, uint64_t *ret_send)
{
        LwRegistrar *self = user;
        LwSendRequest request = { .values = values };
        g_autoptr(GError) error = NULL;
        LwSending sending;

        if (!lw_client_send(self->client, &request, lw_driver_now(self->driver), &sending,
                            &error)) {
                lw_log(G_LOG_LEVEL_DEBUG, "a service's values are not sent: %s", error->message);
                return 0;
        }
        *ret_send = sending.id;
        return sending.servers;
}

static int on_add_instances(
                void *user, LwPlugin *plugin, sd_bus_message *m, sd_bus_error *ret_error)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_message *reply = NULL;
        LwRegistrar *self = user;
        int r;

        r = lw_growth_read(m, plugin, self->tree, lw_label_keeper_labels(self->keeper), claims,
                        ret_error);
        if (r >= 0 && (r = make_reply(m, NULL, claims, &reply)) >= 0 &&
                        (r = lw_growth_add(self->plugins, plugin, self->tree, claims, ret_error)) >=
                                        0)
                return lw_label_keeper_reply(self->keeper, lw_plugin_name(plugin),
                                lw_plugin_claims(plugin), reply);
        sd_bus_message_unref(reply);
        return r;
}

/* RegisterProvider */

static int register_offer(LwRegistrar *self, sd_bus_message *m, LwPlugin *plugin, LwOffer *offer,
                LwValues *values, sd_bus_error *ret_error)
{
        sd_bus_message *reply = NULL;
        int r = take_offer(self, plugin, offer, sd_bus_message_get_sender(m), values, ret_error);

        if (r >= 0)
                r = make_reply(m, lw_plugin_bus_path(plugin), lw_plugin_claims(plugin), &reply);
        if (r >= 0)
                return lw_label_keeper_reply(self->keeper, lw_plugin_name(plugin),
                                lw_plugin_claims(plugin), reply);
        sd_bus_message_unref(reply);
        return r;
}

static int method_register_provider(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwRegistrar *self = user;
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(LwBroughtShare) share = NULL;
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
        r = take_definitions(self, m, uid, &plugin, &share, ret_error);
        if (r >= 0 && (r = check_offer(self, m, &offer, uid, plugin, values, ret_error)) < 0) {
                g_clear_pointer(&share, lw_brought_share_free);
                lw_plugins_drop_objects(self->plugins);
        }
        if (r < 0)
                return r;
        if (plugin == NULL)
                plugin = lw_plugins_add(self->plugins, uid);
        lw_plugin_set_grant(plugin, g_steal_pointer(&grant));
        lw_plugin_set_definitions(plugin, g_steal_pointer(&share));
        return register_offer(self, m, plugin, &offer, values, ret_error);
}

/* What was registered by a grant that is there no more, or covers less, ends. */
static void renew_grants(LwRegistrar *self)
{
        for (size_t i = lw_plugins_count(self->plugins); i-- > 0;) {
                LwPlugin *plugin = lw_plugins_at(self->plugins, i);
                const LwGrant *former = lw_plugin_grant(plugin);
                LwGrant *grant;

                if (former == NULL)
                        continue;
                grant = lw_grants_renew(self->grants, former, lw_plugin_claims(plugin), self->tree);
                if (grant != NULL) {
                        lw_plugin_set_grant(plugin, grant);
                        continue;
                }
                lw_log(G_LOG_LEVEL_MESSAGE, "%s may not provide any more: its grant '%s' has gone",
                                lw_plugin_title(plugin), former->name);
                lw_plugins_end(self->plugins, plugin);
        }
}

void lw_registrar_load(LwRegistrar *self, const char *const *directories)
{
        lw_grants_load(self->grants, directories);
        renew_grants(self);
        lw_listings_set_directories(self->listings, directories);
        lw_listings_load(self->listings);
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

        for (size_t i = 0; i < lw_plugins_count(self->plugins); i++)
                deadline = lw_usec_min(
                                deadline, lw_plugin_deadline(lw_plugins_at(self->plugins, i)));
        return deadline;
}

static void registrar_run(void *user, LwNow now)
{
        LwRegistrar *self = user;

        lw_plugins_run(self->plugins, now);
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
        lw_listings_set_bus(self->listings, bus);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "services cannot register at %s: %s", LW_REGISTRAR_PATH,
                                g_strerror(-r));
}

static void registrar_detach(void *user, sd_bus *bus)
{
        LwRegistrar *self = user;

        (void) bus;
        for (size_t i = 0; i < lw_plugins_count(self->plugins); i++)
                lw_plugin_leave(lw_plugins_at(self->plugins, i), LW_PLUGIN_BUS_GONE);
        lw_listings_set_bus(self->listings, NULL);
        lw_grants_set_bus(self->grants, NULL);
        self->slot = sd_bus_slot_unref(self->slot);
        self->connection = NULL;
}

const LwBusUser lw_registrar_bus_user = { .attach = registrar_attach, .detach = registrar_detach };

/* Life */

LwRegistrar *lw_registrar_new(LwClient *client, LwBus *bus, LwDriver *driver, LwState *state)
{
        LwRegistrar *self = g_new0(LwRegistrar, 1);
        LwPluginEnvironment environment = {
                .tree = lw_client_tree(client),
                .driver = driver,
                .unregistered = on_unregistered,
                .add_instances = on_add_instances,
                .send = on_send,
                .created = on_created,
                .shrunk = on_shrunk,
                .user = self,
        };

        self->client = client;
        self->tree = environment.tree;
        self->bus = bus;
        self->driver = driver;
        self->keeper = lw_label_keeper_new(state);
        self->grants = lw_grants_new();
        self->plugins = lw_plugins_new(&environment);
        self->listings = lw_listings_new(
                        self->tree, self->plugins, lw_label_keeper_labels(self->keeper));
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_registrar_free(LwRegistrar *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        registrar_detach(self, self->connection);
        lw_listings_free(self->listings);
        lw_plugins_free(self->plugins);
        lw_label_keeper_free(self->keeper);
        lw_grants_free(self->grants);
        g_free(self);
}

LwGrants *lw_registrar_grants(const LwRegistrar *self)
{
        return self->grants;
}

void lw_registrar_sent(LwRegistrar *self, uint64_t id, const LwSendResult *result)
{
        bool ok = lw_send_result_is_success(result);

        for (size_t i = 0; i < lw_plugins_count(self->plugins); i++)
                lw_plugin_sent(lw_plugins_at(self->plugins, i), id, ok);
}

size_t lw_registrar_count(const LwRegistrar *self)
{
        return lw_plugins_count(self->plugins);
}
