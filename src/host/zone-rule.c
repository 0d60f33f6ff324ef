/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule of a time zone in words: when its clocks change, year after year. */
#include "host/zone-rule.h"

#include <glib.h>

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400
#define MONTHS 12
#define DAYS_PER_WEEK 7
#define DEFAULT_CHANGE (2 * SECONDS_PER_HOUR) /* of the local clock, where a rule names no time */

/* When a rule changes the clock, in local time. */
typedef struct Change {
        char kind; /* 'M': week and weekday of a month; 'J': day 1..365, never a leap day; 'N': day
                      0..365 */
        int32_t month, week, day;
        int32_t seconds; /* from midnight, may be negative or days away */
} Change;

static bool take_number(const char **text, int32_t minimum, int32_t maximum, int32_t *ret_number)
{
        int32_t number = 0;

        if (!g_ascii_isdigit(**text))
                return false;
        for (; g_ascii_isdigit(**text); (*text)++) {
                number = number * 10 + (**text - '0');
                if (number > maximum)
                        return false;
        }
        if (number < minimum)
                return false;
        *ret_number = number;
        return true;
}

static bool take_char(const char **text, char wanted)
{
        if (**text != wanted)
                return false;
        (*text)++;
        return true;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(const char **text, int32_t hours_max, int32_t *ret_seconds)
{
        int32_t sign = 1, hours, minutes = 0, seconds = 0;

        if (take_char(text, '-'))
                sign = -1;
        else
                take_char(text, '+');
        if (!take_number(text, 0, hours_max, &hours))
                return false;
        if (take_char(text, ':') && !take_number(text, 0, 59, &minutes))
                return false;
        if (take_char(text, ':') && !take_number(text, 0, 59, &seconds))
                return false;
        *ret_seconds = sign * (hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds);
        return true;
}

/* A name, "CET" or "<+0545>". */
static bool skip_name(const char **text)
{
        const char *start = *text;

        if (take_char(text, '<')) {
                while (g_ascii_isalnum(**text) || **text == '+' || **text == '-')
                        (*text)++;
                return take_char(text, '>');
        }
        while (g_ascii_isalpha(**text))
                (*text)++;
        return *text > start;
}

static bool take_change(const char **text, Change *ret_change)
{
        Change change = { .kind = 'N', .seconds = DEFAULT_CHANGE };

        if (!take_char(text, ','))
                return false;
        if (take_char(text, 'M')) {
                change.kind = 'M';
                if (!take_number(text, 1, MONTHS, &change.month) || !take_char(text, '.') ||
                                !take_number(text, 1, 5, &change.week) || !take_char(text, '.') ||
                                !take_number(text, 0, DAYS_PER_WEEK - 1, &change.day))
                        return false;
        } else if (take_char(text, 'J')) {
                change.kind = 'J';
                if (!take_number(text, 1, 365, &change.day))
                        return false;
        } else if (!take_number(text, 0, 365, &change.day)) {
                return false;
        }
        if (take_char(text, '/') && !take_time(text, 167, &change.seconds))
                return false;
        *ret_change = change;
        return true;
}

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of January of a year. */
static int64_t days_to_year(int64_t year)
{
        int64_t before = year - 1;

        return 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) - 477;
}

static int64_t year_of(int64_t seconds)
{
        int64_t days = seconds / SECONDS_PER_DAY;
        int64_t year = 1970 + days / 366;

        while (days_to_year(year + 1) <= days)
                year++;
        return year;
}

/* The day of the year on which a change falls, from 0. */
static int64_t day_of_change(const Change *change, int64_t year)
{
        static const int32_t lengths[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        int64_t first = 0, weekday, day, length;

        if (change->kind == 'N')
                return change->day;
        if (change->kind == 'J')
                return change->day - 1 + (is_leap(year) && change->day >= 60);
        for (int32_t month = 1; month < change->month; month++)
                first += lengths[month - 1] + (month == 2 && is_leap(year));
        length = lengths[change->month - 1] + (change->month == 2 && is_leap(year));
        weekday = (days_to_year(year) + first + 4) % DAYS_PER_WEEK; /* 1970 began on a Thursday */
        day = (change->day - weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK +
              (change->week - 1) * DAYS_PER_WEEK;
        return first + (day < length ? day : day - DAYS_PER_WEEK); /* week 5 is the last one */
}

/* The moment of a change in UTC; `offset` is the clock's before it. */
static int64_t moment_of_change(const Change *change, int64_t year, int32_t offset)
{
        return (days_to_year(year) + day_of_change(change, year)) * SECONDS_PER_DAY +
               change->seconds - offset;
}

bool lw_zone_rule_offset(const char *text, int64_t when, int32_t *ret_seconds)
{
        int32_t standard, summer;
        int64_t begin, end, year;
        Change to_summer, to_standard;
        bool is_summer;

        if (!skip_name(&text) || !take_time(&text, 24, &standard))
                return false;
        standard = -standard; /* POSIX counts westward */
        if (*text == '\0') {
                *ret_seconds = standard;
                return true;
        }
        if (!skip_name(&text))
                return false;
        summer = standard + SECONDS_PER_HOUR;
        if (*text != ',') {
                if (!take_time(&text, 24, &summer))
                        return false;
                summer = -summer;
        }
        if (!take_change(&text, &to_summer) || !take_change(&text, &to_standard) || *text != '\0')
                return false;
        if (when < 0 || when > INT64_C(9999) * 366 * SECONDS_PER_DAY)
                return false;
        year = year_of(when + standard < 0 ? 0 : when + standard);
        begin = moment_of_change(&to_summer, year, standard);
        end = moment_of_change(&to_standard, year, summer);
        is_summer = begin < end ? when >= begin && when < end : when >= begin || when < end;
        *ret_seconds = is_summer ? summer : standard;
        return true;
}
