/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPluginFace: org.lwm2md.Registration1 of one registration. */
#include "providers/remote/face.h"

#include <string.h>

#include "base/quote.h"
#include "bus/error.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/deliveries.h"
#include "providers/remote/report.h"
#include "providers/remote/tidings.h"

struct LwPluginFace {
        char *path;
        LwRegistry *registry;
        LwRemoteProvider *provider;
        const LwPluginFaceEvents *events;
        void *user;
        LwDeliveries *deliveries;

        /* while it is attached */
        sd_bus *bus;
        sd_bus_slot *slot;
        const char *owner, *title;
        const LwClaims *claims;
};

static int check_owner(const LwPluginFace *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        if (g_strcmp0(sd_bus_message_get_sender(m), self->owner) == 0)
                return 0;
        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_NOT_OWNER,
                        "only %s, which registered this, may do that", self->title);
}

/* How a key becomes a path. */
typedef bool (*Placer)(const LwClaims *claims, const char *key, LwPath *ret_path, GError **error);

static int read_paths(const LwPluginFace *self, sd_bus_message *m, Placer place, GArray *paths,
                sd_bus_error *ret_error)
{
        int r = sd_bus_message_enter_container(m, 'a', "s");
        const char *key;

        while (r >= 0 && (r = sd_bus_message_read(m, "s", &key)) > 0) {
                g_autoptr(GError) error = NULL;
                LwPath path;

                if (!place(self->claims, key, &path, &error))
                        return lw_report_refuse(key, error, ret_error);
                if (paths->len >= LW_ENTRIES_MAX)
                        return sd_bus_error_setf(ret_error, lw_bus_error_name(LW_STATUS_TOO_LARGE),
                                        "one message carries at most %u paths", LW_ENTRIES_MAX);
                g_array_append_val(paths, path);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int tell_delivered(const LwPluginFace *self, uint64_t id, bool ok)
{
        sd_bus_message *m = NULL;
        int r;

        if (self->bus == NULL)
                return 0;
        r = sd_bus_message_new_signal(
                        self->bus, &m, self->path, LW_REGISTRATION_INTERFACE, "Delivered");
        if (r >= 0)
                r = sd_bus_message_append(m, "tb", id, (int) ok);
        if (r >= 0)
                r = sd_bus_send_to(self->bus, m, self->owner, NULL);
        sd_bus_message_unref(m);
        return r;
}

/* What no server takes is not delivered, which is no error: the values are reported all the same.
 */
static int send(LwPluginFace *self, const LwTidings *tidings, const LwValues *values)
{
        uint64_t number = 0;
        unsigned servers = self->events->send(self->user, values, &number);

        if (!tidings->has_id)
                return 0;
        if (servers == 0)
                return tell_delivered(self, tidings->id, false);
        lw_deliveries_add(self->deliveries, number, tidings->id, servers);
        return 0;
}

void lw_plugin_face_sent(LwPluginFace *self, uint64_t number, bool ok)
{
        uint64_t id;
        bool all;

        if (lw_deliveries_take(self->deliveries, number, ok, &id, &all))
                tell_delivered(self, id, all);
}

static int method_update(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_autoptr(GArray) invalidated = g_array_new(false, false, sizeof(LwPath));
        g_autoptr(LwValues) values = lw_values_new();
        LwPluginFace *self = user;
        LwTidings tidings = {};
        int r = check_owner(self, m, ret_error);

        if (r < 0 || (r = lw_report_read(m, self->registry, self->claims, values, ret_error)) < 0 ||
                        (r = read_paths(self, m, lw_claims_place, invalidated, ret_error)) < 0 ||
                        (r = lw_tidings_read(m, &tidings, ret_error)) < 0)
                return r;
        lw_tidings_date(&tidings, values);
        lw_remote_provider_report(self->provider, values);
        for (guint i = 0; i < invalidated->len; i++)
                lw_remote_provider_invalidate(
                                self->provider, &g_array_index(invalidated, LwPath, i));
        r = sd_bus_reply_method_return(m, "");
        if (tidings.send)
                send(self, &tidings, values);
        return r;
}

static int method_add_instances(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwPluginFace *self = user;
        int r = check_owner(self, m, ret_error);

        return r < 0 ? r : self->events->add_instances(self->user, m, ret_error);
}

static int method_remove_instances(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_autoptr(GArray) paths = g_array_new(false, false, sizeof(LwPath));
        LwPluginFace *self = user;
        int r = check_owner(self, m, ret_error);

        if (r < 0 || (r = read_paths(self, m, lw_claims_resolve, paths, ret_error)) < 0)
                return r;
        self->events->remove_instances(self->user, paths);
        return sd_bus_reply_method_return(m, "");
}

static int method_unregister(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwPluginFace *self = user;
        int r = check_owner(self, m, ret_error);

        if (r < 0)
                return r;
        r = sd_bus_reply_method_return(m, "");
        self->events->unregistered(self->user);
        return r < 0 ? r : 1;
}

typedef struct Observed {
        sd_bus_message *reply;
        int r; /* of the first that failed */
} Observed;

static void append_observed(void *data, const char *path)
{
        Observed *self = data;

        if (self->r >= 0)
                self->r = sd_bus_message_append(self->reply, "s", path);
}

static int get_observed(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        LwPluginFace *self = user;
        Observed observed = { reply, 0 };
        int r = sd_bus_message_open_container(reply, 'a', "s");

        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        if (r < 0)
                return r;
        lw_remote_provider_each_observed(self->provider, append_observed, &observed);
        return observed.r < 0 ? observed.r : sd_bus_message_close_container(reply);
}

/* clang-format off */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Update",
                        SD_BUS_ARGS("a{sv}", values, "as", invalidated, "a{sv}", options),
                        SD_BUS_NO_RESULT, method_update, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AddInstances", SD_BUS_ARGS("a{saq}", instances),
                        SD_BUS_RESULT("a{ss}", paths), method_add_instances,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveInstances", SD_BUS_ARGS("as", instances), SD_BUS_NO_RESULT,
                        method_remove_instances, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unregister", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_unregister,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Delivered", SD_BUS_ARGS("t", id, "b", ok), 0),
        SD_BUS_PROPERTY("Observed", "as", get_observed, 0, 0),
        SD_BUS_VTABLE_END
};
/* clang-format on */

