/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 6: fixes of a gpsd and a GeoClue that the test plays: linked instead of ours. */
#include <math.h>
#include <string.h>

#include "bus/geoclue2.h"
#include "providers/builtin/gpsd.h"
#include "providers/builtin/location.h"
#include "providers/suite.h"
#include "providers/world.h"

/* --- the two sources --- */

struct LwGpsd {
        const LwGpsdEvents *events;
        void *user;
        bool is_started;
};

struct LwGeoClue {
        LwGeoClueLocated located;
        void *user;
        bool is_started;
};

static struct LwGpsd gpsd;
static struct LwGeoClue geoclue;

LwGpsd *lw_gpsd_new(LwDriver *driver, const LwGpsdEvents *events, void *user)
{
        (void) driver;
        gpsd = (LwGpsd){ events, user, false };
        return &gpsd;
}

void lw_gpsd_free(LwGpsd *self)
{
        (void) self;
}

void lw_gpsd_start(LwGpsd *self)
{
        self->is_started = true;
}

void lw_gpsd_stop(LwGpsd *self)
{
        self->is_started = false;
}

LwGeoClue *lw_geoclue_new(LwBus *bus, LwGeoClueLocated located, void *user)
{
        (void) bus;
        geoclue = (LwGeoClue){ located, user, false };
        return &geoclue;
}

void lw_geoclue_free(LwGeoClue *self)
{
        (void) self;
}

void lw_geoclue_start(LwGeoClue *self)
{
        self->is_started = true;
}

void lw_geoclue_stop(LwGeoClue *self)
{
        self->is_started = false;
}

/* --- the object --- */

static LwWorld world;
static LwLocationObject *object;
static bool failing; /* as it was told last */

static void build(LwLocationSource source, LwUsec max_age_usec)
{
        object = lw_location_object_new(world.tree, world.driver, source, max_age_usec);
        lw_location_object_use_bus(object, NULL);
        ck_assert(lw_location_object_add(object, NULL));
}

static void setup(void)
{
        gpsd = (LwGpsd){};
        failing = false;
        geoclue = (LwGeoClue){};
        lw_world_make(&world);
}

static void teardown(void)
{
        lw_location_object_free(object);
        lw_world_clear(&world);
}

static LwFix here(void)
{
        LwFix fix = lw_fix();

        fix.latitude = 52.5;
        fix.longitude = 13.25;
        fix.real_usec = lw_driver_now(world.driver).real_usec;
        return fix;
}

static void expect_text(const LwAnswer *answer, const char *format, const LwFix *fix)
{
        g_autofree char *time = g_strdup_printf(
                        "%" G_GINT64_FORMAT, fix->real_usec / (int64_t) LW_USEC_PER_SEC);
        g_auto(GStrv) parts = g_strsplit(format, "TIME", 2);
        g_autofree char *text = g_strjoinv(time, parts);

        ck_assert_int_eq(answer->status, LW_STATUS_CONTENT);
        ck_assert_str_eq(answer->text, text);
}

START_TEST(a_read_starts_gpsd_and_waits_for_a_fix)
{
        g_auto(LwAnswer) answer = {}, again = {};
        LwFix fix = here();

        build(LW_LOCATION_GPSD, 300 * LW_USEC_PER_SEC);
        ck_assert(!gpsd.is_started);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        ck_assert(gpsd.is_started && !geoclue.is_started);
        gpsd.events->fixed(gpsd.user, &fix);
        expect_text(&answer, "/6/0/0=52.5 /6/0/1=13.25 /6/0/5=TIME", &fix);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &again);
        expect_text(&again, "/6/0/0=52.5", &fix);
}
END_TEST

START_TEST(more_is_shown_once_it_is_known)
{
        LwFix fix = here();

        build(LW_LOCATION_GPSD, 300 * LW_USEC_PER_SEC);
        lw_world_expect(&world, LW_OPERATION_READ, "/6/0/2", NULL, LW_STATUS_NOT_FOUND, NULL);
        fix.altitude = 34.5;
        fix.radius = 5;
        fix.speed = 10;
        fix.course = 90;
        gpsd.events->fixed(gpsd.user, &fix);
        for (unsigned i = 0; i < 2; i++) {
                g_auto(LwAnswer) answer = {};

                lw_world_ask(&world, LW_OPERATION_READ, "/6/0", NULL, &answer);
                gpsd.events->fixed(gpsd.user, &fix);
                expect_text(&answer,
                                "/6/0/0=52.5 /6/0/1=13.25 /6/0/2=34.5 /6/0/3=5 /6/0/4=AFoAJA== "
                                "/6/0/5=TIME /6/0/6=10",
                                &fix);
        }
}
END_TEST

START_TEST(a_fix_that_is_too_old_is_not_shown)
{
        g_auto(LwAnswer) answer = {};
        LwFix fix = here();

        build(LW_LOCATION_GPSD, 60 * LW_USEC_PER_SEC);
        fix.real_usec -= 61 * (int64_t) LW_USEC_PER_SEC;
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        gpsd.events->fixed(gpsd.user, &fix);
        ck_assert_int_eq(answer.status, LW_STATUS_NOT_FOUND);
}
END_TEST

