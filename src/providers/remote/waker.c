/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWaker: a service that is started when it is needed, by its well-known name. */
#include "providers/remote/waker.h"

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"

struct LwWaker {
        sd_bus *bus;
        const LwActivation *activation;
        const LwWakerEvents *events;
        void *user;
        char *owner; /* who has the name and is being looked at, or is the service; NULL: nobody */
        bool is_awake;
        sd_bus_slot *match, *get_owner, *get_user, *start;
};

void lw_activation_clear(LwActivation *self)
{
        g_free(self->service);
        g_free(self->start);
        *self = (LwActivation){};
}

static void drop(sd_bus_slot **slot)
{
        *slot = sd_bus_slot_unref(*slot);
}

static void come(LwWaker *self)
{
        self->is_awake = true;
        self->events->awake(self->user, self->owner);
}

static int on_user(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwWaker *self = user;
        uint32_t uid;

        (void) ret_error;
        drop(&self->get_user);
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "u", &uid) < 0)
                self->events->failed(self->user, "it was gone as soon as it came");
        else if (uid != self->activation->uid)
                self->events->failed(self->user, "a process of another user has its name");
        else
                come(self);
        return 0;
}

/* Whoever has the name is the service, if it is of the right user. */
static void set_owner(LwWaker *self, const char *owner)
{
        bool was_awake = self->is_awake;

        drop(&self->get_user);
        g_free(self->owner);
        self->owner = *owner != '\0' ? g_strdup(owner) : NULL;
        self->is_awake = false;
        if (was_awake)
                self->events->asleep(self->user);
        if (self->owner == NULL)
                return;
        if (!self->activation->has_uid)
                come(self);
        else if (sd_bus_call_method_async(self->bus, &self->get_user, DBUS_SERVICE, DBUS_PATH,
                                 DBUS_SERVICE, "GetConnectionUnixUser", on_user, self, "s",
                                 self->owner) < 0)
                self->events->failed(self->user, "the bus cannot be asked whose it is");
}

static int on_owner_changed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const char *name, *old_owner, *new_owner;
        LwWaker *self = user;

        (void) ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old_owner, &new_owner) >= 0 &&
                        g_strcmp0(self->owner, *new_owner != '\0' ? new_owner : NULL) != 0)
                set_owner(self, new_owner);
        return 0;
}

/* Without a callback sd-bus would end the whole connection when the bus refuses the match. */
static int on_matched(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwWaker *self = user;

        (void) ret_error;
        if (sd_bus_message_is_method_error(m, NULL))
                self->events->failed(self->user, "the bus does not tell when it comes");
        return 0;
}

static int on_name_owner(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwWaker *self = user;
        const char *owner;

        (void) ret_error;
        drop(&self->get_owner);
        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "s", &owner) >= 0 &&
                        self->owner == NULL)
                set_owner(self, owner);
        return 0;
}

static int on_started(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);
        LwWaker *self = user;

        (void) ret_error;
        drop(&self->start);
        if (error != NULL)
                self->events->failed(
                                self->user, error->message != NULL ? error->message : error->name);
        return 0;
}

const char *lw_waker_owner(const LwWaker *self)
{
        return self->is_awake ? self->owner : NULL;
}

void lw_waker_wake(LwWaker *self)
{
        const LwActivation *activation = self->activation;
        int r;

        if (self->is_awake || self->start != NULL)
                return;
        if (activation->start != NULL)
                r = sd_bus_call_method_async(self->bus, &self->start, SYSTEMD, SYSTEMD_PATH,
                                SYSTEMD ".Manager", "StartUnit", on_started, self, "ss",
                                activation->start, "replace");
        else
                r = sd_bus_call_method_async(self->bus, &self->start, DBUS_SERVICE, DBUS_PATH,
                                DBUS_SERVICE, "StartServiceByName", on_started, self, "su",
                                activation->service, 0u);
        if (r < 0)
                self->events->failed(self->user, g_strerror(-r));
}

LwWaker *lw_waker_new(sd_bus *bus, const LwActivation *activation, const LwWakerEvents *events,
                void *user)
{
        g_autofree char *match = g_strdup_printf("type='signal',sender='" DBUS_SERVICE
                                                 "',path='" DBUS_PATH "',interface='" DBUS_SERVICE
                                                 "',member='NameOwnerChanged',arg0='%s'",
                        activation->service);
        LwWaker *self = g_new0(LwWaker, 1);

        self->bus = bus;
        self->activation = activation;
        self->events = events;
        self->user = user;
        if (sd_bus_add_match_async(bus, &self->match, match, on_owner_changed, on_matched, self) >=
                                        0 &&
                        sd_bus_call_method_async(bus, &self->get_owner, DBUS_SERVICE, DBUS_PATH,
                                        DBUS_SERVICE, "GetNameOwner", on_name_owner, self, "s",
                                        activation->service) >= 0)
                return self;
        lw_waker_free(self);
        return NULL;
}

void lw_waker_free(LwWaker *self)
{
        if (self == NULL)
                return;
        drop(&self->match);
        drop(&self->get_owner);
        drop(&self->get_user);
        drop(&self->start);
        g_free(self->owner);
        g_free(self);
}