/* Life */

LwPluginFace *lw_plugin_face_new(unsigned number, LwRegistry *registry, LwRemoteProvider *provider,
                const LwPluginFaceEvents *events, void *user)
{
        LwPluginFace *self = g_new0(LwPluginFace, 1);

        self->path = g_strdup_printf(LW_REGISTRATION_PATH_PREFIX "%u", number);
        self->registry = registry;
        self->provider = provider;
        self->events = events;
        self->user = user;
        self->deliveries = lw_deliveries_new();
        return self;
}

void lw_plugin_face_free(LwPluginFace *self)
{
        if (self == NULL)
                return;
        lw_plugin_face_detach(self);
        lw_deliveries_free(self->deliveries);
        g_free(self->path);
        g_free(self);
}

const char *lw_plugin_face_path(const LwPluginFace *self)
{
        return self->path;
}

int lw_plugin_face_attach(LwPluginFace *self, sd_bus *bus, const char *owner, const char *title,
                const LwClaims *claims)
{
        int r;

        self->bus = bus;
        self->owner = owner;
        self->title = title;
        self->claims = claims;
        r = sd_bus_add_object_vtable(
                        bus, &self->slot, self->path, LW_REGISTRATION_INTERFACE, vtable, self);
        if (r >= 0)
                sd_bus_emit_object_added(bus, self->path);
        return r;
}

void lw_plugin_face_detach(LwPluginFace *self)
{
        if (self->bus == NULL)
                return;
        if (sd_bus_is_open(self->bus) > 0)
                sd_bus_emit_object_removed(self->bus, self->path);
        self->slot = sd_bus_slot_unref(self->slot);
        self->bus = NULL;
        lw_deliveries_clear(self->deliveries);
}
