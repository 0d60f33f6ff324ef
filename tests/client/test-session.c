/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of sessions over restarts. */
#include <string.h>

#include "client/scene.h"
#include "client/suite.h"
#include "model/status.h"

static Scene scene;

static void setup(void)
{
        scene_setup(&scene, 2);
        scene_put(&scene, "/5000/0/0", lw_value_float(20));
        scene_put(&scene, "/5000/0/2", lw_value_string("a"));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
}

static void teardown(void)
{
        scene_teardown(&scene);
}

static GBytes *save(void)
{
        return lw_server_save_session(scene.server, scene.now);
}

/* The process ends without a word, and begins again. Values are as they were. */
static void restart(void)
{
        g_autoptr(GBytes) session = save();

        scene_teardown(&scene);
        scene_resume(&scene, 2, session);
        scene_put(&scene, "/5000/0/0", lw_value_float(22));
        scene_put(&scene, "/5000/0/2", lw_value_string("a"));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
}

static void set(double number)
{
        scene_pass(&scene, SECOND);
        scene_set(&scene, "/5000/0/0", lw_value_float(number));
}

START_TEST(begins_with_an_update_and_keeps_what_is_observed)
{
        scene_observe(&scene, "tk", "/5000/0/0", "pmax=600&st=0.5", -1);
        scene_observe(&scene, "i", "/5000/0", NULL, 110);
        scene_fetch(&scene, "c", "[{\"n\":\"/5000/1/0\"},{\"n\":\"/5000/0/2\"}]", NULL, 0);
        set(22);
        restart();
        ck_assert_str_eq(lw_server_location(scene.server), "/rd/1");
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 3);
        scene_answer(&scene, 0x44);
        lw_fake_settled(scene_fake(&scene), scene.now);
        /* nothing changed meanwhile */
        scene_check(&scene, "CON POST /rd/1?b=U ct=40 [51]\n");
        set(23);
        ck_assert_uint_eq(lw_fake_count(scene_fake(&scene)), 1);
        lw_fake_settled(scene_fake(&scene), scene.now);
        ck_assert_uint_eq(lw_fake_count(scene_fake(&scene)), 2);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 3);
}
END_TEST

START_TEST(what_was_stored_comes_once_and_in_order)
{
        g_autofree char *first = NULL, *second = NULL;

        scene_observe(&scene, "tk", "/5000/0/0", NULL, 0);
        scene_lose(&scene);
        set(21);
        set(22);
        restart();
        scene_answer(&scene, 0x44);
        lw_fake_settled(scene_fake(&scene), scene.now); /* the Update */
        lw_fake_settled(scene_fake(&scene), scene.now);
        scene_run(&scene);
        first = scene_heard(&scene);
        /* the numbers leap, as more may have been sent than was kept */
        ck_assert_ptr_nonnull(strstr(first, "CON 2.05 observe=4194306 ct=0 tk 21\n"
                                            "CON 2.05 observe=4194307 ct=0 tk 22\n"));
        lw_fake_settled(scene_fake(&scene), scene.now);
        scene_run(&scene);
        second = scene_heard(&scene);
        ck_assert_str_eq(second, "");
}
END_TEST

START_TEST(what_was_acknowledged_is_not_kept)
{
        g_autoptr(GBytes) session = NULL;
        g_autofree char *text = NULL;

        scene_observe(&scene, "tk", "/5000/0/0", NULL, 0);
        scene_lose(&scene);
        set(21);
        set(22);
        scene_return(&scene);
        lw_fake_settled(scene_fake(&scene), scene.now);
        session = save();
        text = g_strndup(g_bytes_get_data(session, NULL), g_bytes_get_size(session));
        ck_assert_ptr_nonnull(strstr(text, "notification"));
        ck_assert_ptr_null(strstr(strstr(text, "notification") + 1, "notification"));
}
END_TEST

START_TEST(without_a_registration_there_is_none)
{
        g_autoptr(GBytes) session = NULL;

        lw_client_stop(scene.client, scene.now);
        session = save();
        ck_assert_uint_eq(g_bytes_get_size(session), 0);
        ck_assert(lw_server_load_session(scene.server, session, scene.now, NULL));
}
END_TEST

START_TEST(one_that_ran_out_or_is_of_another_is_not_taken)
{
        g_autoptr(GBytes) session = NULL;

        scene_observe(&scene, "tk", "/5000/0/0", NULL, 0);
        session = save();
        scene_teardown(&scene);
        scene_setup(&scene, 1);
        g_free(scene.account->uri);
        scene.account->uri = g_strdup("coap://127.0.0.2");
        ck_assert(lw_server_load_session(scene.server, session, scene.now, NULL));
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

static const char *const bad[] = {
        "x",
        "session\n",
        "session a 2 0 0 0\n",
        "session a 3 0 0 0 rd\n",
        "session a 2 0 0 0 rd\nnothing\n",
        "session a 2 0 0 0 rd\nsample /1/0/1 5\n",
        "session a 2 0 0 0 rd\nobservation - 0 2 0 1 1 1 1 - /1/0/1\n",
        "session a 2 0 0 0 rd\nobservation dGs= 0 2 0 1 1 1 1 -\n",
        "session a 2 0 0 0 rd\nobservation dGs= 0 2 0 1 1 1 1 - /1 /2\n",
        "session a 2 0 0 0 rd\nobservation dGs= 0 2 0 1 1 1 1 pmin /1\n",
        "session a 2 0 0 0 rd\nobservation dGs= 0 2 0 1 1 1 1 x=1 /1\n",
        "session a 2 0 0 0 rd\nobservation dGs= 0 2 0 1 1 1 1 - 1\n",
        "session a 2 0 0 0 rd\nnotification dGs= 5 gA==\n",
        "session a 2 0 0 0 rd\nsession a 2 0 0 0 rd\n",
        "waiting\n",
        "waiting a b\n",
        "waiting a\nwaiting a\n",
        "waiting a\nsend 1 5 0\n",
        "waiting a\nsend 1 5 0 -\n",
        "waiting a\nsend 1 0 0 gA==\n",
        "waiting a\nsend -1 5 0 gA==\n",
        "waiting a\nsend 18446744073709551615 5 0 gA==\n",
        "waiting a\nsend 1 5 256 gA==\n",
        "waiting a\nsend 1 5 0 gA== x\n",
};

START_TEST(a_damaged_one_is_told_and_leaves_nothing)
{
        g_autoptr(GBytes) document = g_bytes_new(bad[_i], strlen(bad[_i]));
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_server_load_session(scene.server, document, scene.now, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

TCase *test_session(void)
{
        TCase *tcase = tcase_create("session");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, begins_with_an_update_and_keeps_what_is_observed);
        tcase_add_test(tcase, what_was_stored_comes_once_and_in_order);
        tcase_add_test(tcase, what_was_acknowledged_is_not_kept);
        tcase_add_test(tcase, without_a_registration_there_is_none);
        tcase_add_test(tcase, one_that_ran_out_or_is_of_another_is_not_taken);
        tcase_add_loop_test(tcase, a_damaged_one_is_told_and_leaves_nothing, 0, G_N_ELEMENTS(bad));
        return tcase;
}
