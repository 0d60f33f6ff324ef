/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGeoClue: a client of GeoClue, which knows where this host is. */
#include "bus/geoclue2.h"

#include <math.h>
#include <string.h>

#include "base/log.h"
#include "bus/call.h"
#include "bus/geoclue-agent.h"

#define SERVICE "org.freedesktop.GeoClue2"
#define CLIENT SERVICE ".Client"
#define PROPERTIES "org.freedesktop.DBus.Properties"

/* Seconds between two locations. */
#define TIME_THRESHOLD 5u

#define TIMEOUT_USEC (25 * LW_USEC_PER_SEC)

struct LwGeoClue {
        LwBus *bus;
        LwGeoClueLocated located;
        void *user;
        bool is_wanted, is_asked;
        bool has_complained;
        char *client;       /* its path; NULL: there is none */
        sd_bus_slot *match; /* of LocationUpdated */
        sd_bus_slot *owner; /* of NameOwnerChanged */
        sd_bus_slot *agent;
};

/* --- a location --- */

static int read_number(sd_bus_message *m, double least, double *ret_number)
{
        double number;
        int r = sd_bus_message_read(m, "v", "d", &number);

        if (r >= 0)
                *ret_number = isfinite(number) && number >= least ? number : NAN;
        return r;
}

static int read_property(LwGeoClueLocation *location, const char *name, sd_bus_message *m)
{
        uint64_t seconds, microseconds;
        int r;

        if (strcmp(name, "Latitude") == 0)
                return read_number(m, -90, &location->latitude);
        if (strcmp(name, "Longitude") == 0)
                return read_number(m, -180, &location->longitude);
        if (strcmp(name, "Accuracy") == 0)
                return read_number(m, 0, &location->accuracy);
        if (strcmp(name, "Altitude") == 0) /* the most negative number is "not known" */
                return read_number(m, -20000, &location->altitude);
        if (strcmp(name, "Speed") == 0)
                return read_number(m, 0, &location->speed);
        if (strcmp(name, "Heading") == 0)
                return read_number(m, 0, &location->heading);
        if (strcmp(name, "Timestamp") != 0)
                return sd_bus_message_skip(m, "v");
        r = sd_bus_message_read(m, "v", "(tt)", &seconds, &microseconds);
        if (r >= 0 && seconds < INT64_MAX / 2000000)
                location->real_usec =
                                (int64_t) (seconds * LW_USEC_PER_SEC + microseconds % 1000000);
        return r;
}

int lw_geoclue_read(sd_bus_message *m, LwGeoClueLocation *ret_location)
{
        LwGeoClueLocation location = { NAN, NAN, NAN, NAN, NAN, NAN, 0 };
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *name;

                if ((r = sd_bus_message_read(m, "s", &name)) < 0 ||
                                (r = read_property(&location, name, m)) < 0 ||
                                (r = sd_bus_message_exit_container(m)) < 0)
                        return r;
        }
        if (r >= 0)
                *ret_location = location;
        return r;
}

static void on_location(void *user, sd_bus_message *reply, const sd_bus_error *error G_GNUC_UNUSED)
{
        LwGeoClue *self = user;
        LwGeoClueLocation location;

        if (reply != NULL && self->is_wanted && lw_geoclue_read(reply, &location) >= 0)
                self->located(self->user, &location);
}

/* --- the client --- */

/* Once until it works: what is read again and again says the same again and again. */
static void complain(LwGeoClue *self, const sd_bus_error *error)
{
        if (!self->has_complained)
                lw_log(G_LOG_LEVEL_WARNING,
                                "GeoClue does not tell where this host is (%s); is it installed, "
                                "and "
                                "does /etc/geoclue/geoclue.conf have a section [" LW_GEOCLUE_ID
                                "] with allowed=true and system=true, and " LW_GEOCLUE_ID
                                " in whitelist= of [agent]?",
                                error->message != NULL ? error->message : error->name);
        self->has_complained = true;
}

static int on_updated(sd_bus_message *m, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        LwGeoClue *self = user;
        const char *before, *now;
        LwBusMethod method = {
                .destination = SERVICE,
                .interface = PROPERTIES,
                .member = "GetAll",
                .timeout_usec = TIMEOUT_USEC,
        };

        if (sd_bus_message_read(m, "oo", &before, &now) < 0)
                return 0;
        method.path = now;
        lw_bus_call(self->bus, &method, on_location, self, "s", SERVICE ".Location");
        return 0;
}

static void on_set(void *user G_GNUC_UNUSED, sd_bus_message *reply G_GNUC_UNUSED,
                const sd_bus_error *error G_GNUC_UNUSED)
{
        /* what is refused here, Start refuses, too */
}

static void forget_client(LwGeoClue *self)
{
        self->match = sd_bus_slot_unref(self->match);
        g_clear_pointer(&self->client, g_free);
}

