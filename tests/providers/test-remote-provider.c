/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads that travel to a service and back: once, late, too late, too many, without anybody. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/suite.h"

#define FIRST "/org/lwm2md/registration/1"

static void setup(void)
{
        lw_remote_stage_setup();
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "seven"), "");
}

static void ask(const char *path, LwAnswer *answer)
{
        lw_world_ask(&remote.world, LW_OPERATION_READ, path, NULL, answer);
        lw_remote_stage_settle();
}

START_TEST(a_request_is_one_call)
{
        g_auto(LwAnswer) answer = {};

        ask("/3303/7", &answer);
        ck_assert_uint_eq(remote.reads, 1);
        ck_assert_str_eq(remote.asked, "/3303/7/5700 /3303/7/5701 0 Read");
        ck_assert_int_eq(answer.status, 0); /* it waits */
        lw_remote_stage_reply("/3303/7/5700", "v", "d", 21.5);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_str_eq(answer.text, "/3303/7/5700=21.5");
}
END_TEST

static const struct {
        const char *error;
        LwStatus status;
} errors[] = {
        { "org.lwm2md.Error.NotFound", LW_STATUS_NOT_FOUND },
        { "org.lwm2md.Error.PreconditionFailed", LW_STATUS_PRECONDITION_FAILED },
        { "org.freedesktop.DBus.Error.UnknownMethod", LW_STATUS_NOT_PERMITTED },
        { "org.freedesktop.DBus.Error.NoReply", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.ServiceUnknown", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.NameHasNoOwner", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.LimitsExceeded", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.AccessDenied", LW_STATUS_FAILED },
        { "com.example.Broken", LW_STATUS_FAILED },
};

START_TEST(an_error_is_a_response_code)
{
        g_auto(LwAnswer) answer = {};

        ask("/3303/7/5700", &answer);
        lw_remote_stage_fail(errors[_i].error);
        ck_assert_int_eq(answer.status, errors[_i].status);
        ck_assert_ptr_nonnull(strstr(answer.text, "'seven' (:1.5) says: 'told to'"));
}
END_TEST

/* A server gets our words: a service's may tell more than it should know. */
START_TEST(a_server_does_not_hear_the_services_words)
{
        LwRequest request = {
                .operation = LW_OPERATION_READ,
                .server = 101,
                .version = LW_VERSION_1_1,
                .path = LW_PATH_RESOURCE(3303, 7, 5700),
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .now = lw_driver_now(remote.world.driver),
        };
        g_auto(LwAnswer) answer = {};

        lw_dispatch(remote.world.tree, &request, lw_world_on_answer, &answer);
        lw_remote_stage_settle();
        ck_assert_str_eq(remote.asked, "/3303/7/5700 101 Read");
        lw_remote_stage_fail("com.example.Broken");
        ck_assert_int_eq(answer.status, LW_STATUS_FAILED);
        ck_assert_ptr_null(strstr(answer.text, "told to"));
}
END_TEST

START_TEST(reads_run_side_by_side)
{
        g_auto(LwAnswer) first = {};
        g_auto(LwAnswer) second = {};

        ask("/3303/7/5700", &first);
        ask("/3303/7/5701", &second);
        ck_assert_uint_eq(remote.reads, 2);
        g_queue_reverse(&remote.waiting);
        lw_remote_stage_reply("/3303/7/5701", "v", "s", "Cel");
        ck_assert_str_eq(second.text, "/3303/7/5701=Cel");
        ck_assert_int_eq(first.status, 0);
        lw_remote_stage_reply("/3303/7/5700", "v", "d", 1.0);
        ck_assert_str_eq(first.text, "/3303/7/5700=1");
}
END_TEST

START_TEST(those_beyond_a_bound_wait_for_their_turn)
{
        LwAnswer answers[LW_PLUGIN_CALLS_MAX + 3] = {};

        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                ask("/3303/7/5700", &answers[i]);
        ck_assert_uint_eq(remote.reads, LW_PLUGIN_CALLS_MAX);
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
                ck_assert_int_eq(answers[i].status, 0);
                lw_remote_stage_reply("/3303/7/5700", "v", "d", (double) i);
                ck_assert_int_eq(answers[i].status, LW_STATUS_CONTENT);
        }
        ck_assert_uint_eq(remote.reads, G_N_ELEMENTS(answers));
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                lw_answer_clear(&answers[i]);
}
END_TEST

