/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBus: our connection to the bus, made anew whenever it goes. */
#include "bus/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define RETRY_MIN_USEC (1 * LW_USEC_PER_SEC)
#define RETRY_MAX_USEC (60 * LW_USEC_PER_SEC)

#define SYSTEM_ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define LOCAL_INTERFACE "org.freedesktop.DBus.Local"
#define LOCAL_PATH "/org/freedesktop/DBus/Local"

/* RequestName's answers. Source: D-Bus specification, "Message Bus Messages". */
enum { NAME_PRIMARY_OWNER = 1, NAME_IN_QUEUE = 2, NAME_ALREADY_OWNER = 4 };

typedef enum NameState {
        NAME_NONE,    /* not asked for, or refused */
        NAME_ASKED,   /* RequestName is under way */
        NAME_WAITING, /* another has it, we are in its queue */
        NAME_OURS,
} NameState;

typedef struct User {
        const LwBusUser *user; /* NULL: removed while the list was being walked */
        void *data;
        bool attached;
} User;

struct LwBus {
        LwDriver *driver;
        char *address;
        char *name;
        LwAuthorizer *authorizer;
        GArray *users; /* of User */
        unsigned walks;

        sd_bus *bus; /* NULL: none */
        bool up;     /* Hello was answered, users are attached */
        NameState name_state;
        sd_bus_slot *slots[3]; /* the local signals, NameAcquired */
        sd_bus_slot *name_slot;

        LwUsec retry_at; /* for the connection, or for the name */
        LwUsec delay_usec;
        bool complained; /* this outage has had its line */
        bool refused;    /* and so has this refusal of the name */
};

static void wait_and_retry(LwBus *self)
{
        self->retry_at = lw_usec_add(lw_driver_now(self->driver).boot, self->delay_usec);
        self->delay_usec = MIN(self->delay_usec * 2, RETRY_MAX_USEC);
}

static void stop_retrying(LwBus *self)
{
        self->retry_at = LW_USEC_NEVER;
        self->delay_usec = RETRY_MIN_USEC;
}

/* Users */

static User *user_at(const LwBus *self, guint index)
{
        return &g_array_index(self->users, User, index);
}

static void begin_walk(LwBus *self)
{
        self->walks++;
}

static void end_walk(LwBus *self)
{
        if (--self->walks > 0)
                return;
        for (guint i = self->users->len; i-- > 0;) {
                if (user_at(self, i)->user == NULL)
                        g_array_remove_index(self->users, i);
        }
}

static void attach_users(LwBus *self)
{
        begin_walk(self);
        for (guint i = 0; i < self->users->len && self->up; i++) {
                User user = *user_at(self, i);

                if (user.user == NULL || user.attached)
                        continue;
                user_at(self, i)->attached = true;
                user.user->attach(user.data, self->bus);
        }
        end_walk(self);
}

static void detach_users(LwBus *self, sd_bus *bus)
{
        begin_walk(self);
        for (guint i = self->users->len; i-- > 0;) {
                User user = *user_at(self, i);

                if (user.user == NULL || !user.attached)
                        continue;
                user_at(self, i)->attached = false;
                user.user->detach(user.data, bus);
        }
        end_walk(self);
}

void lw_bus_add_user(LwBus *self, const LwBusUser *user, void *data)
{
        User entry = { user, data, false };

        g_array_append_val(self->users, entry);
        if (self->up)
                attach_users(self);
}

void lw_bus_remove_user(LwBus *self, const LwBusUser *user, void *data)
{
        begin_walk(self);
        for (guint i = 0; i < self->users->len; i++) {
                User entry = *user_at(self, i);

                if (entry.user != user || entry.data != data)
                        continue;
                user_at(self, i)->user = NULL;
                if (entry.attached)
                        user->detach(data, self->bus);
                break;
        }
        end_walk(self);
}

/* The name */

static void take_name(LwBus *self)
{
        self->name_state = NAME_OURS;
        self->refused = false;
        stop_retrying(self);
        lw_log(G_LOG_LEVEL_DEBUG, "the name %s is ours on the bus", self->name);
}

