/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of time zones, at the seconds when real clocks change. */
#include <glib.h>

#include "host/suite.h"
#include "host/zone-rule.h"

/* Real rules, and when their clocks changed in 2024 or will in 2045, by the tz database. */
static const struct {
        const char *rule;
        int64_t change; /* the first second with the new offset */
        int32_t before, after;
} rules[] = {
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1711846800, 3600, 7200 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1729990800, 7200, 3600 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 2374102800, 3600, 7200 },
        { "EST5EDT,M3.2.0,M11.1.0", 1710054000, -18000, -14400 },
        { "EST5EDT,M3.2.0,M11.1.0", 2393474400, -14400, -18000 },
        /* Dublin: its summer is the standard time, its winter the exception */
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1711846800, 0, 3600 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1729990800, 3600, 0 },
        /* Lord Howe: half an hour; south of the equator */
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1712415600, 39600, 37800 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2390398200, 37800, 39600 },
        /* Jerusalem: a Friday said as the Thursday's hour 26 */
        { "IST-2IDT,M3.4.4/26,M10.5.0", 1711670400, 7200, 10800 },
        { "IST-2IDT,M3.4.4/26,M10.5.0", 2392844400, 10800, 7200 },
        /* Nuuk: before midnight */
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1711846800, -7200, -3600 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1729990800, -3600, -7200 },
        { "NZST-12NZDT,M9.5.0,M4.1.0/3", 1712412000, 46800, 43200 },
        /* days of the year: J60 is the first of March always, 59 the 29th of February in a leap
           year */
        { "A0B,J60/0,J300/0", 1709251200, 0, 3600 },
        { "A0B,59/0,300/0", 1709164800, 0, 3600 },
        { "<+0545>-5:45", 1711846800, 20700, 20700 },
        { "UTC0", 1711846800, 0, 0 },
};

START_TEST(a_rule_tells_when_the_clock_changes)
{
        int32_t seconds = -1;

        ck_assert(lw_zone_rule_offset(rules[_i].rule, rules[_i].change - 1, &seconds));
        ck_assert_int_eq(seconds, rules[_i].before);
        ck_assert(lw_zone_rule_offset(rules[_i].rule, rules[_i].change, &seconds));
        ck_assert_int_eq(seconds, rules[_i].after);
}
END_TEST

static const char *const no_rules[] = { "C", "CET", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-25",
        "CET-1CEST,M13.1.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J300", "CET-1CEST,366,0", "CET-1CEST,M3.5.0,M10.5.0/168", "<CET-1",
        "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0x", "-1", ":Europe/Berlin" };

START_TEST(a_damaged_rule_is_no_rule)
{
        int32_t seconds;

        ck_assert(!lw_zone_rule_offset(no_rules[_i], 1711846800, &seconds));
}
END_TEST

static const struct {
        const char *rule;
        int64_t when;
        bool ok;
} edges[] = {
        { "CET-1CEST,M3.5.0,M10.5.0/3", -1, false },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 0, true },
        { "CET-1CEST,M3.5.0,M10.5.0/3", INT64_MAX, false },
        /* without summer time there is nothing to reckon */
        { "CET-1", INT64_MIN, true },
        { "CET-1", INT64_MAX, true },
};

START_TEST(far_away_moments)
{
        int32_t seconds = -1;

        ck_assert_int_eq(lw_zone_rule_offset(edges[_i].rule, edges[_i].when, &seconds),
                        edges[_i].ok);
        ck_assert_int_eq(seconds, edges[_i].ok ? 3600 : -1);
}
END_TEST

TCase *test_zone_rule(void)
{
        TCase *tcase = tcase_create("zone-rule");

        tcase_add_loop_test(tcase, a_rule_tells_when_the_clock_changes, 0, G_N_ELEMENTS(rules));
        tcase_add_loop_test(tcase, a_damaged_rule_is_no_rule, 0, G_N_ELEMENTS(no_rules));
        tcase_add_loop_test(tcase, far_away_moments, 0, G_N_ELEMENTS(edges));
        return tcase;
}
