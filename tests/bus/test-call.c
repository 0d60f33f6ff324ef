/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls to services: an answer, an error, no bus, a bus that dies; and login1 and hostname1 on
 * them. */
#include <string.h>

#include "bus/call.h"
#include "bus/hostname1.h"
#include "bus/login1.h"
#include "lib/private-bus.h"
#include "lib/suite.h"
#include "model/status.h"

#define PATIENCE_USEC (15 * LW_USEC_PER_SEC)

static LwPrivateBus *daemon_;
static LwDriver *driver;
static LwBus *bus;
static sd_bus *service; /* another connection: the service */

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
}

/* Plain calls */

static unsigned ends;
static char *end_error; /* NULL: there was a reply */

static void on_end(void *user, sd_bus_message *reply, const sd_bus_error *error)
{
        ck_assert_ptr_eq(user, &ends);
        ck_assert((reply == NULL) != (error == NULL));
        g_free(end_error);
        end_error = g_strdup(error != NULL ? error->name : NULL);
        ends++;
}

static const LwBusMethod get_owner = {
        .destination = "org.freedesktop.DBus",
        .path = "/org/freedesktop/DBus",
        .interface = "org.freedesktop.DBus",
        .member = "GetNameOwner",
        .timeout_usec = 5 * LW_USEC_PER_SEC,
};

static const struct {
        const char *name;
        const char *error;
} owners[] = {
        { "org.lwm2md", NULL },
        { "org.example.Nobody", SD_BUS_ERROR_NAME_HAS_NO_OWNER },
};

START_TEST(a_call_ends_with_its_answer)
{
        lw_bus_call(bus, &get_owner, on_end, &ends, "s", owners[_i].name);
        ck_assert_uint_eq(ends, 0);
        run_until(&ends, 1);
        ck_assert_pstr_eq(end_error, owners[_i].error);
        g_clear_pointer(&end_error, g_free);
}
END_TEST

START_TEST(a_call_that_cannot_be_made_ends_at_once)
{
        static const LwBusMethod method = { .destination = "no name", .path = "/", .member = "M" };

        lw_bus_call(bus, &method, on_end, &ends, "");
        ck_assert_uint_eq(ends, 1);
        ck_assert_ptr_nonnull(end_error);
        g_clear_pointer(&end_error, g_free);
}
END_TEST

static const LwBusMethod silent = {
        .destination = "org.example.Silent",
        .path = "/",
        .interface = "org.example.Silent",
        .member = "Say",
        .timeout_usec = LW_USEC_PER_SEC / 5,
};

static unsigned heard;

static int on_heard(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        (void) m;
        (void) user;
        (void) ret_error;
        heard++;
        return 1; /* and says nothing */
}

static void be_silent(void)
{
        ck_assert_int_ge(sd_bus_request_name(service, "org.example.Silent", 0), 0);
        ck_assert_int_ge(sd_bus_add_object(service, NULL, "/", on_heard, NULL), 0);
}

START_TEST(a_service_that_says_nothing_is_not_waited_for)
{
        be_silent();
        lw_bus_call(bus, &silent, on_end, &ends, "");
        run_until(&ends, 1);
        ck_assert_str_eq(end_error, SD_BUS_ERROR_NO_REPLY);
        g_clear_pointer(&end_error, g_free);
}
END_TEST

START_TEST(a_bus_that_dies_ends_every_call)
{
        LwBusMethod patient = silent;

        patient.timeout_usec = 60 * LW_USEC_PER_SEC;
        be_silent();
        lw_bus_call(bus, &patient, on_end, &ends, "");
        lw_bus_call(bus, &patient, on_end, &ends, "");
        run_until(&heard, 2);
        ck_assert_uint_eq(ends, 0);
        lw_private_bus_kill(daemon_);
        run_until(&ends, 2);
        ck_assert_ptr_nonnull(end_error);
        lw_bus_call(bus, &patient, on_end, &ends, "");
        ck_assert_uint_eq(ends, 3);
        ck_assert_str_eq(end_error, SD_BUS_ERROR_DISCONNECTED);
        g_clear_pointer(&end_error, g_free);
}
END_TEST

START_TEST(our_end_ends_every_call)
{
        LwBusMethod patient = silent;

        patient.timeout_usec = 60 * LW_USEC_PER_SEC;
        be_silent();
        lw_bus_call(bus, &patient, on_end, &ends, "");
        run_until(&heard, 1);
        lw_bus_free(g_steal_pointer(&bus));
        ck_assert_uint_eq(ends, 1);
        ck_assert_str_eq(end_error, SD_BUS_ERROR_DISCONNECTED);
        g_clear_pointer(&end_error, g_free);
}
END_TEST

/* logind */

static const char *reboot_error; /* what logind answers, NULL: it reboots */
static int reboot_interactive;
static unsigned reboots;
static GError *reboot_result;

static int on_reboot(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        (void) user;
        ck_assert_int_ge(sd_bus_message_read(m, "b", &reboot_interactive), 0);
        if (reboot_error != NULL)
                return sd_bus_error_set(ret_error, reboot_error, "words of logind");
        return sd_bus_reply_method_return(m, "");
}

static const sd_bus_vtable login1_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Reboot", "b", "", on_reboot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static void on_rebooted(void *user, const GError *error)
{
        (void) user;
        reboot_result = error != NULL ? g_error_copy(error) : NULL;
        reboots++;
}

