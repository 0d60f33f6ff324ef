/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of notifications while the server is away. Source: OMA LwM2M Core 1.1, Server object,
 * resource 6; 1.2, hqmax. */
#include <string.h>

#include "client/scene.h"
#include "client/suite.h"
#include "model/limits.h"

static Scene scene;

static void setup(void)
{
        scene_setup(&scene, 2);
        scene_put(&scene, "/5000/0/0", lw_value_float(20));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
}

static void teardown(void)
{
        scene_teardown(&scene);
}

static void observe(const char *token, const char *path, int32_t format)
{
        ck_assert_ptr_nonnull(scene_observe(&scene, token, path, NULL, format));
        lw_fake_forget(scene_fake(&scene));
}

static void set(double number)
{
        scene_pass(&scene, SECOND);
        scene_set(&scene, "/5000/0/0", lw_value_float(number));
}

/* What the server is told until nothing more comes, which it acknowledges one by one; without our
 * requests. */
static void check(const char *expected)
{
        g_autoptr(GString) told = g_string_new(NULL);

        for (;;) {
                g_autofree char *heard = scene_heard(&scene);
                g_auto(GStrv) lines = g_strsplit(heard, "\n", -1);

                for (unsigned i = 0; lines[i]; i++)
                        if (lines[i][0] != '\0' && !strstr(lines[i], " POST "))
                                g_string_append_printf(told, "%s\n", lines[i]);
                if (heard[0] == '\0')
                        break;
                lw_fake_settled(scene_fake(&scene), scene.now);
                scene_run(&scene);
        }
        ck_assert_str_eq(told->str, expected);
}

static void come_back(void)
{
        scene_return(&scene);
}

START_TEST(what_was_missed_comes_in_order_with_its_time)
{
        observe("tk", "/5000/0/0", 110);
        scene_lose(&scene);
        set(21);
        set(22);
        set(21);
        come_back();
        check("CON 2.05 observe=2 ct=110 tk [{\"bn\":\"/5000/0/\",\"bt\":1700000001,\"n\":\"0\","
              "\"v\":21},{\"n\":\"0\",\"t\":1,\"v\":22},{\"n\":\"0\",\"t\":2,\"v\":21}]\n");
        set(23);
        check("NON 2.05 observe=3 ct=110 tk [{\"bn\":\"/5000/0/0\",\"v\":23}]\n");
}
END_TEST

START_TEST(a_format_without_time_takes_one_message_each)
{
        observe("tk", "/5000/0/0", 0);
        observe("b", "/5000/1/0", 0);
        scene_lose(&scene);
        set(21);
        scene_set(&scene, "/5000/1/0", lw_value_float(31));
        set(22);
        come_back();
        check("CON 2.05 observe=2 ct=0 tk 21\nCON 2.05 observe=2 ct=0 b 31\n"
              "CON 2.05 observe=3 ct=0 tk 22\n");
}
END_TEST

static void note_view(void *data, const LwObservationView *view)
{
        g_assert_cmpuint(view->sample_count, ==, 1);
        *(LwObservationView *) data = *view;
        ((LwObservationView *) data)->payload = NULL;
}

/* What the server got of the one observation, and when. */
static void check_got(double number, LwUsec ago)
{
        LwObservationView view = {};
        LwValue value = {};

        ck_assert_uint_eq(lw_server_list_observations(scene.server, 0, 1, note_view, &view), 1);
        ck_assert(lw_sample_value(view.samples, LW_TYPE_FLOAT, false, &value));
        ck_assert_double_eq(value.number, number);
        ck_assert_int_eq(scene.now.real_usec - view.sent_real_usec, (int64_t) ago);
}

START_TEST(what_is_stored_is_not_what_the_server_got)
{
        g_autoptr(GBytes) session = NULL;

        observe("tk", "/5000/0/0", 0);
        check_got(20, 0);
        scene_lose(&scene);
        set(21);
        set(22);
        check_got(20, 2 * SECOND);
        session = lw_server_save_session(scene.server, scene.now);
        scene_teardown(&scene);
        scene_resume(&scene, 2, session); /* with the clock as it was at first */
        check_got(20, 0);
        scene_put(&scene, "/5000/0/0", lw_value_float(22));
        scene_answer(&scene, 0x44);
        lw_fake_forget(scene_fake(&scene)); /* 21 is on its way */
        scene_pass(&scene, SECOND);
        check_got(20, SECOND);
        lw_fake_settled(scene_fake(&scene), scene.now);
        scene_run(&scene);
        check_got(21, 0);
        check("CON 2.05 observe=4194307 ct=0 tk 22\n");
        check_got(22, 0);
}
END_TEST

START_TEST(conditions_hold_while_the_server_is_away)
{
        scene_attributes(&scene, "/5000/0/0", "pmin=10&st=5");
        observe("tk", "/5000/0/0", 0);
        scene_lose(&scene);
        set(24);
        set(26);
        set(27);
        scene_pass(&scene, 10 * SECOND);
        set(29);
        come_back();
        check("CON 2.05 observe=2 ct=0 tk 27\n");
}
END_TEST

