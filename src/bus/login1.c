/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-logind: reboot. */
#include "bus/login1.h"

#include <string.h>

#include "bus/call.h"
#include "bus/error.h"

typedef struct Reboot {
        LwLogin1Done done;
        void *user;
} Reboot;

/* Who decides, and whose no it was; one source of names for both kinds of refusal. */
static bool was_refused(const char *name)
{
        return g_strcmp0(name, SD_BUS_ERROR_ACCESS_DENIED) == 0 ||
               g_strcmp0(name, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED) == 0;
}

static GError *explain(const sd_bus_error *bus_error)
{
        const char *message = bus_error->message != NULL ? bus_error->message : "no reason given";
        LwStatus status = lw_bus_error_status(bus_error->name);

        if (strstr(bus_error->name, "Inhibit") != NULL)
                return g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                "logind does not reboot: a program holds it off (%s); "
                                "'systemd-inhibit --list' names it",
                                message);
        if (was_refused(bus_error->name))
                return g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                "logind may not reboot for us (%s); the polkit rule lwm2md.rules "
                                "allows it, unless 'systemd-inhibit --list' shows a block",
                                message);
        if (status == LW_STATUS_UNAVAILABLE)
                return g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "cannot reboot: logind does not answer (%s); "
                                "is systemd-logind running?",
                                message);
        return g_error_new(LW_ERROR, LW_STATUS_FAILED, "logind does not reboot: %s", message);
}

static void on_reboot(void *user, sd_bus_message *reply, const sd_bus_error *bus_error)
{
        g_autofree Reboot *self = user;
        g_autoptr(GError) error = NULL;

        if (reply == NULL)
                error = explain(bus_error);
        self->done(self->user, error);
}

void lw_login1_reboot(LwBus *bus, LwLogin1Done done, void *user)
{
        static const LwBusMethod method = {
                .destination = "org.freedesktop.login1",
                .path = "/org/freedesktop/login1",
                .interface = "org.freedesktop.login1.Manager",
                .member = "Reboot",
                .timeout_usec = 25 * LW_USEC_PER_SEC,
        };
        Reboot *self = g_new(Reboot, 1);

        *self = (Reboot){ done, user };
        lw_bus_call(bus, &method, on_reboot, self, "b", /* interactive */ 0);
}
