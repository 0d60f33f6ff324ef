/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One asynchronous method call whose end is always told, whatever becomes of the bus. */
#include "bus/call.h"

#include <errno.h>
#include <stdarg.h>

#include <glib.h>

/* A call under way is a user of the bus, and it ends when it is detached: answered or not. */
typedef struct Call {
        LwBus *bus;
        sd_bus_slot *slot;
        LwBusCallDone done;
        void *user;
        sd_bus_message *reply;     /* the callback's */
        const sd_bus_error *error; /* what to say when there is no reply */
} Call;

static const sd_bus_error disconnected =
                SD_BUS_ERROR_MAKE_CONST(SD_BUS_ERROR_DISCONNECTED, "there is no message bus");

static void call_attach(void *user, sd_bus *bus)
{
        (void) user;
        (void) bus;
}

static void call_detach(void *user, sd_bus *bus);

static const LwBusUser call_user = { .attach = call_attach, .detach = call_detach };

static void call_detach(void *user, sd_bus *bus)
{
        g_autofree Call *self = user;

        (void) bus;
        lw_bus_remove_user(self->bus, &call_user, self);
        sd_bus_slot_unref(self->slot);
        self->done(self->user, self->reply, self->reply != NULL ? NULL : self->error);
}

static int on_reply(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        Call *self = user;

        (void) ret_error;
        if (sd_bus_message_is_method_error(m, NULL))
                self->error = sd_bus_message_get_error(m);
        else
                self->reply = m;
        lw_bus_remove_user(self->bus, &call_user, self);
        return 0;
}

static int send_call(Call *self, const LwBusMethod *method, const char *types, va_list arguments)
{
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(lw_bus_connection(self->bus), &m,
                        method->destination, method->path, method->interface, method->member);

        if (r >= 0 && types != NULL && *types != '\0')
                r = sd_bus_message_appendv(m, types, arguments);
        if (r >= 0)
                r = sd_bus_call_async(lw_bus_connection(self->bus), &self->slot, m, on_reply, self,
                                method->timeout_usec);
        sd_bus_message_unref(m);
        return r;
}

void lw_bus_call(LwBus *bus, const LwBusMethod *method, LwBusCallDone done, void *user,
                const char *types, ...)
{
        sd_bus_error failed = SD_BUS_ERROR_NULL;
        Call *self;
        va_list arguments;
        int r;

        if (lw_bus_connection(bus) == NULL) {
                done(user, NULL, &disconnected);
                return;
        }
        self = g_new0(Call, 1);
        *self = (Call){ .bus = bus, .done = done, .user = user, .error = &disconnected };
        lw_bus_add_user(bus, &call_user, self);
        va_start(arguments, types);
        r = send_call(self, method, types, arguments);
        va_end(arguments);
        if (r >= 0)
                return;
        /* the connection may have ended without our having heard of it */
        if (r != -ENOTCONN && r != -ECONNRESET) {
                sd_bus_error_set_errno(&failed, r);
                self->error = &failed;
        }
        lw_bus_remove_user(bus, &call_user, self);
        sd_bus_error_free(&failed);
}
