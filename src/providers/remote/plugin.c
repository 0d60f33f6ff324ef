/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPlugin: one registration of a service: its claims and its owner's life. */
#include "providers/remote/plugin.h"

#include "base/log.h"
#include "bus/error.h"
#include "model/status.h"
#include "providers/remote/face.h"
#include "providers/remote/provider.h"

/* Covers the restart of a service. */
#define GRACE_USEC (5 * LW_USEC_PER_SEC)

/* How many instances a line of the journal names. */
#define LISTED_MAX 4

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

struct LwPlugin {
        LwPluginEnvironment environment;
        uid_t uid;
        LwRemoteProvider *provider;
        LwPluginFace *face;

        LwGrant *grant; /* NULL: none needed */

        /* as it was offered last */
        char *name;
        char *path;
        LwClaims *claims;
        LwUsec timeout_usec;
        bool keeps;

        LwActivation activation; /* service NULL: none */
        GBytes *file;            /* NULL: it came without */
        LwWaker *waker;          /* with an activation and a bus */
        sd_bus *sleeping_bus;    /* the waker's */

        char *title;
        sd_bus *bus; /* NULL: not present */
        char *owner;
        LwUsec over_at; /* LW_USEC_NEVER: present, or not arrived yet */
        bool was_present;
        sd_bus_slot *slots[2]; /* NameOwnerChanged, NameHasOwner */
};

/* Messages */

static void print_claims(const LwPlugin *self, GString *text)
{
        size_t count = lw_claims_count(self->claims);

        for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
                char path[LW_PATH_TEXT_MAX];

                lw_path_print(&lw_claims_at(self->claims, i)->path, path);
                g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", path);
        }
        if (count > LISTED_MAX)
                g_string_append_printf(text, " and %zu more", count - LISTED_MAX);
}

static void tell(const LwPlugin *self, const char *what)
{
        g_autoptr(GString) text = g_string_new(NULL);

        print_claims(self, text);
        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID, LW_MESSAGE_PLUGIN,
                        "MESSAGE", "%s %s %s", self->title, what, text->str);
}

static void make_title(LwPlugin *self)
{
        const char *owner = self->owner != NULL ? self->owner : self->activation.service;

        g_free(self->title);
        self->title = self->name != NULL ? g_strdup_printf("'%s' (%s)", self->name, owner)
                                         : g_strdup(owner);
}

/* The tree */

static int refuse(const LwClaim *claim, const GError *error, sd_bus_error *ret_error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(&claim->path, text);
        return sd_bus_error_setf(
                        ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED, "%s: %s", text, error->message);
}

/* Whoever first says that there is such an object is asked to make its instances. */
static bool lay_object(LwPlugin *self, uint16_t id, GError **error)
{
        LwTree *tree = self->environment.tree;

        if (!lw_tree_add_object(tree, id, error))
                return false;
        if (lw_tree_object(tree, id)->creator != NULL)
                return true;
        return lw_tree_set_creator(tree, id, lw_remote_provider_base(self->provider), error);
}

static bool lay_claim(LwPlugin *self, const LwClaim *claim, GError **error)
{
        if (claim->path.length == LW_LEVEL_OBJECT)
                return lay_object(self, claim->path.ids[0], error);
        return lw_tree_add_layer(self->environment.tree, &claim->path,
                        lw_remote_provider_base(self->provider), LW_RANK_PLUGIN, claim->resources,
                        claim->count, error);
}

static void lift(LwPlugin *self, const LwPath *path)
{
        LwTree *tree = self->environment.tree;
        LwProvider *base = lw_remote_provider_base(self->provider);
        const LwObject *object = lw_tree_object(tree, path->ids[0]);

        if (path->length == LW_LEVEL_INSTANCE)
                lw_tree_remove_layer(tree, path, base);
        else if (object != NULL && object->creator == base)
                lw_tree_set_creator(tree, path->ids[0], NULL, NULL);
}

static bool is_claimed(const LwPlugin *self, const LwPath *path)
{
        return path->length == LW_LEVEL_INSTANCE
                               ? lw_claims_find(self->claims, path->ids[0], path->ids[1]) != NULL
                               : lw_claims_has_bare(self->claims, path->ids[0]);
}

static void lift_unclaimed(LwPlugin *self, const LwClaims *former)
{
        for (size_t i = 0; former != NULL && i < lw_claims_count(former); i++) {
                const LwPath *path = &lw_claims_at(former, i)->path;

                if (!is_claimed(self, path))
                        lift(self, path);
        }
}

static int lay_claims(LwPlugin *self, const LwClaims *claims, sd_bus_error *ret_error)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const LwClaim *claim = lw_claims_at(claims, i);
                g_autoptr(GError) error = NULL;

                /* what the definitions say was checked before: it is a limit of the tree */
                if (!lay_claim(self, claim, &error))
                        return refuse(claim, error, ret_error);
        }
        return 0;
}