static void name_was_refused(LwBus *self, const sd_bus_error *error)
{
        self->name_state = NAME_NONE;
        lw_log(self->refused ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING,
                        "the bus does not give us the name %s (%s); is its policy file installed "
                        "in /usr/share/dbus-1/system.d? Asking again from time to time",
                        self->name, error->message != NULL ? error->message : error->name);
        self->refused = true;
        wait_and_retry(self);
}

static int on_name_reply(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
        LwBus *self = data;
        uint32_t answer = 0;

        (void) ret_error;
        self->name_slot = sd_bus_slot_unref(self->name_slot);
        if (self->name_state != NAME_ASKED)
                return 0; /* NameAcquired was faster */
        if (sd_bus_message_is_method_error(m, NULL)) {
                name_was_refused(self, sd_bus_message_get_error(m));
                return 0;
        }
        if (sd_bus_message_read(m, "u", &answer) < 0)
                return 0;
        if (answer == NAME_PRIMARY_OWNER || answer == NAME_ALREADY_OWNER) {
                take_name(self);
        } else if (answer == NAME_IN_QUEUE) {
                self->name_state = NAME_WAITING;
                lw_log(G_LOG_LEVEL_WARNING,
                                "another process has the name %s on the bus; we get it when that "
                                "one ends ('busctl status %s' shows it)",
                                self->name, self->name);
        }
        return 0;
}

static void request_name(LwBus *self)
{
        int r;

        if (self->name == NULL)
                return;
        self->retry_at = LW_USEC_NEVER;
        self->name_state = NAME_ASKED;
        r = sd_bus_request_name_async(self->bus, &self->name_slot, self->name, SD_BUS_NAME_QUEUE,
                        on_name_reply, self);
        if (r < 0) {
                sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(SD_BUS_ERROR_FAILED, g_strerror(-r));

                name_was_refused(self, &error);
        }
}

static int on_name_acquired(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
        LwBus *self = data;
        const char *name;

        (void) ret_error;
        if (sd_bus_message_read(m, "s", &name) < 0 || g_strcmp0(name, self->name) != 0)
                return 0;
        if (self->name_state == NAME_WAITING)
                lw_log(G_LOG_LEVEL_MESSAGE, "the name %s is ours on the bus now", name);
        if (self->name_state != NAME_OURS)
                take_name(self);
        return 0;
}

/* The connection */

/* Lets go of a connection that has ended, or that we end; its users are told. */
static void drop(LwBus *self)
{
        sd_bus *bus = g_steal_pointer(&self->bus);

        for (size_t i = 0; i < G_N_ELEMENTS(self->slots); i++)
                self->slots[i] = sd_bus_slot_unref(self->slots[i]);
        self->name_slot = sd_bus_slot_unref(self->name_slot);
        self->name_state = NAME_NONE;
        if (self->up) {
                self->up = false;
                detach_users(self, bus);
                lw_authorizer_detach(self->authorizer);
        }
        sd_bus_close_unref(bus);
}

static int on_connected(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
        LwBus *self = data;

        (void) m;
        (void) ret_error;
        if (self->complained)
                lw_log(G_LOG_LEVEL_MESSAGE, "connected to the bus again");
        self->complained = false;
        self->refused = false;
        self->up = true;
        stop_retrying(self);
        lw_authorizer_attach(self->authorizer, self->bus);
        attach_users(self);
        /* last, so that whoever sees the name finds our objects */
        if (self->up)
                request_name(self);
        return 0;
}

/* One line for one outage, however many tries it takes. */
static void complain(LwBus *self, const char *address, const char *why)
{
        lw_log(self->complained ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING,
                        "no message bus at %s (%s); going on without it, and trying again", address,
                        why);
        self->complained = true;
}

static int on_disconnected(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
        LwBus *self = data;
        const char *address = NULL;
        g_autofree char *copy = NULL;

        (void) m;
        (void) ret_error;
        sd_bus_get_address(self->bus, &address);
        copy = g_strdup(address);
        complain(self, copy, self->up ? "it ended the connection" : "it did not let us in");
        drop(self);
        wait_and_retry(self);
        return 0;
}

