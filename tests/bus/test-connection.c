/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection: without a bus, with one, with one that dies and comes back, and the name on it.
 */
#include <stdlib.h>

#include "bus/connection.h"
#include "lib/private-bus.h"
#include "lib/suite.h"

#define NAME "org.lwm2md"
#define PATIENCE_USEC (15 * LW_USEC_PER_SEC)

static LwPrivateBus *daemon_;
static LwDriver *driver;

static void setup(void)
{
        daemon_ = lw_private_bus_new(NULL);
        driver = lw_driver_new();
}

static void teardown(void)
{
        lw_driver_free(driver);
        lw_private_bus_free(daemon_);
}

/* Runs the loop until `condition`; false when it takes too long. */
static bool run_until(bool (*condition)(const LwBus *bus), const LwBus *bus)
{
        LwUsec begin = lw_driver_now(driver).boot;

        while (!condition(bus)) {
                if (lw_driver_now(driver).boot - begin > PATIENCE_USEC)
                        return false;
                ck_assert_int_ge(sd_event_run(lw_driver_event(driver), LW_USEC_PER_SEC), 0);
        }
        return true;
}

static bool has_name(const LwBus *bus)
{
        return lw_bus_has_name(bus);
}

static bool is_gone(const LwBus *bus)
{
        return lw_bus_connection(bus) == NULL;
}

static bool is_there(const LwBus *bus)
{
        return lw_bus_connection(bus) != NULL;
}

/* A user that counts */

typedef struct Counter {
        unsigned attached, detached;
        sd_bus *bus;
} Counter;

static void count_attach(void *user, sd_bus *bus)
{
        Counter *self = user;

        ck_assert_ptr_null(self->bus);
        self->bus = bus;
        self->attached++;
}

static void count_detach(void *user, sd_bus *bus)
{
        Counter *self = user;

        ck_assert_ptr_eq(self->bus, bus);
        self->bus = NULL;
        self->detached++;
}

static const LwBusUser counter_user = { count_attach, count_detach };

START_TEST(connects_and_takes_the_name)
{
        LwBus *bus = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);
        Counter counter = {};

        lw_bus_add_user(bus, &counter_user, &counter);
        ck_assert_ptr_null(lw_bus_connection(bus));
        lw_bus_start(bus);
        ck_assert(run_until(has_name, bus));
        ck_assert_uint_eq(counter.attached, 1);
        ck_assert_ptr_eq(counter.bus, lw_bus_connection(bus));
        lw_bus_free(bus);
        ck_assert_uint_eq(counter.detached, 1);
}
END_TEST

START_TEST(a_bus_that_dies_is_followed_by_the_next)
{
        LwBus *bus = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);
        Counter counter = {};

        lw_bus_add_user(bus, &counter_user, &counter);
        lw_bus_start(bus);
        ck_assert(run_until(has_name, bus));
        for (unsigned i = 1; i <= 2; i++) {
                lw_private_bus_kill(daemon_);
                ck_assert(run_until(is_gone, bus));
                ck_assert(!lw_bus_has_name(bus));
                ck_assert_uint_eq(counter.detached, i);
                lw_private_bus_start(daemon_);
                ck_assert(run_until(has_name, bus));
                ck_assert_uint_eq(counter.attached, i + 1);
        }
        lw_bus_free(bus);
}
END_TEST

START_TEST(a_bus_that_comes_later_is_found)
{
        LwBus *bus;

        lw_private_bus_kill(daemon_);
        bus = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);
        lw_bus_start(bus);
        ck_assert_ptr_null(lw_bus_connection(bus));
        lw_private_bus_start(daemon_);
        ck_assert(run_until(has_name, bus));
        lw_bus_free(bus);
}
END_TEST

START_TEST(the_system_bus_is_where_the_environment_says)
{
        LwBus *bus;

        setenv("DBUS_SYSTEM_BUS_ADDRESS", lw_private_bus_address(daemon_), true);
        bus = lw_bus_new(driver, _i == 0 ? NULL : "system", NAME);
        lw_bus_start(bus);
        ck_assert(run_until(has_name, bus));
        lw_bus_free(bus);
}
END_TEST

