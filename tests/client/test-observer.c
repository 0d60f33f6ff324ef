/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of observations: what a server gets to hear, and when. */
#include <string.h>

#include "client/scene.h"
#include "client/suite.h"
#include "model/status.h"

static Scene scene;

static void setup(void)
{
        scene_setup(&scene, 3);
        scene_put(&scene, "/5000/0/0", lw_value_float(20));
        scene_put(&scene, "/5000/0/1", lw_value_boolean(false));
        scene_put(&scene, "/5000/0/2", lw_value_string("a"));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
}

static void teardown(void)
{
        scene_teardown(&scene);
}

static void check_observed(const char *expected)
{
        scene_check(&scene, expected);
}

static void check_code(const LwMessage *message, LwStatus status)
{
        ck_assert_ptr_nonnull(message);
        ck_assert_uint_eq(message->code, lw_status_to_code(status));
        if (status != LW_STATUS_CONTENT)
                ck_assert_ptr_null(lw_message_find(message, LW_OPTION_OBSERVE));
}

/* The number of what is observed. */
static void set(double number)
{
        scene_set(&scene, "/5000/0/0", lw_value_float(number));
}

static void observe(const char *query)
{
        check_code(scene_observe(&scene, "tk", "/5000/0/0", query, -1), LW_STATUS_CONTENT);
        lw_fake_forget(scene_fake(&scene));
        scene_run(&scene);
}

START_TEST(tells_every_change_and_nothing_else)
{
        observe(NULL);
        set(21);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\n");
        set(21);
        scene_set(&scene, "/5000/0/1", lw_value_boolean(true));
        scene_set(&scene, "/5000/1/0", lw_value_float(5));
        check_observed("");
        set(20.5);
        check_observed("NON 2.05 observe=3 ct=0 tk 20.5\n");
        ck_assert_uint_eq(lw_client_deadline(scene.client), LW_USEC_NEVER);
}
END_TEST

START_TEST(waits_for_pmin_and_tells_what_is_true_then)
{
        scene_attributes(&scene, "/5000/0/0", "pmin=10");
        observe(NULL);
        scene_pass(&scene, 4 * SECOND);
        set(21);
        scene_pass(&scene, 3 * SECOND);
        set(22);
        scene_pass(&scene, 3 * SECOND - 1);
        check_observed("");
        scene_pass(&scene, 1);
        check_observed("NON 2.05 observe=2 ct=0 tk 22\n");
        scene_pass(&scene, 30 * SECOND);
        check_observed("");
        /* pmin is over: at once */
        set(23);
        check_observed("NON 2.05 observe=3 ct=0 tk 23\n");
}
END_TEST

START_TEST(what_waited_is_told_though_it_is_back)
{
        scene_attributes(&scene, "/5000/0/0", "pmin=10");
        observe(NULL);
        set(21);
        set(20);
        scene_pass(&scene, 10 * SECOND);
        check_observed("NON 2.05 observe=2 ct=0 tk 20\n");
}
END_TEST

START_TEST(tells_at_pmax_though_nothing_changed)
{
        scene_attributes(&scene, "/5000", "pmax=60");
        observe(NULL);
        scene_pass(&scene, 60 * SECOND - 1);
        check_observed("");
        scene_pass(&scene, 1);
        check_observed("NON 2.05 observe=2 ct=0 tk 20\n");
        scene_pass(&scene, 20 * SECOND);
        set(21);
        check_observed("NON 2.05 observe=3 ct=0 tk 21\n");
        scene_pass(&scene, 59 * SECOND);
        check_observed("");
        scene_pass(&scene, SECOND);
        check_observed("NON 2.05 observe=4 ct=0 tk 21\n");
}
END_TEST

START_TEST(pmin_that_is_pmax_is_one_a_period)
{
        scene_attributes(&scene, "/5000/0", "pmin=10&pmax=10");
        observe(NULL);
        for (unsigned i = 1; i <= 20; i++) {
                scene_pass(&scene, SECOND);
                set(100 + i);
        }
        scene_pass(&scene, SECOND);
        check_observed("NON 2.05 observe=2 ct=0 tk 109\nNON 2.05 observe=3 ct=0 tk 119\n");
}
END_TEST