/* Of an observation nobody else would ask again. */
START_TEST(what_finds_no_room_is_looked_at_later_if_it_is_observed)
{
        static LwAnswer answers[LW_PLUGIN_CALLS_MAX + LW_PLUGIN_WAITING_MAX];
        g_auto(LwAnswer) late = {};

        ck_assert_str_eq(lw_remote_stage_call(":1.6", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/3303/9", 2, 5700, 5701, 1, "timeout_usec", "t",
                                         60 * LW_USEC_PER_SEC),
                        "");
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                lw_world_ask(&remote.world, LW_OPERATION_READ, "/3303/9/5700", NULL, &answers[i]);
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/9/5700", NULL,
                        LW_STATUS_UNAVAILABLE, NULL);
        lw_world_ask(&remote.world, LW_OPERATION_OBSERVE, "/3303/9/5701", NULL, &late);
        ck_assert_int_eq(late.status, LW_STATUS_UNAVAILABLE);
        lw_remote_stage_settle();
        g_string_truncate(remote.world.changes, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
                bool is_idle = i + LW_PLUGIN_CALLS_MAX >= G_N_ELEMENTS(answers) - 1;

                lw_remote_stage_reply("/3303/9/5700", "v", "d", 1.0);
                ck_assert_str_eq(remote.world.changes->str, is_idle ? "/3303/9/5701 " : "");
                lw_answer_clear(&answers[i]);
        }
}
END_TEST

/* Whatever is under way, and what waits, ends when the service goes. */
START_TEST(who_goes_fails_all_at_once)
{
        LwAnswer answers[LW_PLUGIN_CALLS_MAX + 3] = {};

        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                ask("/3303/7/5700", &answers[i]);
        lw_remote_stage_drop(":1.5");
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
                ck_assert_int_eq(answers[i].status, LW_STATUS_UNAVAILABLE);
                lw_answer_clear(&answers[i]);
        }
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/7/5700", NULL,
                        LW_STATUS_UNAVAILABLE, NULL);
        ck_assert_uint_eq(remote.reads, LW_PLUGIN_CALLS_MAX);
        lw_remote_stage_reply("/3303/7/5700", "v", "d", 1.0); /* nobody waits for it any more */
}
END_TEST

START_TEST(our_end_fails_all_at_once)
{
        g_auto(LwAnswer) answer = {};

        ask("/3303/7/5700", &answer);
        lw_remote_stage_restart();
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
}
END_TEST

/* Caches */

static void register_keeping(void)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.6", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/3303/8", 2, 5700, 5701, 2, "cache", "s", "notify",
                                         "values", "a{sv}", 1, "/3303/8/5700", "d", 5.0),
                        "");
}

START_TEST(what_is_kept_is_not_asked_for)
{
        g_auto(LwAnswer) answer = {};

        register_keeping();
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/8/5700", NULL, LW_STATUS_CONTENT,
                        "/3303/8/5700=5");
        ask("/3303/8", &answer);
        ck_assert_str_eq(remote.asked, "/3303/8/5701 0 Read");
        lw_remote_stage_reply("/3303/8/5701", "v", "s", "Cel");
        ck_assert_str_eq(answer.text, "/3303/8/5700=5 /3303/8/5701=Cel");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/8", NULL, LW_STATUS_CONTENT,
                        "/3303/8/5700=5 /3303/8/5701=Cel");
        ck_assert_uint_eq(remote.reads, 1);
}
END_TEST

/* The answer may be older than the report: it is given, and not kept. */
START_TEST(an_answer_that_a_report_overtakes_is_not_kept)
{
        g_auto(LwAnswer) answer = {};

        register_keeping();
        ask("/3303/8/5701", &answer);
        ck_assert_str_eq(lw_remote_stage_call(":1.6", "/org/lwm2md/registration/2",
                                         LW_REGISTRATION_INTERFACE, "Update", "a{sv}asa{sv}", 1,
                                         "/3303/8/5701", "s", "K", 0, 0),
                        "");
        lw_remote_stage_reply("/3303/8/5701", "v", "s", "Cel");
        ck_assert_str_eq(answer.text, "/3303/8/5701=Cel");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/8/5701", NULL, LW_STATUS_CONTENT,
                        "/3303/8/5701=K");
}
END_TEST

START_TEST(a_cache_dies_with_its_service)
{
        register_keeping();
        lw_remote_stage_drop(":1.6");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/8/5700", NULL,
                        LW_STATUS_UNAVAILABLE, NULL);
}
END_TEST

TCase *test_remote_provider(void)
{
        TCase *tcase = tcase_create("remote-provider");

        tcase_add_checked_fixture(tcase, setup, lw_remote_stage_teardown);
        tcase_add_test(tcase, a_request_is_one_call);
        tcase_add_loop_test(tcase, an_error_is_a_response_code, 0, G_N_ELEMENTS(errors));
        tcase_add_test(tcase, a_server_does_not_hear_the_services_words);
        tcase_add_test(tcase, reads_run_side_by_side);
        tcase_add_test(tcase, those_beyond_a_bound_wait_for_their_turn);
        tcase_add_test(tcase, what_finds_no_room_is_looked_at_later_if_it_is_observed);
        tcase_add_test(tcase, who_goes_fails_all_at_once);
        tcase_add_test(tcase, our_end_fails_all_at_once);
        tcase_add_test(tcase, what_is_kept_is_not_asked_for);
        tcase_add_test(tcase, an_answer_that_a_report_overtakes_is_not_kept);
        tcase_add_test(tcase, a_cache_dies_with_its_service);
        return tcase;
}