int lw_plugin_grow(LwPlugin *self, LwClaims *claims, sd_bus_error *ret_error)
{
        int r = lay_claims(self, claims, ret_error);

        if (r < 0)
                lift_unclaimed(self, claims);
        else
                lw_claims_move(self->claims, claims);
        return r;
}

int lw_plugin_lay(LwPlugin *self, LwOffer *offer, sd_bus_error *ret_error)
{
        g_autoptr(LwClaims) former = g_steal_pointer(&self->claims);

        self->claims = g_steal_pointer(&offer->claims);
        g_free(self->name);
        self->name = g_steal_pointer(&offer->name);
        g_free(self->path);
        self->path = g_strdup(offer->path);
        self->timeout_usec = offer->timeout_usec;
        self->keeps = offer->keeps;
        if (offer->activation != NULL) {
                lw_activation_clear(&self->activation);
                self->activation.service = g_steal_pointer(&offer->activation);
                self->activation.has_uid = true;
                self->activation.uid = self->uid;
        }
        lift_unclaimed(self, former);
        return lay_claims(self, self->claims, ret_error);
}

/* What servers make and delete */

/* Unless the service said which resources the instance has: those that it was made from, and those
 * that the definition wants. */
static int add_created(LwPlugin *self, const LwPath *instance, const LwValues *values,
                sd_bus_error *ret_error)
{
        const LwObjectDef *def = lw_registry_find(
                        lw_tree_registry(self->environment.tree), instance->ids[0]);
        g_autofree uint16_t *resources = g_new(uint16_t, def->resource_count);
        g_autoptr(LwClaims) claims = lw_claims_new();
        char text[LW_PATH_TEXT_MAX];
        size_t count = 0;
        int r;

        for (size_t i = 0; i < def->resource_count; i++) {
                bool has = def->resources[i].mandatory;

                for (size_t v = 0; !has && v < lw_values_count(values); v++)
                        has = lw_values_at(values, v)->path.ids[2] == def->resources[i].id;
                if (has)
                        resources[count++] = def->resources[i].id;
        }
        lw_path_print(instance, text);
        r = lw_claims_add(claims, text, resources, count, ret_error);
        return r < 0 ? r
                     : self->environment.created(self->environment.user, self, claims, ret_error);
}

static bool on_created(void *user, const LwPath *instance, const LwValues *values, GError **error)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        LwPlugin *self = user;

        if (is_claimed(self, instance) || add_created(self, instance, values, &bus_error) >= 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the service made what cannot be added: %s",
                        bus_error.message);
        sd_bus_error_free(&bus_error);
        return false;
}

static void drop_claim(LwPlugin *self, const LwPath *path)
{
        LwPath copy = *path; /* it may be the claim's own */

        if (lw_claims_remove(self->claims, &copy))
                lift(self, &copy);
}

static void on_deleted(void *user, const LwPath *instance)
{
        LwPlugin *self = user;

        drop_claim(self, instance);
        self->environment.shrunk(self->environment.user, self);
}

static void on_wake(void *user);

static const LwRemoteEvents provider_events = { on_created, on_deleted, on_wake };

/* Coming and going */

static int on_owner_changed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const char *name, *old_owner, *new_owner;

        (void) ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old_owner, &new_owner) >= 0 && *new_owner == '\0')
                lw_plugin_leave(user, LW_PLUGIN_OWNER_GONE);
        return 0;
}

/* Without a callback sd-bus would end the whole connection when the bus refuses the match. */
static int on_watched(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);
        LwPlugin *self = user;

        (void) ret_error;
        if (error == NULL)
                return 0;
        lw_log(G_LOG_LEVEL_WARNING, "the bus does not tell us when %s goes (%s); letting it go now",
                        self->title, error->message != NULL ? error->message : error->name);
        lw_plugin_leave(self, LW_PLUGIN_OWNER_GONE);
        return 0;
}

/* It may have gone before we watched; then no signal comes. */
static int on_has_owner(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        int is_there;

        (void) ret_error;
        if (!sd_bus_message_is_method_error(m, NULL) &&
                        sd_bus_message_read(m, "b", &is_there) >= 0 && !is_there)
                lw_plugin_leave(user, LW_PLUGIN_OWNER_GONE);
        return 0;
}

static int watch_owner(LwPlugin *self)
{
        g_autofree char *match = g_strdup_printf("type='signal',sender='" DBUS_SERVICE
                                                 "',path='" DBUS_PATH "',interface='" DBUS_SERVICE
                                                 "',member='NameOwnerChanged',arg0='%s'",
                        self->owner);
        int r = sd_bus_add_match_async(
                        self->bus, &self->slots[0], match, on_owner_changed, on_watched, self);

        if (r < 0)
                return r;
        return sd_bus_call_method_async(self->bus, &self->slots[1], DBUS_SERVICE, DBUS_PATH,
                        DBUS_SERVICE, "NameHasOwner", on_has_owner, self, "s", self->owner);
}

