/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwFix: what can be a position, and its velocity as the standard encodes it. */
#include <math.h>

#include <glib.h>

#include "providers/builtin/fix.h"
#include "providers/suite.h"

/* 3GPP TS 23.032, 8.12 and 8.13: type and bearing, speed in km/h, vertical speed. */
static const struct {
        double speed, course, climb;
        size_t length;
        uint8_t data[LW_VELOCITY_MAX];
} velocities[] = {
        { 10, 90, NAN, 4, { 0x00, 90, 0, 36 } },
        { 10, 271.6, NAN, 4, { 0x01, 0x10, 0, 36 } },
        { 0, 359.6, NAN, 4, { 0x00, 0, 0, 0 } },
        { 100, 0, 2, 5, { 0x10, 0, 0x01, 0x68, 7 } },
        { 100, 300, -2, 5, { 0x13, 0x2c, 0x01, 0x68, 7 } },
        { 99999, 0, -500, 5, { 0x12, 0, 0xff, 0xff, 0xff } },
        { NAN, 90, 1, 0, {} },
        { 10, NAN, 1, 0, {} },
};

START_TEST(the_velocity_is_encoded)
{
        LwFix fix = lw_fix();
        uint8_t data[LW_VELOCITY_MAX] = {};

        fix.speed = velocities[_i].speed;
        fix.course = velocities[_i].course;
        fix.climb = velocities[_i].climb;
        ck_assert_uint_eq(lw_fix_velocity(&fix, data), velocities[_i].length);
        ck_assert_mem_eq(data, velocities[_i].data, velocities[_i].length);
}
END_TEST

static const struct {
        double latitude, longitude;
        int64_t real_usec;
        bool ok;
} positions[] = {
        { 52.5, 13.4, 1, true },
        { -90, 180, 1, true },
        { 90.001, 0, 1, false },
        { 0, -180.5, 1, false },
        { NAN, 0, 1, false },
        { 0, INFINITY, 1, false },
        { 0, 0, 0, false },
};

START_TEST(a_position_lies_on_the_globe)
{
        LwFix fix = lw_fix();

        fix.latitude = positions[_i].latitude;
        fix.longitude = positions[_i].longitude;
        fix.real_usec = positions[_i].real_usec;
        ck_assert_int_eq(lw_fix_check(&fix), positions[_i].ok);
}
END_TEST

START_TEST(what_cannot_be_is_not_known)
{
        LwFix fix = { 1, 1, INFINITY, -1, -5, 400, NAN, 1 };

        ck_assert(lw_fix_check(&fix));
        ck_assert(isnan(fix.altitude) && isnan(fix.radius) && isnan(fix.speed) &&
                        isnan(fix.course));
}
END_TEST

TCase *test_fix(void)
{
        TCase *tcase = tcase_create("fix");

        tcase_add_loop_test(tcase, the_velocity_is_encoded, 0, G_N_ELEMENTS(velocities));
        tcase_add_loop_test(tcase, a_position_lies_on_the_globe, 0, G_N_ELEMENTS(positions));
        tcase_add_test(tcase, what_cannot_be_is_not_known);
        return tcase;
}
