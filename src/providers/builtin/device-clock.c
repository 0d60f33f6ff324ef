/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writable resources of object 3: time, UTC offset, time zone, through timedated. */
#include "providers/builtin/device-clock.h"

#include <string.h>

#include "base/log.h"
#include "bus/timedate1.h"
#include "host/zone.h"
#include "model/status.h"

/* What the kernel's clock takes, and more than anybody needs: the year 2262. */
#define TIME_MAX INT64_C(9223372035)

#define ZONE_NAME_MAX 255

/* Source: the IANA database has Etc/GMT+12 to Etc/GMT-14. */
#define HOURS_WEST_MAX 12
#define HOURS_EAST_MAX 14

struct LwClockDraft {
        bool has_time, has_offset;
        int64_t time;
        int32_t offset_seconds;
        char *zone;
        /* while it is done */
        LwBus *bus;
        char *before;
        LwClockSet set;
        void *user;
        LwCall *call;
        GError *error;
};

LwClockDraft *lw_clock_draft_new(void)
{
        return g_new0(LwClockDraft, 1);
}

void lw_clock_draft_free(LwClockDraft *self)
{
        if (self == NULL)
                return;
        g_free(self->zone);
        g_free(self->before);
        g_clear_error(&self->error);
        g_free(self);
}

/* --- what may be written ---------------------------------------------------------------------- */

bool lw_clock_draft_time(void *draft, const LwValue *value, GError **error)
{
        LwClockDraft *self = draft;

        if (value == NULL)
                return true;
        if (value->integer < 0 || value->integer > TIME_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "Current Time is %" G_GINT64_FORMAT
                                "; it must be 0 to %" G_GINT64_FORMAT " seconds since 1970",
                                value->integer, TIME_MAX);
                return false;
        }
        self->has_time = true;
        self->time = value->integer;
        return true;
}

static bool take_digits(const char **text, int limit, int *ret_number)
{
        const char *c = *text;

        if (!g_ascii_isdigit(c[0]) || !g_ascii_isdigit(c[1]))
                return false;
        *ret_number = 10 * (c[0] - '0') + c[1] - '0';
        *text = c + 2;
        return *ret_number <= limit;
}

static bool parse_offset(const char *text, int32_t *ret_seconds)
{
        int sign = text[0] == '-' ? -1 : 1, hours = 0, minutes = 0;
        const char *rest = text + 1;

        if (strcmp(text, "Z") == 0) {
                *ret_seconds = 0;
                return true;
        }
        if ((text[0] != '+' && text[0] != '-') || !take_digits(&rest, 15, &hours))
                return false;
        if (rest[0] == ':' && rest[1] != '\0')
                rest++;
        if (rest[0] != '\0' && (!take_digits(&rest, 59, &minutes) || rest[0] != '\0'))
                return false;
        *ret_seconds = sign * (hours * 3600 + minutes * 60);
        return true;
}

bool lw_clock_draft_offset(void *draft, const LwValue *value, GError **error)
{
        LwClockDraft *self = draft;

        if (value == NULL)
                return true;
        self->has_offset = parse_offset(value->text, &self->offset_seconds);
        if (!self->has_offset)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "UTC Offset must be like +02:00, -05:30 or Z");
        return self->has_offset;
}

static bool is_zone_name(const char *text)
{
        return text[0] != '\0' && text[0] != '/' && strlen(text) <= ZONE_NAME_MAX &&
               strstr(text, "..") == NULL &&
               strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/_+-") == strlen(text);
}

bool lw_clock_draft_zone(void *draft, const LwValue *value, GError **error)
{
        LwClockDraft *self = draft;

        if (value == NULL)
                return true;
        if (!is_zone_name(value->text)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "Timezone must be a name of the IANA database, like Europe/Berlin");
                return false;
        }
        g_free(self->zone);
        self->zone = g_strdup(value->text);
        return true;
}

/* --- doing it --------------------------------------------------------------------------------- */

