/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDriver: deadlines, deferred calls and the quiet in between. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <glib.h>

#include "io/driver.h"
#include "lib/suite.h"

TCase *test_driver(void);

#define MSEC LW_USEC_PER_MSEC

/* Somebody with deadlines: `left` of them, `step` apart. */
typedef struct Fixture {
        LwDriver *driver;
        LwUsec deadline;
        LwUsec step;
        unsigned left;
        unsigned runs;
        bool urgent;
        bool remove_on_run;
        GString *order;
} Fixture;

static LwUsec boot_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (LwUsec) now.tv_sec * LW_USEC_PER_SEC + (LwUsec) now.tv_nsec / 1000;
}

static LwUsec fixture_deadline(void *user)
{
        return ((Fixture *) user)->deadline;
}

static bool fixture_urgent(void *user)
{
        return ((Fixture *) user)->urgent;
}

static void fixture_run(void *user, LwNow now);

static const LwDriverClient client = { fixture_deadline, fixture_run, fixture_urgent };

static void fixture_run(void *user, LwNow now)
{
        Fixture *self = user;

        ck_assert_uint_ge(now.boot, self->deadline);
        self->runs++;
        if (self->remove_on_run)
                lw_driver_remove(self->driver, &client, self);
        if (--self->left == 0) {
                self->deadline = LW_USEC_NEVER;
                lw_driver_exit(self->driver, 42);
        } else {
                self->deadline = now.boot + self->step;
        }
}

START_TEST(calls_run_when_a_deadline_comes_and_again_for_the_next)
{
        Fixture self = { .driver = lw_driver_new(), .step = 3 * MSEC, .left = 3, .urgent = true };
        LwUsec begin = boot_now();

        self.deadline = begin + 3 * MSEC;
        lw_driver_add(self.driver, &client, &self);
        ck_assert_int_eq(lw_driver_run(self.driver), 42);
        ck_assert_uint_eq(self.runs, 3);
        ck_assert_uint_ge(boot_now() - begin, 9 * MSEC);
        lw_driver_free(self.driver);
}
END_TEST

START_TEST(serves_only_those_that_are_due)
{
        Fixture due = { .driver = lw_driver_new(), .left = 1, .urgent = true };
        Fixture later = { .deadline = LW_USEC_NEVER };
        Fixture much_later = { .deadline = boot_now() + LW_USEC_PER_SEC };

        due.deadline = boot_now() + MSEC;
        lw_driver_add(due.driver, &client, &later);
        lw_driver_add(due.driver, &client, &due);
        lw_driver_add(due.driver, &client, &much_later);
        ck_assert_int_eq(lw_driver_run(due.driver), 42);
        ck_assert_uint_eq(due.runs, 1);
        ck_assert_uint_eq(later.runs, 0);
        ck_assert_uint_eq(much_later.runs, 0);
        lw_driver_free(due.driver);
}
END_TEST

START_TEST(a_client_may_leave_while_it_runs)
{
        Fixture leaver = {
                .driver = lw_driver_new(), .left = 9, .urgent = true, .remove_on_run = true
        };
        Fixture other = { .driver = leaver.driver, .left = 1, .urgent = true };

        leaver.deadline = other.deadline = boot_now() + MSEC;
        leaver.step = 1;
        lw_driver_add(leaver.driver, &client, &leaver);
        lw_driver_add(leaver.driver, &client, &other);
        ck_assert_int_eq(lw_driver_run(leaver.driver), 42);
        ck_assert_uint_eq(leaver.runs, 1);
        ck_assert_uint_eq(other.runs, 1);
        lw_driver_free(leaver.driver);
}
END_TEST

/* A deadline that moves nearer by what happens in the loop is seen at the end of that turn. */
static void pull_deadline(void *user)
{
        ((Fixture *) user)->deadline = boot_now() + MSEC;
}

START_TEST(arms_anew_when_a_deadline_moves)
{
        Fixture self = { .driver = lw_driver_new(), .left = 1, .urgent = true };

        self.deadline = boot_now() + 3600 * LW_USEC_PER_SEC;
        lw_driver_add(self.driver, &client, &self);
        lw_driver_defer(self.driver, pull_deadline, &self);
        ck_assert_int_eq(lw_driver_run(self.driver), 42);
        lw_driver_free(self.driver);
}
END_TEST

