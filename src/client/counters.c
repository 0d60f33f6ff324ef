/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCounters: what went over the network, in all and month by month. */
#include "client/counters.h"

#include <string.h>

#include <glib.h>

/* The month of a point in time, and where the next one begins. */
static int32_t month_of(int64_t real_usec, int64_t *ret_ends_usec)
{
        g_autoptr(GDateTime) point =
                        g_date_time_new_from_unix_utc(real_usec / (int64_t) LW_USEC_PER_SEC);
        g_autoptr(GDateTime) first = NULL, next = NULL;

        if (!point) /* beyond the year 9999 */
                return 0;
        first = g_date_time_new_utc(
                        g_date_time_get_year(point), g_date_time_get_month(point), 1, 0, 0, 0);
        next = g_date_time_add_months(first, 1);
        *ret_ends_usec = next ? g_date_time_to_unix(next) * (int64_t) LW_USEC_PER_SEC : INT64_MAX;
        return g_date_time_get_year(point) * 12 + g_date_time_get_month(point) - 1;
}

/* A clock that is set back leaves the month as it is: what was counted stays where it was. */
static void turn_month(LwCounters *self, LwNow now)
{
        int32_t month;

        if (self->month != 0 && now.real_usec < self->month_ends_usec)
                return;
        month = month_of(now.real_usec, &self->month_ends_usec);
        if (month <= self->month)
                return;
        self->last_month = month == self->month + 1 ? self->this_month : (LwTraffic){};
        self->this_month = (LwTraffic){};
        self->month = month;
}

static void add(LwTraffic *self, const LwTraffic *more)
{
        self->messages_sent += more->messages_sent;
        self->messages_received += more->messages_received;
        self->bytes_sent += more->bytes_sent;
        self->bytes_received += more->bytes_received;
}

void lw_counters_count(LwCounters *self, const LwTraffic *traffic, LwNow now)
{
        LwTraffic more = {
                .messages_sent = traffic->messages_sent - self->seen.messages_sent,
                .messages_received = traffic->messages_received - self->seen.messages_received,
                .bytes_sent = traffic->bytes_sent - self->seen.bytes_sent,
                .bytes_received = traffic->bytes_received - self->seen.bytes_received,
        };

        turn_month(self, now);
        if (memcmp(traffic, &self->seen, sizeof(*traffic)) == 0)
                return;
        add(&self->total, &more);
        add(&self->this_month, &more);
        self->seen = *traffic;
}

void lw_counters_connect(LwCounters *self)
{
        self->seen = (LwTraffic){};
}
