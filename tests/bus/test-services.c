/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of timedated and systemd, and what is made of their answers: on a bus of the test's
 * own, with services that do it, refuse, fall silent or die. */
#include <string.h>

#include "bus/systemd1.h"
#include "bus/timedate1.h"
#include "lib/private-bus.h"
#include "lib/suite.h"
#include "model/status.h"

#define PATIENCE_USEC (15 * LW_USEC_PER_SEC)

static LwPrivateBus *daemon_;
static LwDriver *driver;
static LwBus *bus;
static sd_bus *service; /* another connection: timedated and systemd */

/* What the service does with a call. */
static struct {
        const char *error; /* its name; NULL: it does what is asked */
        bool is_silent, dies;
} manner;

static unsigned heard, ends;
static GString *said; /* what it was asked for, "SetTime 1000000 0 0" */
static GError *end;   /* NULL: it is done */

/* --- services --- */

static int answer(sd_bus_message *m, sd_bus_error *ret_error)
{
        heard++;
        if (manner.dies) {
                sd_bus_close(service);
                return 1;
        }
        if (manner.is_silent)
                return 1;
        if (manner.error != NULL)
                return sd_bus_error_set(ret_error, manner.error, "words of the service");
        if (strcmp(sd_bus_message_get_member(m), "StartUnit") == 0)
                return sd_bus_reply_method_return(m, "o", "/org/freedesktop/systemd1/job/42");
        return sd_bus_reply_method_return(m, "");
}

static int on_set_time(sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error)
{
        int relative, interactive;
        int64_t usec;

        ck_assert_int_ge(sd_bus_message_read(m, "xbb", &usec, &relative, &interactive), 0);
        g_string_append_printf(
                        said, "SetTime %" G_GINT64_FORMAT " %d %d", usec, relative, interactive);
        return answer(m, ret_error);
}

static int on_set_zone(sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error)
{
        const char *zone;
        int interactive;

        ck_assert_int_ge(sd_bus_message_read(m, "sb", &zone, &interactive), 0);
        g_string_append_printf(said, "SetTimezone %s %d", zone, interactive);
        return answer(m, ret_error);
}

static int on_start_unit(sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error)
{
        const char *unit, *mode;

        ck_assert_int_ge(sd_bus_message_read(m, "ss", &unit, &mode), 0);
        g_string_append_printf(said, "StartUnit %s %s", unit, mode);
        return answer(m, ret_error);
}