START_TEST(without_storing_the_present_alone_is_told)
{
        scene.account->storing = false;
        observe("tk", "/5000/0/0", 110);
        scene_lose(&scene);
        scene.reads = 0;
        set(21);
        set(22);
        ck_assert_uint_eq(scene.reads, 0);
        come_back();
        check("NON 2.05 observe=2 ct=110 tk [{\"bn\":\"/5000/0/0\",\"v\":22}]\n");
}
END_TEST

START_TEST(hqmax_says_how_much)
{
        scene_attributes(&scene, "/5000/0/0", "hqmax=2");
        scene_attributes(&scene, "/5000/1/0", "hqmax=0");
        observe("tk", "/5000/0/0", 0);
        observe("b", "/5000/1/0", 0);
        scene_lose(&scene);
        for (unsigned i = 0; i < 5; i++) {
                set(21 + i);
                scene_set(&scene, "/5000/1/0", lw_value_float(31 + i));
        }
        come_back();
        check("CON 2.05 observe=2 ct=0 tk 24\nNON 2.05 observe=2 ct=0 b 35\n"
              "CON 2.05 observe=3 ct=0 tk 25\n");
}
END_TEST

START_TEST(hqmax_counts_element_by_element)
{
        scene_put(&scene, "/5000/0/1", lw_value_boolean(false));
        scene_put(&scene, "/5000/0/2", lw_value_string("a"));
        scene_attributes(&scene, "/5000/0/0", "hqmax=2");
        scene_attributes(&scene, "/5000/0/1", "hqmax=1");
        observe("tk", "/5000/0", 110);
        scene_lose(&scene);
        set(21);
        scene_set(&scene, "/5000/0/2", lw_value_string("b"));
        scene_set(&scene, "/5000/0/1", lw_value_boolean(true));
        set(22);
        set(23);
        come_back();
        /* two numbers, one Boolean; the text, of which nothing is to be stored, as it is now */
        check("CON 2.05 observe=2 ct=110 tk [{\"bn\":\"/5000/\",\"bt\":1700000002,\"n\":\"0/0\","
              "\"v\":22},{\"n\":\"0/0\",\"t\":1,\"v\":23},{\"n\":\"0/1\",\"t\":1,\"vb\":true}]\n"
              "CON 2.05 observe=3 ct=110 tk [{\"bn\":\"/5000/0/\",\"n\":\"0\",\"v\":23},"
              "{\"n\":\"1\",\"vb\":true},{\"n\":\"2\",\"vs\":\"b\"}]\n");
        ck_assert_uint_eq(lw_client_deadline(scene.client), LW_USEC_NEVER);
}
END_TEST

/* /1/x/4, and the answer to the De-register; then the time is over and the server takes us. */
static void go_away(void)
{
        lw_server_disable(scene.server, 100, scene.now);
        scene_run(&scene);
        scene_answer(&scene, 0x42);
        ck_assert_str_eq(lw_server_state_name(scene.server), "disabled");
}

static void be_enabled(void)
{
        scene_pass(&scene, 100 * SECOND);
        lw_fake_up(scene_fake(&scene), scene.now);
        scene_run(&scene);
        scene_answer(&scene, 0x41);
        lw_fake_settled(scene_fake(&scene), scene.now);
        check("");
}

START_TEST(what_was_missed_while_disabled_comes_when_it_is_observed_again)
{
        observe("tk", "/5000/0/0", 110);
        go_away();
        set(21);
        set(22);
        be_enabled();
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
        observe("new", "/5000/0/0", 110);
        scene_run(&scene);
        check("CON 2.05 observe=2 ct=110 new [{\"bn\":\"/5000/0/\",\"bt\":1700000001,\"n\":\"0\","
              "\"v\":21},{\"n\":\"0\",\"t\":1,\"v\":22}]\n");
        set(23);
        check("NON 2.05 observe=3 ct=110 new [{\"bn\":\"/5000/0/0\",\"v\":23}]\n");
}
END_TEST

START_TEST(the_present_comes_after_what_was_missed)
{
        scene_attributes(&scene, "/5000/0/0", "st=5");
        observe("tk", "/5000/0/0", 0);
        go_away();
        set(26);
        set(27); /* is no step from 26, but is what is true then */
        be_enabled();
        observe("tk", "/5000/0/0", 0);
        scene_run(&scene);
        check("CON 2.05 observe=2 ct=0 tk 26\nCON 2.05 observe=3 ct=0 tk 27\n");
}
END_TEST

START_TEST(what_is_not_observed_again_is_forgotten)
{
        g_autofree char *observed = NULL;

        observe("tk", "/5000/0/0", 110);
        go_away();
        set(21);
        be_enabled();
        observe("b", "/5000/1/0", 110);
        scene_run(&scene);
        set(22);
        check("");
        scene_pass(&scene, 301 * SECOND);
        observed = scene_observed(&scene);
        ck_assert_str_eq(observed, "/5000/1/0");
        observe("tk", "/5000/0/0", 110);
        scene_run(&scene);
        check("");
}
END_TEST

