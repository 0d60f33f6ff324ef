/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-timedated: another time, another zone. */
#include "bus/timedate1.h"

#include "bus/call.h"
#include "bus/error.h"

#define TIMEOUT_USEC (25 * LW_USEC_PER_SEC)

typedef struct Question {
        LwTimedate1Done done;
        void *user;
        const char *what; /* "the clock" */
} Question;

static GError *explain(const Question *self, const sd_bus_error *bus_error)
{
        const char *message = bus_error->message != NULL ? bus_error->message : "no reason given";

        if (g_strcmp0(bus_error->name, "org.freedesktop.timedate1.AutomaticTimeSyncEnabled") == 0)
                return g_error_new(LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                "timedated does not set the clock: a time service keeps it; "
                                "'timedatectl set-ntp no' ends that");
        if (g_strcmp0(bus_error->name, SD_BUS_ERROR_ACCESS_DENIED) == 0 ||
                        g_strcmp0(bus_error->name,
                                        SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED) == 0)
                return g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                "timedated may not set %s for us (%s); the polkit rule "
                                "lwm2md.rules allows it, where the host itself can",
                                self->what, message);
        if (g_strcmp0(bus_error->name, SD_BUS_ERROR_INVALID_ARGS) == 0)
                return g_error_new(LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "timedated takes no such %s: %s", self->what, message);
        if (lw_bus_error_status(bus_error->name) == LW_STATUS_UNAVAILABLE)
                return g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "cannot set %s: timedated does not answer (%s); is "
                                "systemd-timedated installed?",
                                self->what, message);
        return g_error_new(LW_ERROR, LW_STATUS_FAILED, "timedated does not set %s: %s", self->what,
                        message);
}

static void on_answer(void *user, sd_bus_message *reply, const sd_bus_error *bus_error)
{
        g_autofree Question *self = user;
        g_autoptr(GError) error = NULL;

        if (reply == NULL)
                error = explain(self, bus_error);
        self->done(self->user, error);
}

static LwBusMethod method(const char *member)
{
        return (LwBusMethod){
                .destination = "org.freedesktop.timedate1",
                .path = "/org/freedesktop/timedate1",
                .interface = "org.freedesktop.timedate1",
                .member = member,
                .timeout_usec = TIMEOUT_USEC,
        };
}

void lw_timedate1_set_time(LwBus *bus, int64_t usec, LwTimedate1Done done, void *user)
{
        LwBusMethod set_time = method("SetTime");
        Question *self = g_new(Question, 1);

        *self = (Question){ done, user, "the clock" };
        lw_bus_call(bus, &set_time, on_answer, self, "xbb", usec, /* relative */ 0,
                        /* interactive */ 0);
}

void lw_timedate1_set_zone(LwBus *bus, const char *zone, LwTimedate1Done done, void *user)
{
        LwBusMethod set_zone = method("SetTimezone");
        Question *self = g_new(Question, 1);

        *self = (Question){ done, user, "time zone" };
        lw_bus_call(bus, &set_zone, on_answer, self, "sb", zone, /* interactive */ 0);
}