static bool complain(LwClockDraft *self, const char *text)
{
        self->error = g_error_new_literal(LW_ERROR, LW_STATUS_BAD_REQUEST, text);
        return false;
}

/* The offset that belongs to the zone at the time that is written, or now. */
static bool check_offset(LwClockDraft *self, int root_fd)
{
        int64_t when = self->has_time ? self->time
                                      : lw_call_now(self->call).real_usec /
                                                        (int64_t) LW_USEC_PER_SEC;
        char text[LW_ZONE_OFFSET_TEXT_MAX];
        int32_t seconds;

        if (lw_zone_offset_of(root_fd, self->zone, when, &seconds) < 0 ||
                        seconds == self->offset_seconds)
                return true; /* timedated says whether it knows the zone */
        lw_zone_print_offset(seconds, text);
        self->error = g_error_new(LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "%s is at UTC%s; write that as UTC Offset, or the zone alone", self->zone,
                        text);
        return false;
}

/* POSIX counts west of Greenwich: two hours east is Etc/GMT-2. */
static bool choose_zone(LwClockDraft *self)
{
        int32_t hours = self->offset_seconds / 3600;

        if (self->offset_seconds % 3600 != 0 || hours < -HOURS_WEST_MAX || hours > HOURS_EAST_MAX)
                return complain(self,
                                "no time zone stands for this UTC Offset, only whole hours from "
                                "-12:00 to +14:00 have one; write Timezone instead");
        self->zone = hours == 0 ? g_strdup("Etc/UTC") : g_strdup_printf("Etc/GMT%+d", -(int) hours);
        return true;
}

static bool prepare(LwClockDraft *self, int root_fd)
{
        if (self->has_offset &&
                        !(self->zone != NULL ? check_offset(self, root_fd) : choose_zone(self)))
                return false;
        if (self->zone != NULL && self->has_time && self->before == NULL)
                return complain(self, "the host does not know the name of its zone and could not "
                                      "go back to it; write Timezone and Current Time one by one");
        return true;
}

static void finish(LwClockDraft *self)
{
        LwCall *call = g_steal_pointer(&self->call);

        self->set(self->user);
        if (self->error != NULL)
                lw_call_fail(call, self->error);
        else
                lw_call_succeed(call);
        lw_clock_draft_free(self);
}

static void on_zone_back(void *user, const GError *error)
{
        LwClockDraft *self = user;

        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "the time zone stays %s, though the time could not be set with it: "
                                "%s",
                                self->zone, error->message);
        finish(self);
}

static void on_time_set(void *user, const GError *error)
{
        LwClockDraft *self = user;

        self->error = error == NULL ? NULL : g_error_copy(error);
        if (error != NULL && self->zone != NULL)
                lw_timedate1_set_zone(self->bus, self->before, on_zone_back, self);
        else
                finish(self);
}

static void on_zone_set(void *user, const GError *error)
{
        LwClockDraft *self = user;

        self->error = error == NULL ? NULL : g_error_copy(error);
        if (error == NULL && self->has_time)
                lw_timedate1_set_time(self->bus, self->time * (int64_t) LW_USEC_PER_SEC,
                                on_time_set, self);
        else
                finish(self);
}

void lw_clock_draft_commit(LwClockDraft *self, LwBus *bus, int root_fd, const char *before,
                LwClockSet set, void *user, LwCall *call)
{
        self->bus = bus;
        self->before = g_strdup(before);
        self->set = set;
        self->user = user;
        self->call = call;
        if (!prepare(self, root_fd)) {
                finish(self);
        } else if (self->zone == NULL && !self->has_time) {
                finish(self);
        } else if (bus == NULL) {
                self->error = g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "there is no system bus to ask systemd-timedated");
                finish(self);
        } else if (self->zone != NULL) {
                lw_timedate1_set_zone(bus, self->zone, on_zone_set, self);
        } else {
                lw_timedate1_set_time(
                                bus, self->time * (int64_t) LW_USEC_PER_SEC, on_time_set, self);
        }
}