START_TEST(without_storing_a_disable_ends_all)
{
        g_autofree char *observed = NULL;

        scene.account->storing = false;
        observe("tk", "/5000/0/0", 110);
        go_away();
        observed = scene_observed(&scene);
        ck_assert_str_eq(observed, "");
        set(21);
        be_enabled();
        observe("tk", "/5000/0/0", 110);
        scene_run(&scene);
        check("");
}
END_TEST

START_TEST(a_person_who_deregisters_ends_all)
{
        g_autofree char *observed = NULL;

        observe("tk", "/5000/0/0", 110);
        lw_server_deregister(scene.server, scene.now);
        scene_run(&scene);
        observed = scene_observed(&scene);
        ck_assert_str_eq(observed, "");
}
END_TEST

START_TEST(what_was_missed_while_disabled_outlives_a_restart)
{
        g_autoptr(GBytes) session = NULL;

        observe("tk", "/5000/0/0", 110);
        go_away();
        set(21);
        session = lw_server_save_session(scene.server, scene.now);
        scene_teardown(&scene);
        scene_resume(&scene, 2, session); /* it registers at once */
        scene_put(&scene, "/5000/0/0", lw_value_float(21));
        scene_answer(&scene, 0x41);
        lw_fake_settled(scene_fake(&scene), scene.now);
        check("");
        observe("new", "/5000/0/0", 110);
        scene_run(&scene);
        check("CON 2.05 observe=2 ct=110 new "
              "[{\"bn\":\"/5000/0/0\",\"bt\":1700000001,\"v\":21}]\n");
}
END_TEST

START_TEST(what_is_not_acknowledged_comes_again_and_only_that)
{
        scene_attributes(&scene, "/5000", "con=1");
        observe("tk", "/5000/0/0", 0);
        set(21);
        scene_check(&scene, "CON 2.05 observe=2 ct=0 tk 21\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        set(22);
        set(23);
        lw_fake_failed(scene_fake(&scene), 0, LW_TRANSPORT_TIMED_OUT, scene.now);
        scene_run(&scene);
        set(24);
        /* the Update is answered, so that the server is there after all */
        scene_answer(&scene, 0x44);
        check("CON 2.05 observe=3 ct=0 tk 22\nCON 2.05 observe=4 ct=0 tk 22\n"
              "CON 2.05 observe=5 ct=0 tk 23\nCON 2.05 observe=6 ct=0 tk 24\n");
}
END_TEST

START_TEST(the_end_of_a_target_is_told_when_the_server_is_back)
{
        observe("tk", "/5000/0/0", 0);
        scene_lose(&scene);
        set(21);
        lw_tree_remove_layer(scene.tree, &LW_PATH_INSTANCE(5000, 0), &scene.provider);
        scene_run(&scene);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
        come_back();
        check("CON 2.05 observe=2 ct=0 tk 21\nCON 4.04 tk \n");
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(a_new_registration_ends_what_is_stored)
{
        observe("tk", "/5000/0/0", 0);
        scene_lose(&scene);
        set(21);
        scene.factory->fails_with = 0;
        while (scene_fake(&scene)->is_closed)
                scene_pass(&scene, SECOND);
        lw_fake_up(scene_fake(&scene), scene.now);
        scene_answer(&scene, 0x84);
        scene_answer(&scene, 0x41);
        lw_fake_forget(scene_fake(&scene));
        check("");
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

TCase *test_storing(void)
{
        TCase *tcase = tcase_create("storing");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_was_missed_comes_in_order_with_its_time);
        tcase_add_test(tcase, a_format_without_time_takes_one_message_each);
        tcase_add_test(tcase, what_is_stored_is_not_what_the_server_got);
        tcase_add_test(tcase, conditions_hold_while_the_server_is_away);
        tcase_add_test(tcase, without_storing_the_present_alone_is_told);
        tcase_add_test(tcase, hqmax_says_how_much);
        tcase_add_test(tcase, hqmax_counts_element_by_element);
        tcase_add_test(tcase, what_was_missed_while_disabled_comes_when_it_is_observed_again);
        tcase_add_test(tcase, the_present_comes_after_what_was_missed);
        tcase_add_test(tcase, what_is_not_observed_again_is_forgotten);
        tcase_add_test(tcase, without_storing_a_disable_ends_all);
        tcase_add_test(tcase, a_person_who_deregisters_ends_all);
        tcase_add_test(tcase, what_was_missed_while_disabled_outlives_a_restart);
        tcase_add_test(tcase, what_is_not_acknowledged_comes_again_and_only_that);
        tcase_add_test(tcase, the_end_of_a_target_is_told_when_the_server_is_back);
        tcase_add_test(tcase, a_new_registration_ends_what_is_stored);
        return tcase;
}
