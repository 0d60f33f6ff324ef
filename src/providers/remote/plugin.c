/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPlugin: one registration of a service: its claims and its owner's life. */
#include "providers/remote/plugin.h"

#include "bus/error.h"
#include "model/status.h"
#include "providers/remote/face.h"
#include "providers/remote/laying.h"
#include "providers/remote/presence.h"
#include "providers/remote/provider.h"

struct LwPlugin {
        LwPluginEnvironment environment;
        uid_t uid;
        LwRemoteProvider *provider;
        LwPluginFace *face;

        LwPresence *presence;
        LwOffer offer;               /* the last */
        LwGrant *grant;              /* NULL: none needed */
        LwBroughtShare *definitions; /* NULL: it brought none */
        GBytes *file;                /* NULL: it came without */
};

/* Claims */

static int lay(LwPlugin *self, const LwClaims *claims, sd_bus_error *ret_error)
{
        return lw_laying_put(self->environment.tree, lw_remote_provider_base(self->provider),
                        claims, ret_error);
}

static void lift_others(LwPlugin *self, const LwClaims *former)
{
        lw_laying_lift_others(self->environment.tree, lw_remote_provider_base(self->provider),
                        former, self->offer.claims);
}

int lw_plugin_grow(LwPlugin *self, LwClaims *claims, sd_bus_error *ret_error)
{
        int r = lay(self, claims, ret_error);

        if (r < 0)
                lift_others(self, claims);
        else
                lw_claims_move(self->offer.claims, claims);
        return r;
}

/* One who is back and says nothing of an activation keeps what he had. */
static void settle_activation(LwPlugin *self, LwOffer *former, bool has_file)
{
        LwActivation *activation = &self->offer.activation;

        if (has_file)
                return;
        if (activation->service == NULL) {
                *activation = former->activation;
                former->activation = (LwActivation){};
                return;
        }
        activation->has_uid = true;
        activation->uid = self->uid;
        if (g_strcmp0(activation->service, former->activation.service) != 0)
                lw_presence_forget_activation(self->presence);
}

int lw_plugin_lay(LwPlugin *self, LwOffer *offer, GBytes *file, sd_bus_error *ret_error)
{
        g_auto(LwOffer) former = self->offer;

        self->offer = *offer;
        *offer = (LwOffer){};
        settle_activation(self, &former, file != NULL);
        if (file != NULL) {
                self->file = g_bytes_ref(file);
                lw_presence_announce(self->presence);
        }
        lift_others(self, former.claims);
        return lay(self, self->offer.claims, ret_error);
}

/* What servers make and delete */

static bool on_created(void *user, const LwPath *instance, const LwValues *values, GError **error)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        LwPlugin *self = user;

        if (lw_claims_has(self->offer.claims, instance) ||
                        self->environment.created(self->environment.user, self, instance, values,
                                        &bus_error) >= 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the service made what cannot be added: %s",
                        bus_error.message);
        sd_bus_error_free(&bus_error);
        return false;
}

static void drop_claim(LwPlugin *self, const LwPath *path)
{
        LwPath copy = *path; /* it may be the claim's own */

        if (lw_claims_remove(self->offer.claims, &copy))
                lw_laying_lift(self->environment.tree, lw_remote_provider_base(self->provider),
                                &copy);
}

static void on_deleted(void *user, const LwPath *instance)
{
        LwPlugin *self = user;

        drop_claim(self, instance);
        self->environment.shrunk(self->environment.user, self);
}

static void on_wake(void *user)
{
        LwPlugin *self = user;

        lw_presence_wake(self->presence);
}

static const LwRemoteEvents provider_events = { on_created, on_deleted, on_wake };

/* Coming and going */

int lw_plugin_arrive(LwPlugin *self, sd_bus *bus, const char *owner, LwValues *values)
{
        int r = lw_presence_arrive(self->presence, bus, owner);

        if (r < 0)
                return r;
        lw_remote_provider_fill(self->provider, values);
        return lw_plugin_face_attach(self->face, bus, lw_presence_owner(self->presence),
                        lw_presence_title(self->presence), self->offer.claims);
}

void lw_plugin_leave(LwPlugin *self, LwPluginCause cause)
{
        lw_plugin_face_detach(self->face);
        lw_presence_leave(self->presence, cause);
}

static void on_left(void *user)
{
        lw_plugin_leave(user, LW_PLUGIN_OWNER_GONE);
}

void lw_plugin_sleep(LwPlugin *self, sd_bus *bus)
{
        lw_presence_sleep(self->presence, bus);
}

GBytes *lw_plugin_file(const LwPlugin *self)
{
        return self->file;
}