START_TEST(sleeps_when_nothing_is_due)
{
        Fixture self = { .driver = lw_driver_new(), .deadline = LW_USEC_NEVER };
        unsigned turns = 0;

        lw_driver_add(self.driver, &client, &self);
        while (sd_event_run(lw_driver_event(self.driver), 20 * MSEC) > 0)
                turns++;
        /* The first turn and the post source of it. */
        ck_assert_uint_le(turns, 3);
        ck_assert_uint_eq(self.runs, 0);
        lw_driver_free(self.driver);
}
END_TEST

static void say_a(void *user)
{
        g_string_append_c(((Fixture *) user)->order, 'a');
}

static void say_b(void *user)
{
        Fixture *self = user;

        g_string_append_c(self->order, 'b');
        lw_driver_defer(self->driver, say_a, self);
        lw_driver_forget(self->driver, say_b, self);
}

static void end(void *user)
{
        lw_driver_exit(((Fixture *) user)->driver, 0);
}

static void defer_end(void *user)
{
        lw_driver_defer(((Fixture *) user)->driver, end, user);
}

START_TEST(deferred_calls_come_in_order_and_can_be_taken_back)
{
        Fixture self = { .driver = lw_driver_new(), .order = g_string_new(NULL) };

        lw_driver_defer(self.driver, say_a, &self);
        lw_driver_defer(self.driver, say_b, &self);
        lw_driver_defer(self.driver, say_b, &self); /* taken back by the first */
        lw_driver_defer(self.driver, defer_end, &self);
        ck_assert_uint_eq(self.order->len, 0);
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_str_eq(self.order->str, "aba");
        g_string_free(self.order, TRUE);
        lw_driver_free(self.driver);
}
END_TEST

START_TEST(forgotten_calls_do_not_come)
{
        Fixture self = { .driver = lw_driver_new(), .order = g_string_new(NULL) };
        Fixture other = { .driver = self.driver, .order = self.order };

        lw_driver_defer(self.driver, say_a, &self);
        lw_driver_defer(self.driver, say_a, &other);
        lw_driver_forget(self.driver, say_a, &self);
        lw_driver_defer(self.driver, end, &self);
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_str_eq(self.order->str, "a");
        g_string_free(self.order, TRUE);
        lw_driver_free(self.driver);
}
END_TEST

START_TEST(tells_the_time_of_the_turn)
{
        LwDriver *driver = lw_driver_new();
        LwNow first;
        LwNow second;

        ck_assert_int_ge(sd_event_run(lw_driver_event(driver), 0), 0);
        first = lw_driver_now(driver);
        ck_assert_uint_le(boot_now() - first.boot, LW_USEC_PER_SEC);
        ck_assert_int_le(llabs(g_get_real_time() - first.real_usec), (long long) LW_USEC_PER_SEC);
        second = lw_driver_now(driver);
        ck_assert_uint_eq(first.boot, second.boot);
        ck_assert_int_eq(first.real_usec, second.real_usec);
        lw_driver_free(driver);
}
END_TEST

static void on_stepped(void *user)
{
        ((Fixture *) user)->runs++;
        lw_driver_exit(((Fixture *) user)->driver, 0);
}

START_TEST(watches_the_clock_without_waking_up)
{
        Fixture self = { .driver = lw_driver_new() };
        unsigned turns = 0;

        ck_assert_int_eq(lw_driver_watch_clock(self.driver, on_stepped, &self), 0);
        while (sd_event_run(lw_driver_event(self.driver), 10 * MSEC) > 0)
                turns++;
        ck_assert_uint_le(turns, 3);
        ck_assert_uint_eq(self.runs, 0);
        lw_driver_free(self.driver);
}
END_TEST

TCase *test_driver(void)
{
        TCase *tcase = tcase_create("driver");

        tcase_add_test(tcase, calls_run_when_a_deadline_comes_and_again_for_the_next);
        tcase_add_test(tcase, serves_only_those_that_are_due);
        tcase_add_test(tcase, a_client_may_leave_while_it_runs);
        tcase_add_test(tcase, arms_anew_when_a_deadline_moves);
        tcase_add_test(tcase, sleeps_when_nothing_is_due);
        tcase_add_test(tcase, deferred_calls_come_in_order_and_can_be_taken_back);
        tcase_add_test(tcase, forgotten_calls_do_not_come);
        tcase_add_test(tcase, tells_the_time_of_the_turn);
        tcase_add_test(tcase, watches_the_clock_without_waking_up);
        return tcase;
}