static void start_waker(LwPlugin *self, sd_bus *bus);

/* `owner` NULL: it sleeps. */
static void connect_provider(LwPlugin *self, sd_bus *bus, const char *owner, bool keeps)
{
        LwRemoteService service = {
                .owner = owner,
                .path = self->path,
                .title = self->title,
                .timeout_usec = self->timeout_usec,
                .keeps = keeps,
        };

        lw_remote_provider_connect(self->provider, bus, &service);
}

int lw_plugin_arrive(LwPlugin *self, sd_bus *bus, const char *owner, LwValues *values)
{
        int r;

        self->bus = bus;
        g_free(self->owner);
        self->owner = g_strdup(owner);
        self->over_at = LW_USEC_NEVER;
        make_title(self);
        connect_provider(self, bus, self->owner, self->keeps);
        lw_remote_provider_fill(self->provider, values);
        r = lw_plugin_face_attach(self->face, bus, self->owner, self->title, self->claims);
        if (r >= 0)
                r = watch_owner(self);
        if (r < 0)
                return r;
        if (self->waker == NULL)
                start_waker(self, bus);
        tell(self, self->was_present ? "is back, and provides" : "provides");
        self->was_present = true;
        return 0;
}

static void drop_bus(LwPlugin *self)
{
        lw_plugin_face_detach(self->face);
        for (size_t i = 0; i < G_N_ELEMENTS(self->slots); i++)
                self->slots[i] = sd_bus_slot_unref(self->slots[i]);
        self->bus = NULL;
}

static void stop_waker(LwPlugin *self)
{
        lw_waker_free(self->waker);
        self->waker = NULL;
        self->sleeping_bus = NULL;
}

/* Of a bus that is gone LwBus has told. */
static void leave_for_good(LwPlugin *self, LwPluginCause cause)
{
        self->over_at = lw_usec_add(lw_driver_now(self->environment.driver).boot, GRACE_USEC);
        if (cause == LW_PLUGIN_OWNER_GONE)
                tell(self, "has left the bus; its place is kept for 5 s:");
        lw_remote_provider_disconnect(self->provider);
}

static void fall_asleep(LwPlugin *self)
{
        tell(self, "has left the bus, and is started when it is needed for");
        g_clear_pointer(&self->owner, g_free);
        make_title(self);
        connect_provider(self, self->sleeping_bus, lw_waker_owner(self->waker), false);
}

void lw_plugin_leave(LwPlugin *self, LwPluginCause cause)
{
        bool was_present = self->bus != NULL;

        if (cause == LW_PLUGIN_BUS_GONE)
                stop_waker(self);
        if (was_present)
                drop_bus(self);
        if (was_present && self->waker != NULL)
                fall_asleep(self);
        else if (was_present && self->activation.service == NULL)
                leave_for_good(self, cause);
        else if (cause == LW_PLUGIN_BUS_GONE)
                lw_remote_provider_disconnect(self->provider);
}

/* Sleeping */

static void on_awake(void *user, const char *owner)
{
        LwPlugin *self = user;

        if (self->bus == NULL) /* else it registered, and is there by that */
                connect_provider(self, self->sleeping_bus, owner, false);
}

static void on_asleep(void *user)
{
        LwPlugin *self = user;

        if (self->bus == NULL)
                connect_provider(self, self->sleeping_bus, NULL, false);
}

static void on_failed(void *user, const char *why)
{
        LwPlugin *self = user;

        lw_log(G_LOG_LEVEL_WARNING, "%s cannot be started: %s", self->title, why);
        lw_remote_provider_give_up(self->provider);
}

static const LwWakerEvents waker_events = { on_awake, on_asleep, on_failed };

static void on_wake(void *user)
{
        LwPlugin *self = user;

        if (self->waker != NULL)
                lw_waker_wake(self->waker);
}

static void start_waker(LwPlugin *self, sd_bus *bus)
{
        if (self->activation.service == NULL)
                return;
        self->waker = lw_waker_new(bus, &self->activation, &waker_events, self);
        self->sleeping_bus = self->waker != NULL ? bus : NULL;
}

void lw_plugin_sleep(LwPlugin *self, sd_bus *bus)
{
        if (self->bus != NULL || self->activation.service == NULL)
                return;
        stop_waker(self);
        start_waker(self, bus);
        g_clear_pointer(&self->owner, g_free);
        make_title(self);
        if (self->waker != NULL)
                connect_provider(self, bus, NULL, false);
}