static const struct {
        const char *error;
        LwStatus status; /* 0: it reboots */
        const char *says;
} reboot_cases[] = {
        { NULL, 0, NULL },
        { SD_BUS_ERROR_ACCESS_DENIED, LW_STATUS_FAILED, "polkit rule" },
        { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, LW_STATUS_FAILED, "polkit rule" },
        { "org.freedesktop.login1.BlockedByInhibitorLock", LW_STATUS_FAILED, "systemd-inhibit" },
        { "org.freedesktop.login1.OperationInProgress", LW_STATUS_FAILED, "words of logind" },
        { SD_BUS_ERROR_NO_REPLY, LW_STATUS_UNAVAILABLE, "systemd-logind" },
};

START_TEST(a_reboot_is_asked_of_logind)
{
        reboot_error = reboot_cases[_i].error;
        reboot_interactive = 1;
        ck_assert_int_ge(sd_bus_add_object_vtable(service, NULL, "/org/freedesktop/login1",
                                         "org.freedesktop.login1.Manager", login1_vtable, NULL),
                        0);
        ck_assert_int_ge(sd_bus_request_name(service, "org.freedesktop.login1", 0), 0);
        lw_login1_reboot(bus, on_rebooted, NULL);
        run_until(&reboots, 1);
        ck_assert_int_eq(reboot_interactive, 0);
        if (reboot_cases[_i].status == 0) {
                ck_assert_ptr_null(reboot_result);
                return;
        }
        ck_assert(g_error_matches(reboot_result, LW_ERROR, (int) reboot_cases[_i].status));
        ck_assert_ptr_nonnull(strstr(reboot_result->message, reboot_cases[_i].says));
        g_clear_error(&reboot_result);
}
END_TEST

START_TEST(without_logind_it_says_so)
{
        lw_login1_reboot(bus, on_rebooted, NULL);
        run_until(&reboots, 1);
        ck_assert(g_error_matches(reboot_result, LW_ERROR, LW_STATUS_UNAVAILABLE));
        ck_assert_ptr_nonnull(strstr(reboot_result->message, "systemd-logind"));
        g_clear_error(&reboot_result);
}
END_TEST

/* hostnamed */

static bool serial_denied;
static unsigned told;
static char *facts_text;

static int on_serial(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        (void) user;
        if (serial_denied)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_ACCESS_DENIED, "no");
        return sd_bus_reply_method_return(m, "s", "SN42");
}

static int get_fact(sd_bus *from, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        (void) from;
        (void) path;
        (void) interface;
        (void) user;
        (void) ret_error;
        return sd_bus_message_append(reply, "s",
                        strcmp(property, "HardwareVendor") == 0 ? "Acme"
                        : strcmp(property, "Hostname") == 0     ? "box"
                                                                : "");
}

static const sd_bus_vtable hostname1_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("GetHardwareSerial", "", "s", on_serial, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Hostname", "s", get_fact, 0, 0),
        SD_BUS_PROPERTY("HardwareVendor", "s", get_fact, 0, 0),
        SD_BUS_PROPERTY("HardwareModel", "s", get_fact, 0, 0),
        SD_BUS_VTABLE_END,
};

static const char *shown(const char *text)
{
        return text != NULL ? text : "-";
}

static void on_facts(void *user, const LwHostname1 *facts)
{
        (void) user;
        facts_text = g_strdup_printf("%s %s %s", shown(facts->vendor), shown(facts->model),
                        shown(facts->serial));
        told++;
}

static const struct {
        bool there, denied, maker, serial;
        const char *facts; /* vendor, model, serial */
} hostname_cases[] = {
        { true, false, true, true, "Acme - SN42" },
        { true, false, true, false, "Acme - -" },
        { true, false, false, true, "- - SN42" },
        { true, true, true, true, "Acme - -" },
        { false, false, true, true, "- - -" },
};

START_TEST(hostnamed_tells_what_it_knows)
{
        serial_denied = hostname_cases[_i].denied;
        ck_assert_int_ge(sd_bus_add_object_vtable(service, NULL, "/org/freedesktop/hostname1",
                                         "org.freedesktop.hostname1", hostname1_vtable, NULL),
                        0);
        if (hostname_cases[_i].there)
                ck_assert_int_ge(sd_bus_request_name(service, "org.freedesktop.hostname1", 0), 0);
        lw_hostname1_ask(bus, hostname_cases[_i].maker, hostname_cases[_i].serial, on_facts, NULL);
        run_until(&told, 1);
        ck_assert_str_eq(facts_text, hostname_cases[_i].facts);
        g_clear_pointer(&facts_text, g_free);
}
END_TEST

TCase *test_call(void);
TCase *test_call(void)
{
        TCase *tcase = tcase_create("call");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, a_call_ends_with_its_answer, 0, G_N_ELEMENTS(owners));
        tcase_add_test(tcase, a_call_that_cannot_be_made_ends_at_once);
        tcase_add_test(tcase, a_service_that_says_nothing_is_not_waited_for);
        tcase_add_test(tcase, a_bus_that_dies_ends_every_call);
        tcase_add_test(tcase, our_end_ends_every_call);
        tcase_add_loop_test(tcase, a_reboot_is_asked_of_logind, 0, G_N_ELEMENTS(reboot_cases));
        tcase_add_test(tcase, without_logind_it_says_so);
        tcase_add_loop_test(tcase, hostnamed_tells_what_it_knows, 0, G_N_ELEMENTS(hostname_cases));
        return tcase;
}