/* Life */

static void on_unregistered(void *user)
{
        LwPlugin *self = user;

        lw_presence_tell(self->presence, "unregisters; gone:");
        self->environment.unregistered(self->environment.user, self);
}

static int on_add_instances(void *user, sd_bus_message *m, sd_bus_error *ret_error)
{
        LwPlugin *self = user;

        return self->environment.add_instances(self->environment.user, self, m, ret_error);
}

static unsigned on_send(void *user, const LwValues *values, uint64_t *ret_send)
{
        LwPlugin *self = user;

        return self->environment.send(self->environment.user, values, ret_send);
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
        .send = on_send,
        .remove_instances = on_remove_instances,
};

LwPlugin *lw_plugin_new(const LwPluginEnvironment *environment, unsigned number, uid_t uid)
{
        LwPlugin *self = g_new0(LwPlugin, 1);

        self->environment = *environment;
        self->uid = uid;
        self->provider = lw_remote_provider_new(
                        environment->tree, environment->driver, &provider_events, self);
        self->face = lw_plugin_face_new(number, lw_tree_registry(environment->tree), self->provider,
                        &face_events, self);
        self->presence = lw_presence_new(
                        environment->driver, self->provider, &self->offer, on_left, self);
        return self;
}

void lw_plugin_free(LwPlugin *self)
{
        if (self == NULL)
                return;
        lw_presence_free(self->presence);
        lw_tree_remove_provider(self->environment.tree, lw_remote_provider_base(self->provider));
        lw_plugin_face_free(self->face);
        lw_remote_provider_free(self->provider);
        lw_offer_clear(&self->offer);
        lw_grant_unref(self->grant);
        lw_brought_share_free(self->definitions);
        if (self->file != NULL)
                g_bytes_unref(self->file);
        g_free(self);
}

bool lw_plugin_is_present(const LwPlugin *self)
{
        return lw_presence_is_present(self->presence);
}

bool lw_plugin_is_over(const LwPlugin *self, LwNow now)
{
        return lw_presence_over_at(self->presence) <= now.boot;
}

LwUsec lw_plugin_deadline(const LwPlugin *self)
{
        return lw_usec_min(lw_presence_over_at(self->presence),
                        lw_remote_provider_deadline(self->provider));
}

void lw_plugin_run(LwPlugin *self, LwNow now)
{
        lw_remote_provider_run(self->provider, now);
        if (lw_plugin_is_over(self, now))
                lw_presence_tell(self->presence, "did not come back; gone:");
}

void lw_plugin_set_grant(LwPlugin *self, LwGrant *grant)
{
        lw_grant_unref(self->grant);
        self->grant = grant;
        lw_remote_provider_set_rights(self->provider, grant == NULL || grant->may_write,
                        grant == NULL || grant->may_execute);
}

void lw_plugin_set_definitions(LwPlugin *self, LwBroughtShare *share)
{
        if (share == NULL)
                return;
        lw_brought_share_free(self->definitions);
        self->definitions = share;
}

const LwBroughtShare *lw_plugin_definitions(const LwPlugin *self)
{
        return self->definitions;
}

const LwGrant *lw_plugin_grant(const LwPlugin *self)
{
        return self->grant;
}

void lw_plugin_sent(LwPlugin *self, uint64_t number, bool ok)
{
        lw_plugin_face_sent(self->face, number, ok);
}

uid_t lw_plugin_uid(const LwPlugin *self)
{
        return self->uid;
}

const char *lw_plugin_name(const LwPlugin *self)
{
        return self->offer.name;
}

const char *lw_plugin_title(const LwPlugin *self)
{
        return lw_presence_title(self->presence);
}

const char *lw_plugin_bus_path(const LwPlugin *self)
{
        return lw_plugin_face_path(self->face);
}

bool lw_plugin_is_at(const LwPlugin *self, const char *owner, const char *path)
{
        return g_strcmp0(lw_presence_owner(self->presence), owner) == 0 &&
               g_strcmp0(self->offer.path, path) == 0;
}

bool lw_plugin_is_like(const LwPlugin *self, uid_t uid, const char *name, const char *path)
{
        bool is_anyones = self->file != NULL && !self->offer.activation.has_uid;

        return (self->uid == uid || is_anyones) && g_strcmp0(self->offer.name, name) == 0 &&
               (name != NULL || g_strcmp0(self->offer.path, path) == 0);
}

const LwClaims *lw_plugin_claims(const LwPlugin *self)
{
        return self->offer.claims;
}

const LwProvider *lw_plugin_provider(const LwPlugin *self)
{
        return lw_remote_provider_base(self->provider);
}
