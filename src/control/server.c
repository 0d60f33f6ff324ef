/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServerFace: org.lwm2md.Server1 at /org/lwm2md/server/<short id>. */
#include "control/server.h"

#include "bus/authorize.h"
#include "bus/error.h"
#include "client/account.h"
#include "client/registration.h"
#include "control/changes.h"
#include "control/observations.h"
#include "model/limits.h"

struct LwServerFace {
        LwServer *server;
        LwBus *bus;
        LwDriver *driver;
        LwRegistry *registry;
        char *path;
        sd_bus_slot *slot;
        LwChanges changes;
        bool touched;
};

/* What it shows */

static const LwAccount *account_of(const LwServerFace *self)
{
        return lw_server_account(self->server);
}

static const char *text_or_empty(const char *text)
{
        return text != NULL ? text : "";
}

static uint64_t registered_at(const LwServerFace *self)
{
        int64_t real_usec = lw_server_registration(self->server)->registered_real_usec;

        return real_usec > 0 ? (uint64_t) real_usec : 0;
}

static uint64_t next_update(const LwServerFace *self)
{
        LwUsec deadline = lw_registration_deadline(lw_server_registration(self->server));
        LwUsec now = lw_driver_now(self->driver).boot;

        return deadline == LW_USEC_NEVER || deadline <= now ? 0 : deadline - now;
}

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        const LwServerFace *self = user;
        const LwAccount *account = account_of(self);
        g_autofree char *address = NULL;
        g_auto(LwSecured) secured = {};
        const char *text = "";

        (void) bus;
        (void) path;
        (void) interface;
        (void) ret_error;
        if (g_str_equal(property, "Uri"))
                text = account->uri;
        else if (g_str_equal(property, "Security"))
                text = lw_peer_security_name(&account->peer);
        else if (g_str_equal(property, "Binding"))
                text = account->binding;
        else if (g_str_equal(property, "State"))
                text = lw_server_state_name(self->server);
        else if (g_str_equal(property, "Location"))
                text = lw_server_location(self->server);
        else if (g_str_equal(property, "Address"))
                text = address = lw_server_address(self->server, LW_TRANSPORT_REMOTE);
        else
                lw_server_secured(self->server, &secured);
        if (g_str_equal(property, "Cipher"))
                text = secured.cipher;
        else if (g_str_equal(property, "PeerSubject"))
                text = secured.subject;
        return sd_bus_message_append(reply, "s", text_or_empty(text));
}

static int get_short_server_id(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        return sd_bus_message_append(reply, "q", account_of(user)->ssid);
}

static int get_lifetime(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        return sd_bus_message_append(reply, "u", account_of(user)->lifetime_seconds);
}

static int get_last_error(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        const LwServerFace *self = user;
        LwStatus status;
        const char *text = lw_server_last_error(self->server, &status);

        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        return sd_bus_message_append(reply, "(us)", (uint32_t) status, text);
}

static int get_usec(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        bool next = g_str_equal(property, "NextUpdateUsec");

        (void) bus;
        (void) path;
        (void) interface;
        (void) ret_error;
        return sd_bus_message_append(reply, "t", next ? next_update(user) : registered_at(user));
}

static int get_counters(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        const LwCounters *counters = lw_server_counters(self->server, lw_driver_now(self->driver));

        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        /* clang-format off */
        return sd_bus_message_append(reply, "a{st}", 8,
                        "messages_sent", counters->total.messages_sent,
                        "messages_received", counters->total.messages_received,
                        "bytes_sent", counters->total.bytes_sent,
                        "bytes_received", counters->total.bytes_received,
                        "month_bytes_sent", counters->this_month.bytes_sent,
                        "month_bytes_received", counters->this_month.bytes_received,
                        "last_month_bytes_sent", counters->last_month.bytes_sent,
                        "last_month_bytes_received", counters->last_month.bytes_received);
        /* clang-format on */
}

/* What emits changes, as text to compare */

static void print_state(const void *object, GString *text)
{
        const LwServerFace *self = object;

        g_string_append(text, lw_server_state_name(self->server));
}

static void print_last_error(const void *object, GString *text)
{
        const LwServerFace *self = object;
        LwStatus status;
        const char *error = lw_server_last_error(self->server, &status);

        g_string_append_printf(text, "%u %s", status, error);
}

static void print_lifetime(const void *object, GString *text)
{
        g_string_append_printf(text, "%" PRIu32, account_of(object)->lifetime_seconds);
}

static void print_binding(const void *object, GString *text)
{
        g_string_append(text, text_or_empty(account_of(object)->binding));
}

static void print_address(const void *object, GString *text)
{
        const LwServerFace *self = object;
        g_autofree char *address = lw_server_address(self->server, LW_TRANSPORT_REMOTE);

        g_string_append(text, text_or_empty(address));
}

static void print_location(const void *object, GString *text)
{
        const LwServerFace *self = object;

        g_string_append(text, lw_server_location(self->server));
}

static void print_cipher(const void *object, GString *text)
{
        const LwServerFace *self = object;
        g_auto(LwSecured) secured = {};

        lw_server_secured(self->server, &secured);
        g_string_append(text, text_or_empty(secured.cipher));
}