int lw_plugin_lay_file(LwPlugin *self, LwProviderFile *file, GBytes *text, sd_bus_error *ret_error)
{
        self->file = g_bytes_ref(text);
        self->name = g_steal_pointer(&file->name);
        self->path = g_steal_pointer(&file->path);
        self->activation = file->activation;
        file->activation = (LwActivation){};
        self->timeout_usec = LW_OFFER_TIMEOUT_USEC;
        self->claims = g_steal_pointer(&file->claims);
        make_title(self);
        tell(self, "is started when it is needed for");
        return lay_claims(self, self->claims, ret_error);
}

GBytes *lw_plugin_file(const LwPlugin *self)
{
        return self->file;
}

/* Life */

static void on_unregistered(void *user)
{
        LwPlugin *self = user;

        tell(self, "unregisters; gone:");
        self->environment.unregistered(self->environment.user, self);
}

static int on_add_instances(void *user, sd_bus_message *m, sd_bus_error *ret_error)
{
        LwPlugin *self = user;

        return self->environment.add_instances(self->environment.user, self, m, ret_error);
}

static void on_remove_instances(void *user, const GArray *paths)
{
        LwPlugin *self = user;

        for (guint i = 0; i < paths->len; i++)
                drop_claim(self, &g_array_index(paths, LwPath, i));
        self->environment.shrunk(self->environment.user, self);
}

static const LwPluginFaceEvents face_events = {
        .unregistered = on_unregistered,
        .add_instances = on_add_instances,
        .remove_instances = on_remove_instances,
};

LwPlugin *lw_plugin_new(const LwPluginEnvironment *environment, unsigned number, uid_t uid)
{
        LwPlugin *self = g_new0(LwPlugin, 1);

        self->environment = *environment;
        self->uid = uid;
        self->over_at = LW_USEC_NEVER;
        self->provider = lw_remote_provider_new(
                        environment->tree, environment->driver, &provider_events, self);
        self->face = lw_plugin_face_new(number, lw_tree_registry(environment->tree), self->provider,
                        &face_events, self);
        return self;
}

void lw_plugin_free(LwPlugin *self)
{
        if (self == NULL)
                return;
        drop_bus(self);
        stop_waker(self);
        lw_tree_remove_provider(self->environment.tree, lw_remote_provider_base(self->provider));
        lw_plugin_face_free(self->face);
        lw_remote_provider_free(self->provider);
        lw_claims_free(self->claims);
        lw_grant_unref(self->grant);
        lw_activation_clear(&self->activation);
        if (self->file != NULL)
                g_bytes_unref(self->file);
        g_free(self->name);
        g_free(self->path);
        g_free(self->title);
        g_free(self->owner);
        g_free(self);
}

bool lw_plugin_is_present(const LwPlugin *self)
{
        return self->bus != NULL;
}

bool lw_plugin_is_over(const LwPlugin *self, LwNow now)
{
        return self->over_at <= now.boot;
}

LwUsec lw_plugin_deadline(const LwPlugin *self)
{
        return lw_usec_min(self->over_at, lw_remote_provider_deadline(self->provider));
}

void lw_plugin_run(LwPlugin *self, LwNow now)
{
        lw_remote_provider_run(self->provider, now);
        if (lw_plugin_is_over(self, now))
                tell(self, "did not come back; gone:");
}

void lw_plugin_set_grant(LwPlugin *self, LwGrant *grant)
{
        lw_grant_unref(self->grant);
        self->grant = grant;
        lw_remote_provider_set_rights(self->provider, grant == NULL || grant->may_write,
                        grant == NULL || grant->may_execute);
}

const LwGrant *lw_plugin_grant(const LwPlugin *self)
{
        return self->grant;
}

uid_t lw_plugin_uid(const LwPlugin *self)
{
        return self->uid;
}

const char *lw_plugin_name(const LwPlugin *self)
{
        return self->name;
}

const char *lw_plugin_title(const LwPlugin *self)
{
        return self->title;
}

const char *lw_plugin_bus_path(const LwPlugin *self)
{
        return lw_plugin_face_path(self->face);
}

bool lw_plugin_is_at(const LwPlugin *self, const char *owner, const char *path)
{
        return self->bus != NULL && g_strcmp0(self->owner, owner) == 0 &&
               g_strcmp0(self->path, path) == 0;
}

bool lw_plugin_is_like(const LwPlugin *self, uid_t uid, const char *name, const char *path)
{
        bool is_anyones = self->file != NULL && !self->activation.has_uid;

        return (self->uid == uid || is_anyones) && g_strcmp0(self->name, name) == 0 &&
               (name != NULL || g_strcmp0(self->path, path) == 0);
}

const LwClaims *lw_plugin_claims(const LwPlugin *self)
{
        return self->claims;
}

const LwProvider *lw_plugin_provider(const LwPlugin *self)
{
        return lw_remote_provider_base(self->provider);
}