START_TEST(the_session_bus_too)
{
        LwBus *bus;

        setenv("DBUS_SESSION_BUS_ADDRESS", lw_private_bus_address(daemon_), true);
        bus = lw_bus_new(driver, "session", NAME);
        lw_bus_start(bus);
        ck_assert(run_until(has_name, bus));
        lw_bus_free(bus);
        unsetenv("DBUS_SESSION_BUS_ADDRESS");
        bus = lw_bus_new(driver, "session", NAME);
        lw_bus_start(bus); /* no address: no connection, no crash */
        ck_assert_ptr_null(lw_bus_connection(bus));
        lw_bus_free(bus);
}
END_TEST

START_TEST(a_taken_name_comes_when_its_owner_goes)
{
        LwBus *first = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);
        LwBus *second = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);

        lw_bus_start(first);
        ck_assert(run_until(has_name, first));
        lw_bus_start(second);
        ck_assert(run_until(is_there, second));
        for (int i = 0; i < 20; i++)
                sd_event_run(lw_driver_event(driver), 10000);
        ck_assert(!lw_bus_has_name(second));
        lw_bus_free(first);
        ck_assert(run_until(has_name, second));
        lw_bus_free(second);
}
END_TEST

START_TEST(a_refused_name_leaves_the_connection)
{
        LwPrivateBus *strict = lw_private_bus_new("<deny own=\"" NAME "\"/>");
        LwBus *bus = lw_bus_new(driver, lw_private_bus_address(strict), NAME);
        Counter counter = {};

        lw_bus_add_user(bus, &counter_user, &counter);
        lw_bus_start(bus);
        ck_assert(run_until(is_there, bus));
        for (int i = 0; i < 20; i++)
                sd_event_run(lw_driver_event(driver), 10000);
        ck_assert(!lw_bus_has_name(bus));
        ck_assert_uint_eq(counter.attached, 1);
        ck_assert_uint_eq(counter.detached, 0);
        lw_bus_free(bus);
        lw_private_bus_free(strict);
}
END_TEST

/* Users that come and go while others are told */

static LwBus *nested_bus;
static Counter nested;

static void attach_adds(void *user, sd_bus *bus)
{
        (void) user;
        (void) bus;
        lw_bus_add_user(nested_bus, &counter_user, &nested);
}

static void detach_removes(void *user, sd_bus *bus)
{
        (void) user;
        (void) bus;
        lw_bus_remove_user(nested_bus, &counter_user, &nested);
}

START_TEST(users_may_come_and_go_from_each_others_calls)
{
        static const LwBusUser user = { attach_adds, detach_removes };
        Counter counter = {};

        nested_bus = lw_bus_new(driver, lw_private_bus_address(daemon_), NAME);
        lw_bus_add_user(nested_bus, &user, NULL);
        lw_bus_add_user(nested_bus, &counter_user, &counter);
        lw_bus_start(nested_bus);
        ck_assert(run_until(has_name, nested_bus));
        ck_assert_uint_eq(counter.attached, 1);
        ck_assert_uint_eq(nested.attached, 1);
        lw_bus_remove_user(nested_bus, &user, NULL);
        ck_assert_uint_eq(nested.detached, 1);
        lw_bus_free(nested_bus);
        ck_assert_uint_eq(nested.detached, 1);
        ck_assert_uint_eq(counter.detached, 1);
}
END_TEST

TCase *test_connection(void);
TCase *test_connection(void)
{
        TCase *tcase = tcase_create("connection");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, connects_and_takes_the_name);
        tcase_add_test(tcase, a_bus_that_dies_is_followed_by_the_next);
        tcase_add_test(tcase, a_bus_that_comes_later_is_found);
        tcase_add_loop_test(tcase, the_system_bus_is_where_the_environment_says, 0, 2);
        tcase_add_test(tcase, the_session_bus_too);
        tcase_add_test(tcase, a_taken_name_comes_when_its_owner_goes);
        tcase_add_test(tcase, a_refused_name_leaves_the_connection);
        tcase_add_test(tcase, users_may_come_and_go_from_each_others_calls);
        return tcase;
}