START_TEST(the_servers_defaults_hold_without_attributes)
{
        scene.account->default_pmin_seconds = 5;
        scene.account->default_pmax_seconds = 20;
        observe(NULL);
        set(21);
        scene_pass(&scene, 5 * SECOND);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\n");
        scene_pass(&scene, 20 * SECOND);
        check_observed("NON 2.05 observe=3 ct=0 tk 21\n");
        /* written while the observation is asleep */
        scene.account->default_pmax_seconds = 3;
        scene.account->default_pmin_seconds = 0;
        lw_server_touch(scene.server);
        scene_pass(&scene, 3 * SECOND);
        check_observed("NON 2.05 observe=4 ct=0 tk 21\n");
}
END_TEST

START_TEST(attributes_that_come_later_hold_from_then_on)
{
        observe(NULL);
        scene_pass(&scene, 100 * SECOND);
        scene_attributes(&scene, "/5000/0/0", "pmax=110&gt=50");
        set(30);
        check_observed("");
        scene_pass(&scene, 10 * SECOND);
        check_observed("NON 2.05 observe=2 ct=0 tk 30\n");
        set(51);
        check_observed("NON 2.05 observe=3 ct=0 tk 51\n");
        scene_attributes(&scene, "/5000/0/0", "");
        set(52);
        check_observed("NON 2.05 observe=4 ct=0 tk 52\n");
}
END_TEST

START_TEST(limits_count_from_what_was_told_last)
{
        scene_attributes(&scene, "/5000/0/0", "st=10");
        observe(NULL);
        set(26);
        set(29.5);
        check_observed("");
        set(30);
        check_observed("NON 2.05 observe=2 ct=0 tk 30\n");
        set(25);
        set(39);
        check_observed("");
        set(20);
        check_observed("NON 2.05 observe=3 ct=0 tk 20\n");
}
END_TEST

START_TEST(looks_no_oftener_than_epmin_and_no_rarer_than_epmax)
{
        scene_attributes(&scene, "/5000/0/0", "epmin=5&epmax=30");
        observe(NULL);
        scene_pass(&scene, 2 * SECOND);
        scene.reads = 0;
        set(21);
        scene_pass(&scene, 2 * SECOND);
        set(22);
        ck_assert_uint_eq(scene.reads, 0);
        scene_pass(&scene, SECOND);
        ck_assert_uint_eq(scene.reads, 1);
        check_observed("NON 2.05 observe=2 ct=0 tk 22\n");
        /* of this nobody is told */
        scene_put(&scene, "/5000/0/0", lw_value_float(23));
        scene_pass(&scene, 29 * SECOND);
        ck_assert_uint_eq(scene.reads, 1);
        scene_pass(&scene, SECOND);
        ck_assert_uint_eq(scene.reads, 2);
        check_observed("NON 2.05 observe=3 ct=0 tk 23\n");
}
END_TEST

START_TEST(an_edge_is_told_in_its_direction)
{
        scene_attributes(&scene, "/5000/0/1", "edge=1");
        scene_observe(&scene, "tk", "/5000/0/1", NULL, -1);
        lw_fake_forget(scene_fake(&scene));
        scene_set(&scene, "/5000/0/1", lw_value_boolean(true));
        check_observed("NON 2.05 observe=2 ct=0 tk 1\n");
        scene_set(&scene, "/5000/0/1", lw_value_boolean(false));
        check_observed("");
}
END_TEST

START_TEST(an_instance_by_the_limits_of_each_resource)
{
        scene_attributes(&scene, "/5000/0/0", "gt=50");
        scene_attributes(&scene, "/5000/0", "pmin=1");
        scene_observe(&scene, "tk", "/5000/0", NULL, 110);
        lw_fake_forget(scene_fake(&scene));
        scene_pass(&scene, 2 * SECOND);
        set(40);
        check_observed("");
        scene_set(&scene, "/5000/0/2", lw_value_string("b"));
        check_observed("NON 2.05 observe=2 ct=110 tk [{\"bn\":\"/5000/0/\",\"n\":\"0\","
                       "\"v\":40},{\"n\":\"1\",\"vb\":false},{\"n\":\"2\",\"vs\":\"b\"}]\n");
        set(60);
        scene_pass(&scene, SECOND);
        check_observed("NON 2.05 observe=3 ct=110 tk [{\"bn\":\"/5000/0/\",\"n\":\"0\","
                       "\"v\":60},{\"n\":\"1\",\"vb\":false},{\"n\":\"2\",\"vs\":\"b\"}]\n");
}
END_TEST

