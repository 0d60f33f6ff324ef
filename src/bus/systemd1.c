/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd: to start a unit of ours. */
#include "bus/systemd1.h"

#include "bus/call.h"
#include "bus/error.h"

typedef struct Start {
        LwSystemd1Done done;
        void *user;
        char *unit;
} Start;

static GError *explain(const Start *self, const sd_bus_error *bus_error)
{
        const char *message = bus_error->message != NULL ? bus_error->message : "no reason given";

        if (g_strcmp0(bus_error->name, SD_BUS_ERROR_ACCESS_DENIED) == 0 ||
                        g_strcmp0(bus_error->name,
                                        SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED) == 0)
                return g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                "systemd may not start %s for us (%s); the polkit rule "
                                "lwm2md.rules allows it",
                                self->unit, message);
        if (g_strcmp0(bus_error->name, "org.freedesktop.systemd1.NoSuchUnit") == 0)
                return g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                "there is no unit %s: %s; install one", self->unit, message);
        return g_error_new(LW_ERROR,
                        lw_bus_error_status(bus_error->name) == LW_STATUS_UNAVAILABLE
                                        ? LW_STATUS_UNAVAILABLE
                                        : LW_STATUS_FAILED,
                        "systemd does not start %s: %s", self->unit, message);
}

static void on_answer(void *user, sd_bus_message *reply, const sd_bus_error *bus_error)
{
        Start *self = user;
        g_autoptr(GError) error = NULL;

        if (reply == NULL)
                error = explain(self, bus_error);
        self->done(self->user, error);
        g_free(self->unit);
        g_free(self);
}

void lw_systemd1_start(LwBus *bus, const char *unit, LwSystemd1Done done, void *user)
{
        static const LwBusMethod method = {
                .destination = "org.freedesktop.systemd1",
                .path = "/org/freedesktop/systemd1",
                .interface = "org.freedesktop.systemd1.Manager",
                .member = "StartUnit",
                .timeout_usec = 25 * LW_USEC_PER_SEC,
        };
        Start *self = g_new(Start, 1);

        *self = (Start){ done, user, g_strdup(unit) };
        lw_bus_call(bus, &method, on_answer, self, "ss", unit, "replace");
}
