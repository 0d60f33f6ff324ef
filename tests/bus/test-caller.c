/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callers: what the bus says of them is read, remembered, and forgotten when they go. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "bus/caller.h"
#include "bus/error.h"
#include "bus/fake-bus.h"
#include "lib/suite.h"
#include "model/limits.h"

static LwFakeBus bus;
static LwCallers *callers;
static unsigned done; /* how often the handler had its caller */
static LwCaller last; /* without groups */
static size_t last_groups;

static int method_do(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const LwCaller *caller;
        int r = lw_callers_find(callers, m, &caller, ret_error);

        (void) user;
        if (r <= 0)
                return r < 0 ? r : 1;
        done++;
        last = *caller;
        last_groups = caller->group_count;
        return sd_bus_reply_method_return(m, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Do", "", "", method_do, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static void setup(void)
{
        lw_fake_bus_init(&bus);
        callers = lw_callers_new();
        lw_callers_attach(callers, bus.pair.ours);
        ck_assert_int_ge(sd_bus_add_object_vtable(bus.pair.ours, NULL, "/test", "org.example.Test",
                                         vtable, NULL),
                        0);
}

static void teardown(void)
{
        lw_callers_detach(callers);
        lw_callers_free(callers);
        lw_fake_bus_clear(&bus);
}

static void call(const char *sender)
{
        lw_fake_bus_call(&bus, sender, false);
        lw_pair_settle(&bus.pair);
}

START_TEST(knows_uid_pid_and_groups)
{
        call(":1.7");
        ck_assert_uint_eq(done, 1);
        ck_assert_uint_eq(bus.answers, 1);
        ck_assert_uint_eq(last.uid, 7);
        ck_assert_int_eq(last.pid, 4711);
        ck_assert_uint_eq(last_groups, 2);
}
END_TEST

START_TEST(asks_once_for_a_name)
{
        lw_fake_bus_call(&bus, ":1.7", false);
        lw_fake_bus_call(&bus, ":1.7", false);
        call(":1.7");
        call(":1.7");
        ck_assert_uint_eq(bus.answers, 4);
        ck_assert_uint_eq(bus.credentials_asked, 1);
        call(":1.8");
        ck_assert_uint_eq(bus.credentials_asked, 2);
        ck_assert_uint_eq(last.uid, 8);
}
END_TEST

START_TEST(forgets_a_name_that_goes)
{
        call(":1.7");
        call(":1.8");
        lw_fake_bus_drop_name(&bus, ":1.7");
        ck_assert_uint_eq(lw_callers_count(callers), 1);
        call(":1.7");
        ck_assert_uint_eq(bus.credentials_asked, 3);
}
END_TEST

START_TEST(a_caller_that_is_gone_is_denied)
{
        call(":1.99");
        ck_assert_uint_eq(done, 0);
        ck_assert_str_eq(bus.error_name, SD_BUS_ERROR_ACCESS_DENIED);
        ck_assert_uint_eq(lw_callers_count(callers), 0);
}
END_TEST

START_TEST(a_message_of_nobody_is_denied)
{
        call(NULL);
        ck_assert_str_eq(bus.error_name, SD_BUS_ERROR_ACCESS_DENIED);
        ck_assert_uint_eq(bus.credentials_asked, 0);
}
END_TEST

START_TEST(remembers_no_more_than_it_may)
{
        char name[16];

        for (unsigned uid = 100; uid < 100 + LW_BUS_CALLERS_MAX + 10; uid++) {
                snprintf(name, sizeof(name), ":1.%u", uid);
                lw_fake_bus_call(&bus, name, false);
                if (uid % 50 == 0)
                        call(":1.7"); /* who comes back stays */
        }
        lw_pair_settle(&bus.pair);
        ck_assert_uint_eq(lw_callers_count(callers), LW_BUS_CALLERS_MAX);
        ck_assert_uint_eq(bus.credentials_asked, LW_BUS_CALLERS_MAX + 11);
        ck_assert_uint_eq(bus.answers, LW_BUS_CALLERS_MAX + 10 + 6);
}
END_TEST

START_TEST(only_so_many_calls_wait)
{
        bus.hold_credentials = true;
        for (unsigned i = 0; i < LW_BUS_WAITING_MAX; i++)
                lw_fake_bus_call(&bus, ":1.7", false);
        lw_pair_settle(&bus.pair);
        ck_assert_uint_eq(bus.answers, 0);
        call(":1.8");
        ck_assert_uint_eq(bus.answers, 1);
        ck_assert_str_eq(bus.error_name, LW_BUS_ERROR_LIMIT_EXCEEDED);
}
END_TEST

START_TEST(a_bus_that_goes_drops_what_waits)
{
        bus.hold_credentials = true;
        call(":1.7");
        lw_callers_detach(callers);
        ck_assert_uint_eq(lw_callers_count(callers), 0);
        ck_assert_uint_eq(done, 0);
}
END_TEST

/* What a bus may answer */

static const struct {
        const char *why;
        const char *types;
        int result;
} answers[] = {
        { "no uid", "a{sv}", -ENODATA },
        { "no dictionary", "s", -EBADMSG },
        { "a dictionary of strings", "a{ss}", -EBADMSG },
        { "a uid that is text", "s in v", -EBADMSG },
        { "groups that are text", "as in v", -EBADMSG },
};

static void append_bad_answer(sd_bus_message *m, int row)
{
        int r = row == 0   ? sd_bus_message_append(m, "a{sv}", 1, "ProcessID", "u", 1u)
                : row == 1 ? sd_bus_message_append(m, "s", "UnixUserID")
                : row == 2 ? sd_bus_message_append(m, "a{ss}", 1, "UnixUserID", "0")
                : row == 3 ? sd_bus_message_append(m, "a{sv}", 1, "UnixUserID", "s", "0")
                           : sd_bus_message_append(m, "a{sv}", 2, "UnixUserID", "u", 0u,
                                             "UnixGroupIDs", "as", 1, "root");

        ck_assert_int_ge(r, 0);
}

START_TEST(an_answer_that_is_none_is_refused)
{
        LwCaller caller = { .uid = 12345 };
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_signal(bus.pair.ours, &m, "/", "a.b", "C"), 0);
        append_bad_answer(m, _i);
        sd_bus_message_seal(m, 1, 0);
        ck_assert_msg(lw_caller_read(m, &caller) == answers[_i].result, "%s", answers[_i].why);
        ck_assert_uint_eq(caller.uid, 12345);
        sd_bus_message_unref(m);
}
END_TEST

TCase *test_caller(void);
TCase *test_caller(void)
{
        TCase *tcase = tcase_create("caller");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, knows_uid_pid_and_groups);
        tcase_add_test(tcase, asks_once_for_a_name);
        tcase_add_test(tcase, forgets_a_name_that_goes);
        tcase_add_test(tcase, a_caller_that_is_gone_is_denied);
        tcase_add_test(tcase, a_message_of_nobody_is_denied);
        tcase_add_test(tcase, remembers_no_more_than_it_may);
        tcase_add_test(tcase, only_so_many_calls_wait);
        tcase_add_test(tcase, a_bus_that_goes_drops_what_waits);
        tcase_add_loop_test(tcase, an_answer_that_is_none_is_refused, 0, G_N_ELEMENTS(answers));
        return tcase;
}