static void print_peer_subject(const void *object, GString *text)
{
        const LwServerFace *self = object;
        g_auto(LwSecured) secured = {};

        lw_server_secured(self->server, &secured);
        g_string_append(text, text_or_empty(secured.subject));
}

static const LwWatchedProperty watched[] = {
        { "State", print_state },
        { "LastError", print_last_error },
        { "Lifetime", print_lifetime },
        { "Binding", print_binding },
        { "Address", print_address },
        { "Location", print_location },
        { "Cipher", print_cipher },
        { "PeerSubject", print_peer_subject },
};

/* Methods */

static int method_update(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_UPDATE, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        lw_server_update(self->server, lw_driver_now(self->driver));
        return sd_bus_reply_method_return(m, "");
}

static int method_register(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        lw_server_register(self->server, lw_driver_now(self->driver));
        return sd_bus_reply_method_return(m, "");
}

static int method_deregister(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        lw_server_deregister(self->server, lw_driver_now(self->driver));
        return sd_bus_reply_method_return(m, "");
}

static int method_list_observations(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        sd_bus_message *reply = NULL;
        uint32_t offset, limit;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_READ, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        r = sd_bus_message_read(m, "uu", &offset, &limit);
        if (r < 0)
                return r;
        if (limit == 0 || limit > LW_OBSERVATIONS_LISTED_MAX)
                limit = LW_OBSERVATIONS_LISTED_MAX;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = lw_observations_append(reply, self->server, self->registry, offset, limit);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

/* Only who is registered can be sent away: in every other state the server would not know of it. */
static bool is_registered(const LwServer *server)
{
        LwRegistrationState state = lw_server_registration(server)->state;

        return state == LW_REGISTRATION_REGISTERED || state == LW_REGISTRATION_UPDATING;
}

static int method_disable(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwServerFace *self = user;
        uint32_t seconds;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        r = sd_bus_message_read(m, "u", &seconds);
        if (r < 0)
                return r;
        if (!is_registered(self->server))
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_NOT_REGISTERED,
                                "the host is not registered with server %u, so there is nothing to "
                                "disable",
                                account_of(self)->ssid);
        lw_server_disable(self->server, seconds, lw_driver_now(self->driver));
        return sd_bus_reply_method_return(m, "");
}

/* clang-format off */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Update", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_update,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Register", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_register,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Deregister", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_deregister,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Disable", SD_BUS_ARGS("u", seconds), SD_BUS_NO_RESULT,
                        method_disable, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListObservations", SD_BUS_ARGS("u", offset, "u", limit),
                        SD_BUS_RESULT("a(sa{sv})", observations), method_list_observations,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Uri", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("ShortServerId", "q", get_short_server_id, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Security", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Binding", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Lifetime", "u", get_lifetime, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("LastError", "(us)", get_last_error, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Address", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Cipher", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("PeerSubject", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Location", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("RegisteredAtUsec", "t", get_usec, 0, 0),
        SD_BUS_PROPERTY("NextUpdateUsec", "t", get_usec, 0, 0),
        SD_BUS_PROPERTY("Counters", "a{st}", get_counters, 0, 0),
        SD_BUS_VTABLE_END
};
/* clang-format on */

/* Life */

LwServerFace *lw_server_face_new(
                LwServer *server, LwBus *bus, LwDriver *driver, LwRegistry *registry)
{
        LwServerFace *self = g_new0(LwServerFace, 1);

        *self = (LwServerFace){
                .server = server, .bus = bus, .driver = driver, .registry = registry
        };
        self->path = g_strdup_printf(LW_SERVER_PATH_PREFIX "%u", account_of(self)->ssid);
        lw_changes_init(&self->changes, watched, G_N_ELEMENTS(watched));
        return self;
}

void lw_server_face_free(LwServerFace *self)
{
        if (self == NULL)
                return;
        lw_server_face_detach(self);
        lw_changes_clear(&self->changes);
        g_free(self->path);
        g_free(self);
}

const LwServer *lw_server_face_server(const LwServerFace *self)
{
        return self->server;
}

const char *lw_server_face_path(const LwServerFace *self)
{
        return self->path;
}

int lw_server_face_attach(LwServerFace *self, sd_bus *bus)
{
        const char *names[LW_WATCHED_MAX + 1];

        /* whoever comes to the bus reads the properties: only what follows is a change */
        lw_changes_take(&self->changes, self, names);
        self->touched = false;
        return sd_bus_add_object_vtable(
                        bus, &self->slot, self->path, LW_SERVER_INTERFACE, vtable, self);
}

void lw_server_face_detach(LwServerFace *self)
{
        self->slot = sd_bus_slot_unref(self->slot);
}

void lw_server_face_touch(LwServerFace *self)
{
        self->touched = true;
}

void lw_server_face_flush(LwServerFace *self, sd_bus *bus)
{
        const char *names[LW_WATCHED_MAX + 1];

        if (!self->touched || self->slot == NULL)
                return;
        self->touched = false;
        if (lw_changes_take(&self->changes, self, names) > 0)
                sd_bus_emit_properties_changed_strv(
                                bus, self->path, LW_SERVER_INTERFACE, (char **) names);
}