static const sd_bus_vtable timedate1_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("SetTime", "xbb", "", on_set_time, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("SetTimezone", "sb", "", on_set_zone, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable systemd1_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("StartUnit", "ss", "o", on_start_unit, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static void serve(const char *name, const char *path, const char *interface,
                const sd_bus_vtable *vtable)
{
        ck_assert_int_ge(sd_bus_add_object_vtable(service, NULL, path, interface, vtable, NULL), 0);
        ck_assert_int_ge(sd_bus_request_name(service, name, 0), 0);
}

static void serve_all(void)
{
        serve("org.freedesktop.timedate1", "/org/freedesktop/timedate1",
                        "org.freedesktop.timedate1", timedate1_vtable);
        serve("org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                        "org.freedesktop.systemd1.Manager", systemd1_vtable);
}

/* --- the three questions --- */

static void on_end(void *user, const GError *error)
{
        ck_assert_ptr_eq(user, &ends);
        end = error != NULL ? g_error_copy(error) : NULL;
        ends++;
}

static void set_time(void)
{
        lw_timedate1_set_time(bus, INT64_C(1767323045000000), on_end, &ends);
}

static void set_zone(void)
{
        lw_timedate1_set_zone(bus, "Europe/Berlin", on_end, &ends);
}

static void start_unit(void)
{
        lw_systemd1_start(bus, "lwm2md-factory-reset.service", on_end, &ends);
}

static const struct {
        void (*ask)(void);
        const char *said;
} questions[] = {
        { set_time, "SetTime 1767323045000000 0 0" },
        { set_zone, "SetTimezone Europe/Berlin 0" },
        { start_unit, "StartUnit lwm2md-factory-reset.service replace" },
};

/* --- fixture --- */

static void run_until(const unsigned *counter, unsigned wanted)
{
        LwUsec begin = lw_driver_now(driver).boot;

        while (*counter < wanted) {
                ck_assert_int_ge(sd_event_run(lw_driver_event(driver), LW_USEC_PER_SEC), 0);
                ck_assert(lw_driver_now(driver).boot - begin < PATIENCE_USEC);
        }
}

static void setup(void)
{
        memset(&manner, 0, sizeof(manner));
        heard = ends = 0;
        said = g_string_new(NULL);
        daemon_ = lw_private_bus_new(NULL);
        driver = lw_driver_new();
        bus = lw_bus_new(driver, lw_private_bus_address(daemon_), "org.lwm2md");
        lw_bus_start(bus);
        for (int i = 0; i < 100 && !lw_bus_has_name(bus); i++)
                ck_assert_int_ge(sd_event_run(lw_driver_event(driver), LW_USEC_PER_SEC / 10), 0);
        ck_assert(lw_bus_has_name(bus));
        ck_assert_int_ge(sd_bus_new(&service), 0);
        ck_assert_int_ge(sd_bus_set_address(service, lw_private_bus_address(daemon_)), 0);
        ck_assert_int_ge(sd_bus_set_bus_client(service, true), 0);
        ck_assert_int_ge(sd_bus_start(service), 0);
        ck_assert_int_ge(sd_bus_attach_event(service, lw_driver_event(driver), 0), 0);
}

static void teardown(void)
{
        sd_bus_close_unref(service);
        lw_bus_free(bus);
        lw_driver_free(driver);
        lw_private_bus_free(daemon_);
        g_string_free(said, TRUE);
        g_clear_error(&end);
}

START_TEST(what_is_asked_for_is_done)
{
        serve_all();
        questions[_i].ask();
        ck_assert_uint_eq(ends, 0);
        run_until(&ends, 1);
        ck_assert_ptr_null(end);
        ck_assert_str_eq(said->str, questions[_i].said);
}
END_TEST

/* What services answer, and what is made of it. */
#define KEPT "org.freedesktop.timedate1.AutomaticTimeSyncEnabled"
#define DENIED SD_BUS_ERROR_ACCESS_DENIED
#define INTERACTIVE SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED
static const struct {
        void (*ask)(void);
        const char *error;
        LwStatus status;
        const char *says[2];
} refusals[] = {
        { set_time, KEPT, LW_STATUS_NOT_PERMITTED, { "a time service keeps it", "set-ntp no" } },
        { set_time, DENIED, LW_STATUS_FAILED, { "the clock", "lwm2md.rules" } },
        { set_time, INTERACTIVE, LW_STATUS_FAILED, { "words of the service", "lwm2md.rules" } },
        { set_time, SD_BUS_ERROR_FAILED, LW_STATUS_FAILED,
                        { "the clock", "words of the service" } },
        { set_time, SD_BUS_ERROR_NO_REPLY, LW_STATUS_UNAVAILABLE,
                        { "does not answer", "systemd-timedated" } },
        { set_zone, SD_BUS_ERROR_INVALID_ARGS, LW_STATUS_BAD_REQUEST,
                        { "no such time zone", "words of the service" } },
        { set_zone, DENIED, LW_STATUS_FAILED, { "time zone", "lwm2md.rules" } },
        { set_zone, "org.example.Odd", LW_STATUS_FAILED, { "time zone", "words of the service" } },
        { start_unit, DENIED, LW_STATUS_FAILED,
                        { "lwm2md-factory-reset.service", "lwm2md.rules" } },
        { start_unit, INTERACTIVE, LW_STATUS_FAILED, { "may not start", "lwm2md.rules" } },
        { start_unit, "org.freedesktop.systemd1.NoSuchUnit", LW_STATUS_FAILED,
                        { "there is no unit lwm2md-factory-reset.service", "install one" } },
        { start_unit, "org.freedesktop.systemd1.UnitMasked", LW_STATUS_FAILED,
                        { "does not start", "words of the service" } },
        { start_unit, SD_BUS_ERROR_NO_REPLY, LW_STATUS_UNAVAILABLE, { "does not start", "" } },
};

START_TEST(a_refusal_says_what_to_do)
{
        manner.error = refusals[_i].error;
        serve_all();
        refusals[_i].ask();
        run_until(&ends, 1);
        ck_assert_msg(g_error_matches(end, LW_ERROR, (int) refusals[_i].status), "%d %s",
                        end != NULL ? end->code : 0, end != NULL ? end->message : "done");
        for (size_t i = 0; i < G_N_ELEMENTS(refusals[_i].says); i++)
                ck_assert_msg(strstr(end->message, refusals[_i].says[i]) != NULL, "%s",
                                end->message);
}
END_TEST

START_TEST(a_service_that_is_not_there_is_unavailable)
{
        questions[_i].ask();
        run_until(&ends, 1);
        ck_assert(g_error_matches(end, LW_ERROR, LW_STATUS_UNAVAILABLE));
}
END_TEST

START_TEST(a_service_that_dies_is_unavailable_at_once)
{
        LwUsec begin = lw_driver_now(driver).boot;

        manner.dies = true;
        serve_all();
        questions[_i].ask();
        run_until(&ends, 1);
        ck_assert_uint_eq(heard, 1);
        ck_assert(g_error_matches(end, LW_ERROR, LW_STATUS_UNAVAILABLE));
        ck_assert(lw_driver_now(driver).boot - begin < PATIENCE_USEC);
}
END_TEST

START_TEST(a_service_that_is_silent_is_left_when_the_bus_goes)
{
        manner.is_silent = true;
        serve_all();
        questions[_i].ask();
        run_until(&heard, 1);
        ck_assert_uint_eq(ends, 0);
        lw_bus_free(g_steal_pointer(&bus));
        ck_assert_uint_eq(ends, 1);
        ck_assert(g_error_matches(end, LW_ERROR, LW_STATUS_UNAVAILABLE));
}
END_TEST

TCase *test_services(void);
TCase *test_services(void)
{
        TCase *tcase = tcase_create("services");
        int all = G_N_ELEMENTS(questions);

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, what_is_asked_for_is_done, 0, all);
        tcase_add_loop_test(tcase, a_refusal_says_what_to_do, 0, G_N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, a_service_that_is_not_there_is_unavailable, 0, all);
        tcase_add_loop_test(tcase, a_service_that_dies_is_unavailable_at_once, 0, all);
        tcase_add_loop_test(tcase, a_service_that_is_silent_is_left_when_the_bus_goes, 0, all);
        return tcase;
}