/* The Update that follows is no news here. */
static void check_after_update(const char *expected)
{
        g_autofree char *heard = scene_heard(&scene);
        const char *observed = strstr(heard, "NON 2.05");

        if (!observed)
                observed = strstr(heard, "CON 4.04");
        ck_assert_str_eq(observed ? observed : "", expected);
}

START_TEST(an_object_and_what_comes_and_goes_in_it)
{
        static const uint16_t ids[] = { 0 };

        scene_observe(&scene, "tk", "/5000", NULL, 110);
        lw_fake_forget(scene_fake(&scene));
        scene_put(&scene, "/5000/7/0", lw_value_float(7));
        ck_assert(lw_tree_add_layer(scene.tree, &LW_PATH_INSTANCE(5000, 7), &scene.provider,
                        LW_RANK_PLUGIN, ids, 1, NULL));
        scene_run(&scene);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
        check_after_update("NON 2.05 observe=2 ct=110 tk [{\"bn\":\"/5000/\",\"n\":\"0/0\","
                           "\"v\":20},{\"n\":\"0/1\",\"vb\":false},{\"n\":\"0/2\",\"vs\":\"a\"},"
                           "{\"n\":\"1/0\",\"v\":30},{\"n\":\"7/0\",\"v\":7}]\n");
        lw_tree_remove_layer(scene.tree, &LW_PATH_INSTANCE(5000, 7), &scene.provider);
        scene_run(&scene);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
}
END_TEST

START_TEST(the_elements_of_an_array)
{
        scene_put(&scene, "/5000/0/3/0", lw_value_integer(1));
        scene_put(&scene, "/5000/0/3/5", lw_value_integer(2));
        scene_attributes(&scene, "/5000/0/3/5", "st=10");
        check_code(scene_observe(&scene, "a", "/5000/0/3", NULL, 110), LW_STATUS_CONTENT);
        check_code(scene_observe(&scene, "b", "/5000/0/3/5", NULL, -1), LW_STATUS_CONTENT);
        lw_fake_forget(scene_fake(&scene));
        scene_set(&scene, "/5000/0/3/5", lw_value_integer(3));
        check_observed("");
        scene_set(&scene, "/5000/0/3/0", lw_value_integer(4));
        check_observed("NON 2.05 observe=2 ct=110 a [{\"bn\":\"/5000/0/3/\",\"n\":\"0\","
                       "\"v\":4},{\"n\":\"5\",\"v\":3}]\n");
        scene_set(&scene, "/5000/0/3/5", lw_value_integer(13));
        check_observed("NON 2.05 observe=3 ct=110 a [{\"bn\":\"/5000/0/3/\",\"n\":\"0\","
                       "\"v\":4},{\"n\":\"5\",\"v\":13}]\nNON 2.05 observe=2 ct=0 b 13\n");
        g_hash_table_remove(scene.values, "/5000/0/3/0");
        lw_tree_changed(scene.tree, &LW_PATH_RESOURCE(5000, 0, 3));
        scene_run(&scene);
        check_observed("NON 2.05 observe=4 ct=110 a [{\"bn\":\"/5000/0/3/\",\"n\":\"5\","
                       "\"v\":13}]\n");
}
END_TEST

