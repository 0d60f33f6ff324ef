/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports of gpsd: which of them are a position, and which. */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "providers/builtin/gpsd-report.h"
#include "providers/suite.h"

#define TIME "\"time\":\"2026-01-02T03:04:05.250Z\""
#define PLACE "\"lat\":52.520008,\"lon\":13.404954"

START_TEST(a_whole_report)
{
        static const char line[] = "{\"class\":\"TPV\",\"device\":\"/dev/ttyS0\",\"mode\":3," TIME
                                   ",\"ept\":0.005," PLACE ",\"altHAE\":80.1,\"altMSL\":34.5,"
                                   "\"epx\":3,\"epy\":4.0,\"track\":271.6,\"speed\":12.5,"
                                   "\"climb\":-1.2,\"sky\":{\"a\":[1,{\"b\":2}]}}\r";
        LwFix fix;

        ck_assert(lw_gpsd_report_parse(line, strlen(line), &fix));
        ck_assert_double_eq(fix.latitude, 52.520008);
        ck_assert_double_eq(fix.longitude, 13.404954);
        ck_assert_double_eq(fix.altitude, 34.5);
        ck_assert_double_eq(fix.radius, 5);
        ck_assert_double_eq(fix.speed, 12.5);
        ck_assert_double_eq(fix.course, 271.6);
        ck_assert_double_eq(fix.climb, -1.2);
        ck_assert_int_eq(fix.real_usec, 1767323045250000);
}
END_TEST

static const struct {
        const char *line;
        bool ok;
        double altitude, radius;
} reports[] = {
        { "{\"class\":\"TPV\",\"mode\":2," TIME "," PLACE ",\"alt\":34,\"eph\":7.5}", true, NAN,
                        7.5 },
        { "{" PLACE "," TIME ",\"alt\":34,\"mode\":3,\"class\":\"TPV\"}", true, 34, NAN },
        { "{\"class\":\"TPV\",\"mode\":3," TIME "," PLACE ",\"altHAE\":80,\"epx\":3}", true, 80,
                        NAN },
        { "{\"class\":\"TPV\",\"mode\":1," TIME "," PLACE "}", false, 0, 0 },
        { "{\"class\":\"TPV\"," TIME "," PLACE "}", false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3," PLACE "}", false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3,\"time\":\"soon\"," PLACE "}", false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3," TIME ",\"lat\":\"52\",\"lon\":13}", false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3," TIME ",\"lat\":152,\"lon\":13}", false, 0, 0 },
        { "{\"class\":\"SKY\",\"mode\":3," TIME "," PLACE "}", false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3," TIME "," PLACE, false, 0, 0 },
        { "{\"class\":\"TPV\",\"mode\":3," TIME "," PLACE "} {}", false, 0, 0 },
        { "[1,2]", false, 0, 0 },
        { "", false, 0, 0 },
        { "nonsense", false, 0, 0 },
};

static bool is_same(double a, double b)
{
        return a == b || (isnan(a) && isnan(b));
}

START_TEST(reports_and_what_is_none)
{
        const char *line = reports[_i].line;
        LwFix fix;

        ck_assert_int_eq(lw_gpsd_report_parse(line, strlen(line), &fix), reports[_i].ok);
        if (!reports[_i].ok)
                return;
        ck_assert(is_same(fix.altitude, reports[_i].altitude));
        ck_assert(is_same(fix.radius, reports[_i].radius));
}
END_TEST

TCase *test_gpsd_report(void)
{
        TCase *tcase = tcase_create("gpsd-report");

        tcase_add_test(tcase, a_whole_report);
        tcase_add_loop_test(tcase, reports_and_what_is_none, 0, G_N_ELEMENTS(reports));
        return tcase;
}