START_TEST(automatically_geoclue_stands_in_for_gpsd)
{
        LwGeoClueLocation location = { 1.5, 2.5, 25, NAN, NAN, NAN, 0 };
        g_auto(LwAnswer) answer = {};
        LwFix fix = here();

        build(LW_LOCATION_AUTO, 300 * LW_USEC_PER_SEC);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/3", NULL, &answer);
        ck_assert_int_eq(answer.status, LW_STATUS_NOT_FOUND); /* not shown yet: not waited for */
        lw_answer_clear(&answer);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        ck_assert(gpsd.is_started && !geoclue.is_started);
        gpsd.events->absent(gpsd.user);
        ck_assert(geoclue.is_started);
        geoclue.located(geoclue.user, &location);
        expect_text(&answer, "/6/0/0=1.5", &fix);
        lw_world_expect(&world, LW_OPERATION_READ, "/6/0/3", NULL, LW_STATUS_CONTENT, "/6/0/3=25");
        gpsd.events->fixed(gpsd.user, &fix); /* it is there again */
        ck_assert(!geoclue.is_started);
        lw_world_expect(&world, LW_OPERATION_READ, "/6/0/0", NULL, LW_STATUS_CONTENT,
                        "/6/0/0=52.5");
}
END_TEST

START_TEST(geoclue_alone)
{
        g_auto(LwAnswer) answer = {};

        build(LW_LOCATION_GEOCLUE, 300 * LW_USEC_PER_SEC);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        ck_assert(geoclue.is_started && !gpsd.is_started);
        /* what is no place is passed over */
        geoclue.located(geoclue.user, &(LwGeoClueLocation){ NAN, 2.5, 25, NAN, NAN, NAN, 0 });
        ck_assert_int_eq(answer.status, 0);
        geoclue.located(geoclue.user, &(LwGeoClueLocation){ 1.5, 2.5, 25, NAN, NAN, NAN, 0 });
        ck_assert_str_eq(answer.text, "/6/0/0=1.5");
}
END_TEST

static void observe(bool is_observed)
{
        const LwInstance *instance = lw_object_instance(lw_tree_object(world.tree, 6), 0);
        const LwLayer *layer = lw_instance_layer(instance, 0);
        LwPath path = LW_PATH_RESOURCE(6, 0, 0);

        layer->provider->ops->observe(layer->provider, &path, is_observed, &path, !is_observed);
}

START_TEST(the_source_runs_while_it_is_observed)
{
        LwFix fix = here();

        build(LW_LOCATION_GPSD, 300 * LW_USEC_PER_SEC);
        observe(true);
        ck_assert(!gpsd.is_started); /* only noted */
        for (unsigned i = 0; i < 100 && !gpsd.is_started; i++)
                ck_assert_int_ge(sd_event_run(lw_driver_event(world.driver), LW_USEC_PER_SEC), 0);
        ck_assert(gpsd.is_started);
        g_string_truncate(world.changes, 0);
        gpsd.events->fixed(gpsd.user, &fix);
        ck_assert_str_eq(world.changes->str, "/6/0 ");
        gpsd.events->fixed(gpsd.user, &fix);
        ck_assert_str_eq(world.changes->str, "/6/0 ");
        observe(false);
        ck_assert(gpsd.is_started); /* for a while */
}
END_TEST

static void on_wrong(void *user G_GNUC_UNUSED, LwErrorCause cause, bool holds)
{
        ck_assert_int_eq(cause, LW_ERROR_LOCATION);
        ck_assert_int_ne(failing, holds);
        failing = holds;
}

/* Only while it is asked for: else nobody knows whether it is there. */
START_TEST(a_gpsd_that_is_not_there_is_an_error)
{
        g_auto(LwAnswer) answer = {};
        LwFix fix = here();

        build(LW_LOCATION_GPSD, 300 * LW_USEC_PER_SEC);
        lw_location_object_watch(object, on_wrong, NULL);
        gpsd.events->absent(gpsd.user);
        ck_assert(!failing);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        gpsd.events->absent(gpsd.user);
        gpsd.events->absent(gpsd.user);
        ck_assert(failing);
        gpsd.events->present(gpsd.user);
        ck_assert(!failing);
        gpsd.events->fixed(gpsd.user, &fix);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
}
END_TEST

START_TEST(where_geoclue_stands_in_no_gpsd_is_no_error)
{
        g_auto(LwAnswer) answer = {};

        build(LW_LOCATION_AUTO, 300 * LW_USEC_PER_SEC);
        lw_location_object_watch(object, on_wrong, NULL);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        gpsd.events->absent(gpsd.user);
        ck_assert(!failing);
        g_clear_pointer(&object, lw_location_object_free);
}
END_TEST

START_TEST(reads_that_wait_are_answered_at_the_end)
{
        g_auto(LwAnswer) answer = {};

        build(LW_LOCATION_GPSD, 300 * LW_USEC_PER_SEC);
        lw_world_ask(&world, LW_OPERATION_READ, "/6/0/0", NULL, &answer);
        lw_location_object_free(object);
        object = NULL;
        ck_assert_int_eq(answer.status, LW_STATUS_NOT_FOUND);
}
END_TEST

TCase *test_location(void)
{
        TCase *tcase = tcase_create("location");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_read_starts_gpsd_and_waits_for_a_fix);
        tcase_add_test(tcase, more_is_shown_once_it_is_known);
        tcase_add_test(tcase, a_fix_that_is_too_old_is_not_shown);
        tcase_add_test(tcase, automatically_geoclue_stands_in_for_gpsd);
        tcase_add_test(tcase, geoclue_alone);
        tcase_add_test(tcase, the_source_runs_while_it_is_observed);
        tcase_add_test(tcase, a_gpsd_that_is_not_there_is_an_error);
        tcase_add_test(tcase, where_geoclue_stands_in_no_gpsd_is_no_error);
        tcase_add_test(tcase, reads_that_wait_are_answered_at_the_end);
        return tcase;
}
