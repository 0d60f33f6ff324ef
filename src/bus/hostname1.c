/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-hostnamed: who made this machine. */
#include "bus/hostname1.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/call.h"

#define SERVICE "org.freedesktop.hostname1"
#define TIMEOUT_USEC (10 * LW_USEC_PER_SEC)

typedef struct Question {
        LwHostname1Done done;
        void *user;
        char *vendor, *model, *serial;
        unsigned waiting; /* answers */
} Question;

static void answered(Question *self)
{
        if (--self->waiting > 0)
                return;
        self->done(self->user, &(LwHostname1){ self->vendor, self->model, self->serial });
        g_free(self->vendor);
        g_free(self->model);
        g_free(self->serial);
        g_free(self);
}

static void say_why(const char *what, const sd_bus_error *error)
{
        lw_log(G_LOG_LEVEL_DEBUG, "hostnamed does not tell the %s: %s, going on without", what,
                        error->message != NULL ? error->message : error->name);
}

/* hostnamed's empty string is "not known". */
static void keep(char **where, const char *text)
{
        if (*where == NULL && *text != '\0')
                *where = g_strdup(text);
}

static int read_property(Question *self, sd_bus_message *m)
{
        const char *name, *text;
        char **where;
        int r = sd_bus_message_read(m, "s", &name);

        if (r < 0)
                return r;
        where = strcmp(name, "HardwareVendor") == 0  ? &self->vendor
                : strcmp(name, "HardwareModel") == 0 ? &self->model
                                                     : NULL;
        if (where == NULL)
                return sd_bus_message_skip(m, "v");
        r = sd_bus_message_read(m, "v", "s", &text);
        if (r < 0)
                return r;
        keep(where, text);
        return 0;
}

static int read_properties(Question *self, sd_bus_message *m)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                if ((r = read_property(self, m)) < 0 || (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        return r;
}

static void on_properties(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        Question *self = user;

        if (reply == NULL)
                say_why("vendor and model", error);
        else if (read_properties(self, reply) < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "hostnamed's properties are not a{sv}, ignoring");
        answered(self);
}

static void on_serial(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        Question *self = user;
        const char *text;

        if (reply == NULL)
                say_why("serial number", error);
        else if (sd_bus_message_read(reply, "s", &text) >= 0)
                keep(&self->serial, text);
        answered(self);
}

void lw_hostname1_ask(LwBus *bus, bool maker, bool serial, LwHostname1Done done, void *user)
{
        static const LwBusMethod properties = {
                .destination = SERVICE,
                .path = "/org/freedesktop/hostname1",
                .interface = "org.freedesktop.DBus.Properties",
                .member = "GetAll",
                .timeout_usec = TIMEOUT_USEC,
        };
        static const LwBusMethod number = {
                .destination = SERVICE,
                .path = "/org/freedesktop/hostname1",
                .interface = SERVICE,
                .member = "GetHardwareSerial",
                .timeout_usec = TIMEOUT_USEC,
        };
        Question *self = g_new0(Question, 1);

        *self = (Question){ .done = done, .user = user, .waiting = (unsigned) maker + serial };
        if (maker)
                lw_bus_call(bus, &properties, on_properties, self, "s", SERVICE);
        if (serial) /* an answer that came at once was not the last: `self` is there */
                lw_bus_call(bus, &number, on_serial, self, "");
}
