/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bus as a test plays it: linked instead of src/bus. */
#include "providers/fake-bus.h"

#include <check.h>

#include "model/status.h"

struct LwBus {
        bool up, refuses;
        const LwBusUser *user;
        void *data;
        unsigned questions, reboots;
        bool maker, serial; /* what hostnamed was asked for */
        LwHostname1Done asked;
        void *asker;
        bool keeps_time;
        GPtrArray *settings; /* of char: what timedated was asked for */
        char *started;
};

LwBus *lw_fake_bus_new(void)
{
        LwBus *self = g_new0(LwBus, 1);

        self->settings = g_ptr_array_new_with_free_func(g_free);
        return self;
}

void lw_fake_bus_free(LwBus *self)
{
        g_ptr_array_unref(self->settings);
        g_free(self->started);
        g_free(self);
}

sd_bus *lw_bus_connection(const LwBus *self)
{
        return self->up ? (sd_bus *) (void *) self : NULL; /* looked at, never used */
}

void lw_bus_add_user(LwBus *self, const LwBusUser *user, void *data)
{
        self->user = user;
        self->data = data;
        if (self->up)
                user->attach(data, lw_bus_connection(self));
}

void lw_fake_bus_connect(LwBus *self, bool up)
{
        sd_bus *before = lw_bus_connection(self);

        self->up = up;
        if (up)
                self->user->attach(self->data, lw_bus_connection(self));
        else
                self->user->detach(self->data, before);
}

void lw_hostname1_ask(LwBus *self, bool maker, bool serial, LwHostname1Done done, void *user)
{
        self->maker = maker;
        self->serial = serial;
        self->questions++;
        self->asked = done;
        self->asker = user;
}

unsigned lw_fake_bus_questions(const LwBus *self)
{
        return self->questions;
}

bool lw_fake_bus_asked_for_maker(const LwBus *self)
{
        return self->maker;
}

bool lw_fake_bus_asked_for_serial(const LwBus *self)
{
        return self->serial;
}

void lw_fake_bus_answer(LwBus *self, const LwHostname1 *facts)
{
        ck_assert_uint_gt(self->questions, 0);
        self->questions--;
        self->asked(self->asker, facts);
}

void lw_login1_reboot(LwBus *self, LwLogin1Done done, void *user)
{
        g_autoptr(GError) error = self->refuses ? g_error_new(LW_ERROR, LW_STATUS_FAILED,
                                                                  "an inhibitor holds it")
                                                : NULL;

        self->reboots++;
        done(user, error);
}

unsigned lw_fake_bus_reboots(const LwBus *self)
{
        return self->reboots;
}

void lw_fake_bus_refuse(LwBus *self, bool refuses)
{
        self->refuses = refuses;
}

/* --- timedated and systemd --- */

static void finish_setting(LwBus *self, LwTimedate1Done done, void *user)
{
        g_autoptr(GError) error = NULL;

        if (self->keeps_time &&
                        g_str_has_prefix(self->settings->pdata[self->settings->len - 1], "time"))
                error = g_error_new(LW_ERROR, LW_STATUS_NOT_PERMITTED, "a time service keeps it");
        done(user, error);
}

void lw_timedate1_set_time(LwBus *self, int64_t usec, LwTimedate1Done done, void *user)
{
        g_ptr_array_add(self->settings, g_strdup_printf("time %" G_GINT64_FORMAT, usec));
        finish_setting(self, done, user);
}

void lw_timedate1_set_zone(LwBus *self, const char *zone, LwTimedate1Done done, void *user)
{
        g_ptr_array_add(self->settings, g_strdup_printf("zone %s", zone));
        finish_setting(self, done, user);
}

char *lw_fake_bus_settings(const LwBus *self)
{
        g_ptr_array_add(self->settings, NULL);
        return g_strjoinv("; ", (char **) self->settings->pdata);
}

void lw_fake_bus_keep_time(LwBus *self, bool keeps)
{
        self->keeps_time = keeps;
}

void lw_systemd1_start(LwBus *self, const char *unit, LwSystemd1Done done, void *user)
{
        g_free(self->started);
        self->started = g_strdup(unit);
        done(user, NULL);
}

const char *lw_fake_bus_started(const LwBus *self)
{
        return self->started;
}
