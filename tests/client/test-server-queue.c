/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of queue mode: awake for 93 s after the last message. Source: OMA LwM2M Core 1.1, 6.5. */
#include "client/scene.h"
#include "client/suite.h"

static Scene scene;

static void setup(void)
{
        scene_setup(&scene, 1);
        scene_put(&scene, "/5000/0/0", lw_value_float(20));
        scene.account->queue_mode = true;
}

static void teardown(void)
{
        scene_teardown(&scene);
}

static void check_state(const char *state)
{
        ck_assert_str_eq(lw_server_state_name(scene.server), state);
}

static void fall_asleep(void)
{
        scene_pass(&scene, 93 * SECOND);
        check_state("asleep");
        lw_fake_forget(scene_fake(&scene));
}

START_TEST(sleeps_when_nothing_comes_or_goes)
{
        scene_pass(&scene, 93 * SECOND - 1);
        check_state("registered");
        scene_pass(&scene, 1);
        check_state("asleep");
        /* and stays so, without a look at the clock */
        ck_assert_uint_eq(lw_client_deadline(scene.client), LW_USEC_NEVER);
        ck_assert_int_eq(lw_client_state(scene.client), LW_CLIENT_ONLINE);
}
END_TEST

START_TEST(stays_awake_without_queue_mode)
{
        scene.account->queue_mode = false;
        scene_pass(&scene, 1000 * SECOND);
        check_state("registered");
        ck_assert_uint_eq(lw_client_deadline(scene.client), LW_USEC_NEVER);
}
END_TEST

START_TEST(a_request_that_comes_all_the_same_is_answered)
{
        const LwMessage *answer;

        fall_asleep();
        answer = scene_observe(&scene, "tk", "/5000/0/0", NULL, 0);
        ck_assert_uint_eq(answer->code, 0x45);
        check_state("registered");
        fall_asleep();
}
END_TEST

START_TEST(a_notification_goes_out_at_once_and_wakes_us)
{
        scene_observe(&scene, "tk", "/5000/0/0", NULL, 0);
        fall_asleep();
        scene_set(&scene, "/5000/0/0", lw_value_float(21));
        scene_check(&scene, "NON 2.05 observe=2 ct=0 tk 21\n");
        check_state("registered");
        scene_pass(&scene, 50 * SECOND);
        scene_set(&scene, "/5000/0/0", lw_value_float(22));
        scene_pass(&scene, 92 * SECOND); /* it counts from the last one */
        check_state("registered");
        scene_pass(&scene, SECOND);
        check_state("asleep");
}
END_TEST

START_TEST(an_update_wakes_us)
{
        fall_asleep();
        lw_server_update(scene.server, scene.now);
        scene_run(&scene);
        check_state("updating");
        scene_answer(&scene, 0x44);
        check_state("registered");
        fall_asleep();
}
END_TEST

START_TEST(a_connection_that_is_lost_is_no_sleep)
{
        fall_asleep();
        scene_lose(&scene);
        check_state("waiting");
        scene_return(&scene);
        check_state("registered");
        fall_asleep();
}
END_TEST

TCase *test_server_queue(void)
{
        TCase *tcase = tcase_create("server-queue");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, sleeps_when_nothing_comes_or_goes);
        tcase_add_test(tcase, stays_awake_without_queue_mode);
        tcase_add_test(tcase, a_request_that_comes_all_the_same_is_answered);
        tcase_add_test(tcase, a_notification_goes_out_at_once_and_wakes_us);
        tcase_add_test(tcase, an_update_wakes_us);
        tcase_add_test(tcase, a_connection_that_is_lost_is_no_sleep);
        return tcase;
}