START_TEST(attributes_of_a_request_are_its_own)
{
        LwPath path = LW_PATH_RESOURCE(5000, 0, 0);

        scene_attributes(&scene, "/5000/0/0", "pmin=100&gt=1000");
        observe("pmin=5&pmax=60");
        set(21);
        scene_pass(&scene, 5 * SECOND);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\n");
        scene_pass(&scene, 60 * SECOND);
        check_observed("NON 2.05 observe=3 ct=0 tk 21\n");
        ck_assert_uint_eq(lw_attribute_table_find(lw_tree_attributes(scene.tree), 101, &path)->pmin,
                        100);
        /* with and without query it is the same one that ends */
        check_code(scene_cancel(&scene, "tk", "/5000/0/0"), LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

/* Source: OMA LwM2M Core 1.2, Observe; Write-Attributes. */
static const struct {
        const char *path, *query;
        LwStatus status;
} refusals[] = {
        { "/5000/0/0", "pmin=x", LW_STATUS_BAD_REQUEST },
        { "/5000/0/0", "pmin", LW_STATUS_BAD_REQUEST },
        { "/5000/0/0", "color=red", LW_STATUS_BAD_REQUEST },
        { "/5000/0/0", "lt=5&gt=4", LW_STATUS_BAD_REQUEST },
        { "/5000/0/0", "edge=1", LW_STATUS_BAD_REQUEST },
        { "/5000/0", "gt=4", LW_STATUS_BAD_REQUEST },
        { "/5000/0/2", "gt=4", LW_STATUS_BAD_REQUEST },
        { "/5000/0/4", NULL, LW_STATUS_NOT_PERMITTED },
        { "/5000/9", NULL, LW_STATUS_NOT_FOUND },
        { "/5000/0/9", NULL, LW_STATUS_NOT_FOUND },
        { "/5000/1/1", NULL, LW_STATUS_NOT_FOUND }, /* no value at the moment */
        { "/5001", NULL, LW_STATUS_NOT_FOUND },
        { "/0/0", NULL, LW_STATUS_UNAUTHORIZED },
        { "/21", NULL, LW_STATUS_UNAUTHORIZED },
};

START_TEST(what_cannot_be_observed_is_refused)
{
        check_code(scene_observe(&scene, "tk", refusals[_i].path, refusals[_i].query, -1),
                        refusals[_i].status);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(a_format_that_does_not_fit_or_no_token_is_refused)
{
        check_code(scene_observe(&scene, "tk", "/5000/0", NULL, 0), LW_STATUS_NOT_ACCEPTABLE);
        check_code(scene_observe(&scene, "", "/5000/0", NULL, -1), LW_STATUS_BAD_REQUEST);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(the_format_stays_as_it_was_asked)
{
        check_code(scene_observe(&scene, "tk", "/5000/0/0", NULL, 11542), LW_STATUS_CONTENT);
        lw_fake_forget(scene_fake(&scene));
        set(21);
        ck_assert_uint_eq(lw_fake_last(scene_fake(&scene))->payload[0], 0xc4);
}
END_TEST

START_TEST(the_same_token_replaces_and_another_is_another)
{
        observe(NULL);
        set(21);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\n");
        /* refreshed: its numbers only grow */
        scene_observe(&scene, "tk", "/5000/0/0", NULL, -1);
        check_observed("ACK 2.05 observe=3 ct=0 [2]\n");
        scene_observe(&scene, "other", "/5000/0/0", NULL, -1);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 2);
        lw_fake_forget(scene_fake(&scene));
        set(22);
        ck_assert_uint_eq(lw_fake_count(scene_fake(&scene)), 2);
        /* the token now stands for something else */
        scene_observe(&scene, "tk", "/5000/1/0", NULL, -1);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 2);
        lw_fake_forget(scene_fake(&scene));
        set(23);
        check_observed("NON 2.05 observe=3 ct=0 other 23\n");
}
END_TEST

START_TEST(ends_by_its_token_alone)
{
        observe(NULL);
        scene_cancel(&scene, "x", "/5000/0");
        check_code(scene_cancel(&scene, "x", "/5000/0/0"), LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
        lw_fake_forget(scene_fake(&scene));
        scene_cancel(&scene, "tk", "/5000/0/0");
        check_observed("ACK 2.05 ct=0 [2]\n");
        set(99);
        check_observed("");
        ck_assert_uint_eq(lw_client_deadline(scene.client), LW_USEC_NEVER);
}
END_TEST

START_TEST(ends_by_rst_to_either_kind)
{
        observe(NULL);
        set(21);
        lw_fake_reset(scene_fake(&scene), lw_fake_last(scene_fake(&scene))->mid, scene.now);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
        scene_attributes(&scene, "/5000/0/0", "con=1");
        observe(NULL);
        set(22);
        check_observed("CON 2.05 observe=2 ct=0 tk 22\n");
        set(23);
        observe(NULL);
        set(24);
        lw_fake_failed(scene_fake(&scene), lw_fake_count(scene_fake(&scene)) - 1,
                        LW_TRANSPORT_RESET, scene.now);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(ends_with_its_target)
{
        observe(NULL);
        lw_tree_remove_layer(scene.tree, &LW_PATH_INSTANCE(5000, 0), &scene.provider);
        scene_run(&scene);
        check_after_update("CON 4.04 tk \n");
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(a_value_that_is_absent_for_a_while_ends_nothing)
{
        observe(NULL);
        g_hash_table_remove(scene.values, "/5000/0/0");
        lw_tree_changed(scene.tree, &LW_PATH_RESOURCE(5000, 0, 0));
        scene_run(&scene);
        check_observed("");
        scene.fails_with = LW_STATUS_UNAVAILABLE;
        lw_tree_changed(scene.tree, &LW_PATH_RESOURCE(5000, 0, 0));
        scene_run(&scene);
        check_observed("");
        scene.fails_with = 0;
        set(21);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\n");
}
END_TEST

START_TEST(confirmable_by_attribute_default_and_once_a_day)
{
        observe(NULL);
        scene_pass(&scene, 24 * 3600 * SECOND - 1);
        set(21);
        scene_pass(&scene, SECOND);
        set(22);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\nCON 2.05 observe=3 ct=0 tk 22\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        set(23);
        check_observed("NON 2.05 observe=4 ct=0 tk 23\n");
        scene.account->confirmable_notifications = true;
        set(24);
        check_observed("CON 2.05 observe=5 ct=0 tk 24\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        scene_attributes(&scene, "/5000", "con=0");
        set(25);
        check_observed("NON 2.05 observe=6 ct=0 tk 25\n");
}
END_TEST

START_TEST(one_confirmable_at_a_time_and_the_newest_next)
{
        scene_attributes(&scene, "/5000", "con=1");
        observe(NULL);
        scene_observe(&scene, "b", "/5000/1/0", NULL, -1);
        lw_fake_forget(scene_fake(&scene));
        set(21);
        set(22);
        scene_set(&scene, "/5000/1/0", lw_value_float(31));
        set(23);
        check_observed("CON 2.05 observe=2 ct=0 tk 21\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        check_observed("CON 2.05 observe=3 ct=0 tk 23\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        check_observed("CON 2.05 observe=2 ct=0 b 31\n");
        lw_fake_settled(scene_fake(&scene), scene.now);
        check_observed("");
}
END_TEST

START_TEST(what_is_not_acknowledged_is_kept_and_the_server_looked_for)
{
        scene_attributes(&scene, "/5000", "con=1");
        observe(NULL);
        set(21);
        lw_fake_failed(scene_fake(&scene), 0, LW_TRANSPORT_TIMED_OUT, scene.now);
        scene_run(&scene);
        check_observed("CON 2.05 observe=2 ct=0 tk 21\nCON POST /rd/1\n");
        set(22);
        scene_pass(&scene, SECOND);
        check_observed("");
        scene_observe(&scene, "x", "/5000/1/0", NULL, -1);
        lw_fake_forget(scene_fake(&scene));
        lw_client_update(scene.client, scene.now);
        scene_run(&scene);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 2);
}
END_TEST

START_TEST(several_paths_are_told_as_one)
{
        static const char list[] = "[{\"n\":\"/5000/0/0\"},{\"n\":\"/5000/1/0\"},"
                                   "{\"n\":\"/5000/9/0\"}]";
        static const uint16_t ids[] = { 0 };

        check_code(scene_fetch(&scene, "tk", list, NULL, 0), LW_STATUS_CONTENT);
        check_observed("ACK 2.05 observe=1 ct=110 [51]\n");
        set(21);
        check_observed("NON 2.05 observe=2 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":21},"
                       "{\"n\":\"/5000/1/0\",\"v\":30}]\n");
        /* what is not there yet appears when it comes */
        scene_put(&scene, "/5000/9/0", lw_value_float(9));
        ck_assert(lw_tree_add_layer(scene.tree, &LW_PATH_INSTANCE(5000, 9), &scene.provider,
                        LW_RANK_PLUGIN, ids, 1, NULL));
        scene_run(&scene);
        check_after_update("NON 2.05 observe=3 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":21},"
                           "{\"n\":\"/5000/1/0\",\"v\":30},{\"n\":\"/5000/9/0\",\"v\":9}]\n");
        lw_tree_remove_provider(scene.tree, &scene.provider);
        scene_run(&scene);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
}
END_TEST

START_TEST(several_paths_each_by_its_own_attributes)
{
        static const char list[] = "[{\"n\":\"/5000/0/0\"},{\"n\":\"/5000/1/0\"}]";

        scene_attributes(&scene, "/5000/0/0", "pmin=10&st=5");
        scene_attributes(&scene, "/5000/1/0", "pmin=20&pmax=60");
        check_code(scene_fetch(&scene, "tk", list, NULL, 0), LW_STATUS_CONTENT);
        lw_fake_forget(scene_fake(&scene));
        set(24);
        scene_set(&scene, "/5000/1/0", lw_value_float(31));
        scene_pass(&scene, 20 * SECOND - 1);
        check_observed("");
        scene_pass(&scene, 1);
        check_observed("NON 2.05 observe=2 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":24},"
                       "{\"n\":\"/5000/1/0\",\"v\":31}]\n");
        set(30);
        scene_pass(&scene, 10 * SECOND);
        check_observed("NON 2.05 observe=3 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":30},"
                       "{\"n\":\"/5000/1/0\",\"v\":31}]\n");
        scene_pass(&scene, 60 * SECOND);
        check_observed("NON 2.05 observe=4 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":30},"
                       "{\"n\":\"/5000/1/0\",\"v\":31}]\n");
}
END_TEST

START_TEST(a_composite_ends_by_its_token_or_its_list)
{
        static const char list[] = "[{\"n\":\"/5000/0/0\"},{\"n\":\"/5000/1/0\"}]";
        static const char turned[] = "[{\"n\":\"/5000/1/0\"},{\"n\":\"/5000/0/0\"}]";
        static const char shorter[] = "[{\"n\":\"/5000/1/0\"}]";

        scene_fetch(&scene, "tk", list, NULL, 0);
        check_code(scene_fetch(&scene, "x", shorter, NULL, 1), LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 1);
        lw_fake_forget(scene_fake(&scene));
        check_code(scene_fetch(&scene, "x", turned, NULL, 1), LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
        check_observed("ACK 2.05 ct=110 [51]\n");
        scene_fetch(&scene, "tk", list, NULL, 0);
        scene_fetch(&scene, "tk", list, NULL, 1);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

static const struct {
        const char *list, *query;
        LwStatus status;
} composites[] = {
        { "[]", NULL, LW_STATUS_BAD_REQUEST },
        { "[{\"n\":\"x\"}]", NULL, LW_STATUS_BAD_REQUEST },
        { "[{\"n\":\"/5000/0/0\"}]", "gt=5", LW_STATUS_BAD_REQUEST },
        { "[{\"n\":\"/5000/0/0\"}]", "hqmax=5", LW_STATUS_BAD_REQUEST },
        { "[{\"n\":\"/5000/0/0\"}]", "pmin", LW_STATUS_BAD_REQUEST },
        { "[{\"n\":\"/0/0\"}]", NULL, LW_STATUS_UNAUTHORIZED },
};

START_TEST(a_composite_that_cannot_be_is_refused)
{
        check_code(scene_fetch(&scene, "tk", composites[_i].list, composites[_i].query, 0),
                        composites[_i].status);
        ck_assert_uint_eq(lw_server_observation_count(scene.server), 0);
}
END_TEST

START_TEST(attributes_of_a_composite_request_leave_the_limits)
{
        static const char list[] = "[{\"n\":\"/5000/0/0\"},{\"n\":\"/5000/1/0\"}]";

        scene_attributes(&scene, "/5000/0/0", "pmin=100&st=5");
        check_code(scene_fetch(&scene, "tk", list, "pmin=2&con=1", 0), LW_STATUS_CONTENT);
        lw_fake_forget(scene_fake(&scene));
        set(24);
        scene_pass(&scene, 10 * SECOND);
        check_observed("");
        set(25);
        check_observed("CON 2.05 observe=2 ct=110 tk [{\"n\":\"/5000/0/0\",\"v\":25},"
                       "{\"n\":\"/5000/1/0\",\"v\":30}]\n");
}
END_TEST

START_TEST(a_late_provider_is_waited_for)
{
        LwCall *call;

        observe(NULL);
        scene.late = true;
        set(21);
        call = g_steal_pointer(&scene.waiting);
        ck_assert_ptr_nonnull(call);
        scene_put(&scene, "/5000/0/0", lw_value_float(22));
        lw_tree_changed(scene.tree, &LW_PATH_RESOURCE(5000, 0, 0));
        scene_pass(&scene, SECOND);
        ck_assert_ptr_null(scene.waiting);
        scene.late = false;
        lw_call_succeed(call);
        scene_run(&scene);
        check_observed("NON 2.05 observe=2 ct=0 tk 21\nNON 2.05 observe=3 ct=0 tk 22\n");
        /* one that answers when nobody is left */
        scene.late = true;
        set(23);
        call = g_steal_pointer(&scene.waiting);
        scene_cancel(&scene, "tk", "/5000/0/0");
        lw_call_succeed(call);
        lw_call_succeed(scene.waiting); /* of the Cancel */
}
END_TEST

START_TEST(periods_begin_with_the_first_answer_though_it_is_late)
{
        scene_attributes(&scene, "/5000", "pmax=10");
        scene.late = true;
        scene_observe(&scene, "tk", "/5000/0/0", NULL, -1);
        scene_pass(&scene, 8 * SECOND);
        scene.late = false;
        lw_call_succeed(g_steal_pointer(&scene.waiting));
        lw_fake_forget(scene_fake(&scene));
        scene_pass(&scene, 10 * SECOND - 1);
        check_observed("");
        scene_pass(&scene, 1);
        check_observed("NON 2.05 observe=2 ct=0 tk 20\n");
}
END_TEST

TCase *test_observer(void)
{
        TCase *tcase = tcase_create("observer");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, tells_every_change_and_nothing_else);
        tcase_add_test(tcase, waits_for_pmin_and_tells_what_is_true_then);
        tcase_add_test(tcase, what_waited_is_told_though_it_is_back);
        tcase_add_test(tcase, tells_at_pmax_though_nothing_changed);
        tcase_add_test(tcase, pmin_that_is_pmax_is_one_a_period);
        tcase_add_test(tcase, the_servers_defaults_hold_without_attributes);
        tcase_add_test(tcase, attributes_that_come_later_hold_from_then_on);
        tcase_add_test(tcase, limits_count_from_what_was_told_last);
        tcase_add_test(tcase, looks_no_oftener_than_epmin_and_no_rarer_than_epmax);
        tcase_add_test(tcase, an_edge_is_told_in_its_direction);
        tcase_add_test(tcase, an_instance_by_the_limits_of_each_resource);
        tcase_add_test(tcase, an_object_and_what_comes_and_goes_in_it);
        tcase_add_test(tcase, the_elements_of_an_array);
        tcase_add_test(tcase, attributes_of_a_request_are_its_own);
        tcase_add_loop_test(tcase, what_cannot_be_observed_is_refused, 0, G_N_ELEMENTS(refusals));
        tcase_add_test(tcase, a_format_that_does_not_fit_or_no_token_is_refused);
        tcase_add_test(tcase, the_format_stays_as_it_was_asked);
        tcase_add_test(tcase, the_same_token_replaces_and_another_is_another);
        tcase_add_test(tcase, ends_by_its_token_alone);
        tcase_add_test(tcase, ends_by_rst_to_either_kind);
        tcase_add_test(tcase, ends_with_its_target);
        tcase_add_test(tcase, a_value_that_is_absent_for_a_while_ends_nothing);
        tcase_add_test(tcase, confirmable_by_attribute_default_and_once_a_day);
        tcase_add_test(tcase, one_confirmable_at_a_time_and_the_newest_next);
        tcase_add_test(tcase, what_is_not_acknowledged_is_kept_and_the_server_looked_for);
        tcase_add_test(tcase, several_paths_are_told_as_one);
        tcase_add_test(tcase, several_paths_each_by_its_own_attributes);
        tcase_add_test(tcase, a_composite_ends_by_its_token_or_its_list);
        tcase_add_loop_test(
                        tcase, a_composite_that_cannot_be_is_refused, 0, G_N_ELEMENTS(composites));
        tcase_add_test(tcase, attributes_of_a_composite_request_leave_the_limits);
        tcase_add_test(tcase, a_late_provider_is_waited_for);
        tcase_add_test(tcase, periods_begin_with_the_first_answer_though_it_is_late);
        return tcase;
}
