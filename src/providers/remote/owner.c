/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOwner: a connection to the bus, watched until it goes. */
#include "providers/remote/owner.h"

#include <errno.h>

#include "base/log.h"

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

struct LwOwner {
        char *name;
        void (*gone)(void *user);
        void *user;
        sd_bus_slot *match, *question;
};

static int on_changed(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const char *name, *old_owner, *new_owner;
        LwOwner *self = user;

        (void) ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old_owner, &new_owner) >= 0 && *new_owner == '\0')
                self->gone(self->user);
        return 0;
}

/* Without a callback sd-bus would end the whole connection when the bus refuses the match. */
static int on_matched(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);
        LwOwner *self = user;

        (void) ret_error;
        if (error == NULL)
                return 0;
        lw_log(G_LOG_LEVEL_WARNING, "the bus does not tell us when %s goes (%s); letting it go now",
                        self->name, error->message != NULL ? error->message : error->name);
        self->gone(self->user);
        return 0;
}

/* It may have gone before we watched; then no signal comes. */
static int on_answer(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwOwner *self = user;
        int is_there;

        (void) ret_error;
        if (!sd_bus_message_is_method_error(m, NULL) &&
                        sd_bus_message_read(m, "b", &is_there) >= 0 && !is_there)
                self->gone(self->user);
        return 0;
}

LwOwner *lw_owner_new(sd_bus *bus, const char *name, void (*gone)(void *user), void *user)
{
        g_autofree char *match = g_strdup_printf("type='signal',sender='" DBUS_SERVICE
                                                 "',path='" DBUS_PATH "',interface='" DBUS_SERVICE
                                                 "',member='NameOwnerChanged',arg0='%s'",
                        name);
        LwOwner *self = g_new0(LwOwner, 1);
        int r;

        self->name = g_strdup(name);
        self->gone = gone;
        self->user = user;
        r = sd_bus_add_match_async(bus, &self->match, match, on_changed, on_matched, self);
        if (r >= 0)
                r = sd_bus_call_method_async(bus, &self->question, DBUS_SERVICE, DBUS_PATH,
                                DBUS_SERVICE, "NameHasOwner", on_answer, self, "s", name);
        if (r >= 0)
                return self;
        lw_owner_free(self);
        errno = -r;
        return NULL;
}

void lw_owner_free(LwOwner *self)
{
        if (self == NULL)
                return;
        sd_bus_slot_unref(self->match);
        sd_bus_slot_unref(self->question);
        g_free(self->name);
        g_free(self);
}

const char *lw_owner_name(const LwOwner *self)
{
        return self->name;
}