static const char *bus_address(const LwBus *self)
{
        const char *address;

        if (self->address != NULL && strcmp(self->address, "session") == 0)
                return getenv("DBUS_SESSION_BUS_ADDRESS");
        if (self->address != NULL && strcmp(self->address, "system") != 0)
                return self->address;
        address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        return address != NULL ? address : SYSTEM_ADDRESS;
}

static int prepare(LwBus *self, sd_bus *bus, const char *address)
{
        int r;

        /* not sd_bus_open_system(): the signal that Hello was answered must be asked for before */
        if ((r = sd_bus_set_address(bus, address)) < 0 ||
                        (r = sd_bus_set_bus_client(bus, true)) < 0 ||
                        (r = sd_bus_set_connected_signal(bus, true)) < 0 ||
                        (r = sd_bus_set_exit_on_disconnect(bus, false)) < 0)
                return r;
        r = sd_bus_match_signal(bus, &self->slots[0], LOCAL_INTERFACE, LOCAL_PATH, LOCAL_INTERFACE,
                        "Connected", on_connected, self);
        if (r < 0)
                return r;
        r = sd_bus_match_signal(bus, &self->slots[1], LOCAL_INTERFACE, LOCAL_PATH, LOCAL_INTERFACE,
                        "Disconnected", on_disconnected, self);
        if (r < 0)
                return r;
        r = sd_bus_start(bus);
        if (r < 0)
                return r;
        r = sd_bus_match_signal_async(bus, &self->slots[2], DBUS_SERVICE, DBUS_PATH, DBUS_SERVICE,
                        "NameAcquired", on_name_acquired, NULL, self);
        if (r < 0)
                return r;
        return sd_bus_attach_event(bus, lw_driver_event(self->driver), SD_EVENT_PRIORITY_NORMAL);
}

static void try_to_connect(LwBus *self)
{
        const char *address = bus_address(self);
        int r = -ENOENT;

        self->retry_at = LW_USEC_NEVER;
        if (address == NULL) {
                complain(self, "DBUS_SESSION_BUS_ADDRESS", "it is not set");
                wait_and_retry(self);
                return;
        }
        if ((r = sd_bus_new(&self->bus)) >= 0 && (r = prepare(self, self->bus, address)) >= 0)
                return;
        complain(self, address, g_strerror(-r));
        drop(self);
        wait_and_retry(self);
}

static LwUsec bus_deadline(void *user)
{
        const LwBus *self = user;

        return self->retry_at;
}

static void bus_run(void *user, LwNow now)
{
        LwBus *self = user;

        (void) now;
        if (self->bus == NULL)
                try_to_connect(self);
        else
                request_name(self);
}

static const LwDriverClient driver_client = { .deadline = bus_deadline, .run = bus_run };

/* Life */

LwBus *lw_bus_new(LwDriver *driver, const char *address, const char *name)
{
        LwBus *self = g_new0(LwBus, 1);

        self->driver = driver;
        self->address = g_strdup(address);
        self->name = g_strdup(name);
        self->authorizer = lw_authorizer_new();
        self->users = g_array_new(false, false, sizeof(User));
        stop_retrying(self);
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_bus_free(LwBus *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        drop(self);
        lw_authorizer_free(self->authorizer);
        g_array_unref(self->users);
        g_free(self->address);
        g_free(self->name);
        g_free(self);
}

void lw_bus_start(LwBus *self)
{
        try_to_connect(self);
}

sd_bus *lw_bus_connection(const LwBus *self)
{
        return self->up ? self->bus : NULL;
}

bool lw_bus_has_name(const LwBus *self)
{
        return self->name_state == NAME_OURS;
}

int lw_bus_authorize(LwBus *self, sd_bus_message *m, const char *action, sd_bus_error *ret_error)
{
        return lw_authorizer_check(self->authorizer, m, action, ret_error);
}

int lw_bus_caller(LwBus *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error)
{
        return lw_authorizer_caller(self->authorizer, m, ret_caller, ret_error);
}
