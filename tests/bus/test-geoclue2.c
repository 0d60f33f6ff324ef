/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A location of GeoClue's. */
#include <float.h>
#include <math.h>

#include "bus/geoclue-agent.h"
#include "bus/geoclue2.h"
#include "lib/bus-pair.h"
#include "lib/suite.h"

TCase *test_geoclue2(void);

static LwPair pair;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
}

static void teardown(void)
{
        lw_pair_clear(&pair);
}

static int read_location(sd_bus_message *m, LwGeoClueLocation *ret_location)
{
        int r;

        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        r = lw_geoclue_read(m, ret_location);
        sd_bus_message_unref(m);
        return r;
}

static sd_bus_message *message(void)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(pair.ours, &m, "a.b", "/", "a.b", "C"), 0);
        return m;
}

START_TEST(all_of_it)
{
        LwGeoClueLocation location = {};
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 8, "Latitude", "d", 52.5, "Longitude",
                                         "d", 13.4, "Accuracy", "d", 25.0, "Altitude", "d", 34.0,
                                         "Speed", "d", 2.5, "Heading", "d", 90.0, "Description",
                                         "s", "WiFi", "Timestamp", "(tt)", (uint64_t) 1767323045,
                                         (uint64_t) 250000),
                        0);
        ck_assert_int_ge(read_location(m, &location), 0);
        ck_assert_double_eq(location.latitude, 52.5);
        ck_assert_double_eq(location.longitude, 13.4);
        ck_assert_double_eq(location.accuracy, 25);
        ck_assert_double_eq(location.altitude, 34);
        ck_assert_double_eq(location.speed, 2.5);
        ck_assert_double_eq(location.heading, 90);
        ck_assert_int_eq(location.real_usec, 1767323045250000);
}
END_TEST

START_TEST(what_geoclue_does_not_know)
{
        LwGeoClueLocation location = {};
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 4, "Latitude", "d", 52.5, "Altitude",
                                         "d", -DBL_MAX, "Speed", "d", -1.0, "Heading", "d", -1.0),
                        0);
        ck_assert_int_ge(read_location(m, &location), 0);
        ck_assert(isnan(location.altitude) && isnan(location.speed) && isnan(location.heading));
        ck_assert(isnan(location.longitude));
        ck_assert_int_eq(location.real_usec, 0);
}
END_TEST

START_TEST(another_type_is_an_error)
{
        LwGeoClueLocation location = {};
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "Latitude", "s", "52"), 0);
        ck_assert_int_lt(read_location(m, &location), 0);
}
END_TEST

static const struct {
        const char *id;
        int is_authorized;
        uint32_t level;
} clients[] = {
        { "lwm2md", true, 6 },
        { "somebody", false, 0 },
        { "", false, 0 },
};

typedef struct Authorized {
        bool is_answered;
        int is_authorized;
        uint32_t level;
} Authorized;

static int on_authorized(sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        Authorized *answer = user;

        (void) ret_error;
        ck_assert_int_ge(sd_bus_message_read(reply, "bu", &answer->is_authorized, &answer->level),
                        0);
        answer->is_answered = true;
        return 0;
}

START_TEST(the_agent_lets_us_know_and_nobody_else)
{
        Authorized answer = {};
        sd_bus_slot *slot = NULL;

        ck_assert_int_ge(lw_geoclue_agent_export(pair.ours, &slot), 0);
        ck_assert_int_ge(
                        sd_bus_call_method_async(pair.theirs, NULL, NULL,
                                        "/org/freedesktop/GeoClue2/Agent",
                                        "org.freedesktop.GeoClue2.Agent", "AuthorizeApp",
                                        on_authorized, &answer, "su", clients[_i].id, (uint32_t) 6),
                        0);
        lw_pair_run(&pair, &answer.is_answered);
        ck_assert_int_eq(answer.is_authorized, clients[_i].is_authorized);
        ck_assert_uint_eq(answer.level, clients[_i].level);
        sd_bus_slot_unref(slot);
}
END_TEST

TCase *test_geoclue2(void)
{
        TCase *tcase = tcase_create("geoclue2");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, all_of_it);
        tcase_add_test(tcase, what_geoclue_does_not_know);
        tcase_add_test(tcase, another_type_is_an_error);
        tcase_add_loop_test(
                        tcase, the_agent_lets_us_know_and_nobody_else, 0, G_N_ELEMENTS(clients));
        return tcase;
}
