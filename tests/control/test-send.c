/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manager1.Send and Manager1.Sent: who is refused, and with which words; what is told. */
#include <string.h>

#include "bus/authorize.h"
#include "control/stage.h"
#include "lib/suite.h"

static LwNow now(void)
{
        return lw_driver_now(stage.driver);
}

static void setup(void)
{
        stage_setup();
        lw_client_start(stage.client, now());
}

static const struct {
        const char *path;
        const char *outcome;
} paths[] = {
        { "/1000", "ok" },
        { "/1000/0/3/5", "ok" },
        { "/1000/9", "NotFound" },
        { "/999", "NotFound" },
        { "/1000/0/2", "NotPermitted" },
        { "/", "BadRequest" },
        { "3/0", "BadRequest" },
        { "/0/0/0", "AccessDenied" },
        { "/21", "AccessDenied" },
};

START_TEST(a_path_is_checked_before_anything_is_read)
{
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, paths[_i].path, 0), paths[_i].outcome);
        ck_assert_str_eq(stage.action, LW_ACTION_SEND);
        ck_assert_uint_eq(stage.fixture.one.reads, strcmp(paths[_i].outcome, "ok") == 0 ? 1 : 0);
}
END_TEST

START_TEST(without_a_path_there_is_nothing_to_send)
{
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 0, 0), "BadRequest");
}
END_TEST

START_TEST(options_are_of_their_type_and_known)
{
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "server", "q", 101), "ok");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "server", "q", 0), "ok");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "server", "q", 102),
                        "NoSuchServer");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "server", "s", "101"),
                        "InvalidArgs");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "timestamp_usec", "t",
                                         UINT64_C(1600000000000000)),
                        "ok");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "timestamp_usec", "t",
                                         UINT64_C(1600000000)),
                        "InvalidArgs"); /* seconds, and not microseconds */
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "timestamp_usec", "t",
                                         UINT64_MAX),
                        "InvalidArgs");
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 1, "when", "t", UINT64_C(1)),
                        "InvalidArgs");
}
END_TEST

START_TEST(ids_are_all_different)
{
        uint64_t first, second;

        stage_call("Send", "asa{sv}", 1, "/1000", 0);
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "t", &first), 0);
        stage_call("Send", "asa{sv}", 2, "/1000/0/0", "/1000/0/1", 0);
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "t", &second), 0);
        ck_assert_uint_gt(second, first);
}
END_TEST

START_TEST(a_server_that_does_not_take_it_is_told)
{
        LwAccount *account = lw_server_account(stage.server);

        account->mute_send = true;
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 0), "NotPermitted");
        account->mute_send = false;
        lw_server_deregister(stage.server, now());
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 0), "NotRegistered");
        lw_client_remove_server(stage.client, stage.server, now());
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 0), "NotRegistered");
}
END_TEST

START_TEST(who_may_not_is_told)
{
        stage.denied = true;
        ck_assert_str_eq(stage_call("Send", "asa{sv}", 1, "/1000", 0), "AccessDenied");
        ck_assert_uint_eq(stage.fixture.one.reads, 0);
}
END_TEST

static const struct {
        LwSendResult result;
        const char *signal;
} results[] = {
        { { LW_SEND_ANSWERED, LW_STATUS_CHANGED }, "Sent /org/lwm2md 7 101 2.04 Changed" },
        { { LW_SEND_ANSWERED, LW_STATUS_NOT_FOUND }, "Sent /org/lwm2md 7 101 4.04 Not Found" },
        { { LW_SEND_SILENT, LW_STATUS_TIMEOUT }, "Sent /org/lwm2md 7 101 timeout" },
};

START_TEST(the_end_is_signalled)
{
        g_autofree char *signals = NULL;

        lw_manager_sent(stage.manager, 7, 101, &results[_i].result);
        stage_settle();
        signals = stage_signals();
        ck_assert_str_eq(signals, results[_i].signal);
}
END_TEST

START_TEST(without_a_bus_nobody_is_told)
{
        lw_manager_bus_user.detach(stage.manager, stage.pair.ours);
        lw_manager_sent(stage.manager, 7, 101, &results[0].result);
        lw_manager_bus_user.attach(stage.manager, stage.pair.ours);
}
END_TEST

TCase *test_send(void);
TCase *test_send(void)
{
        TCase *tcase = tcase_create("send");

        tcase_add_checked_fixture(tcase, setup, stage_teardown);
        tcase_add_loop_test(
                        tcase, a_path_is_checked_before_anything_is_read, 0, G_N_ELEMENTS(paths));
        tcase_add_test(tcase, without_a_path_there_is_nothing_to_send);
        tcase_add_test(tcase, options_are_of_their_type_and_known);
        tcase_add_test(tcase, ids_are_all_different);
        tcase_add_test(tcase, a_server_that_does_not_take_it_is_told);
        tcase_add_test(tcase, who_may_not_is_told);
        tcase_add_loop_test(tcase, the_end_is_signalled, 0, G_N_ELEMENTS(results));
        tcase_add_test(tcase, without_a_bus_nobody_is_told);
        return tcase;
}