static void on_started(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        LwGeoClue *self = user;

        if (reply != NULL) {
                self->has_complained = false;
                return;
        }
        complain(self, error);
        forget_client(self);
}

static LwBusMethod client_method(const LwGeoClue *self, const char *interface, const char *member)
{
        return (LwBusMethod){ .destination = SERVICE,
                .path = self->client,
                .interface = interface,
                .member = member,
                .timeout_usec = TIMEOUT_USEC };
}

static void start_client(LwGeoClue *self)
{
        g_autofree char *rule = g_strdup_printf("type='signal',sender='" SERVICE
                                                "',path='%s',interface='" CLIENT
                                                "',member='LocationUpdated'",
                        self->client);
        LwBusMethod set = client_method(self, PROPERTIES, "Set");
        LwBusMethod start = client_method(self, CLIENT, "Start");

        sd_bus_add_match_async(
                        lw_bus_connection(self->bus), &self->match, rule, on_updated, NULL, self);
        lw_bus_call(self->bus, &set, on_set, self, "ssv", CLIENT, "DesktopId", "s", LW_GEOCLUE_ID);
        lw_bus_call(self->bus, &set, on_set, self, "ssv", CLIENT, "RequestedAccuracyLevel", "u",
                        LW_GEOCLUE_EXACT);
        lw_bus_call(self->bus, &set, on_set, self, "ssv", CLIENT, "TimeThreshold", "u",
                        TIME_THRESHOLD);
        lw_bus_call(self->bus, &start, on_started, self, "");
}

static void on_client(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        LwGeoClue *self = user;
        const char *path;

        self->is_asked = false;
        if (reply == NULL) {
                complain(self, error);
                return;
        }
        if (!self->is_wanted || sd_bus_message_read(reply, "o", &path) < 0 ||
                        lw_bus_connection(self->bus) == NULL)
                return;
        forget_client(self);
        self->client = g_strdup(path);
        start_client(self);
}

static LwBusMethod manager_method(const char *member)
{
        return (LwBusMethod){ .destination = SERVICE,
                .path = "/org/freedesktop/GeoClue2/Manager",
                .interface = SERVICE ".Manager",
                .member = member,
                .timeout_usec = TIMEOUT_USEC };
}

/* Where it is not taken as an agent another one may be there, as on a desktop. */
static void on_agent(void *user, sd_bus_message *reply G_GNUC_UNUSED,
                const sd_bus_error *error G_GNUC_UNUSED)
{
        LwGeoClue *self = user;
        LwBusMethod method = manager_method("GetClient");

        if (!self->is_wanted || lw_bus_connection(self->bus) == NULL) {
                self->is_asked = false;
                return;
        }
        lw_bus_call(self->bus, &method, on_client, self, "");
}

void lw_geoclue_start(LwGeoClue *self)
{
        LwBusMethod method = manager_method("AddAgent");

        self->is_wanted = true;
        if (self->client != NULL || self->is_asked || lw_bus_connection(self->bus) == NULL)
                return;
        self->is_asked = true;
        lw_bus_call(self->bus, &method, on_agent, self, "s", LW_GEOCLUE_ID);
}

void lw_geoclue_stop(LwGeoClue *self)
{
        LwBusMethod stop;

        self->is_wanted = false;
        if (self->client == NULL)
                return;
        stop = client_method(self, CLIENT, "Stop");
        lw_bus_call(self->bus, &stop, on_set, self, "");
        forget_client(self);
}

/* It ended, or started anew, and knows nothing of our client. */
static int on_owner(sd_bus_message *m, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        LwGeoClue *self = user;
        const char *name, *before, *after;

        if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0 || before[0] == '\0')
                return 0;
        forget_client(self);
        if (self->is_wanted)
                lw_geoclue_start(self);
        return 0;
}

static void on_attach(void *user, sd_bus *bus)
{
        static const char rule[] =
                        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                        "arg0='" SERVICE "'";
        LwGeoClue *self = user;

        sd_bus_add_match_async(bus, &self->owner, rule, on_owner, NULL, self);
        if (lw_geoclue_agent_export(bus, &self->agent) < 0)
                self->agent = NULL;
        if (self->is_wanted)
                lw_geoclue_start(self);
}

static void on_detach(void *user, sd_bus *bus G_GNUC_UNUSED)
{
        LwGeoClue *self = user;

        self->owner = sd_bus_slot_unref(self->owner);
        self->agent = sd_bus_slot_unref(self->agent);
        forget_client(self);
}

LwGeoClue *lw_geoclue_new(LwBus *bus, LwGeoClueLocated located, void *user)
{
        static const LwBusUser bus_user = { on_attach, on_detach };
        LwGeoClue *self = g_new0(LwGeoClue, 1);

        self->bus = bus;
        self->located = located;
        self->user = user;
        lw_bus_add_user(bus, &bus_user, self);
        return self;
}

void lw_geoclue_free(LwGeoClue *self)
{
        if (self == NULL)
                return;
        forget_client(self);
        g_free(self);
}
