/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what a provider hears of the observations of its resources. */
#include "client/scene.h"
#include "client/suite.h"

static Scene scene;

static void setup(void)
{
        scene_setup(&scene, 2);
        scene_put(&scene, "/5000/0/0", lw_value_float(20));
        scene_put(&scene, "/5000/0/1", lw_value_boolean(false));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
}

static void teardown(void)
{
        scene_teardown(&scene);
}

static void check_observed(const char *expected)
{
        g_autofree char *observed = scene_observed(&scene);

        ck_assert_str_eq(observed, expected);
}

#define FIRST "/5000/0/0 /5000/0/1 /5000/0/2 /5000/0/3"
#define SECOND_ONE "/5000/1/0 /5000/1/1 /5000/1/2 /5000/1/3"

static const struct {
        const char *path, *observed;
} levels[] = {
        { "/5000/0/0", "/5000/0/0" },
        { "/5000/0", FIRST },
        { "/5000", FIRST " " SECOND_ONE },
};

START_TEST(an_observation_is_heard_of_until_it_is_cancelled)
{
        scene_observe(&scene, "a", levels[_i].path, NULL, -1);
        check_observed(levels[_i].observed);
        scene_cancel(&scene, "a", levels[_i].path);
        check_observed("");
}
END_TEST

START_TEST(observations_that_overlap_are_one)
{
        scene_observe(&scene, "a", "/5000/0/0", NULL, -1);
        scene_observe(&scene, "b", "/5000/0", NULL, -1);
        scene_observe(&scene, "c", "/5000/0/0", NULL, -1);
        check_observed(FIRST);
        scene_cancel(&scene, "a", "/5000/0/0");
        check_observed(FIRST);
        scene_cancel(&scene, "b", "/5000/0");
        check_observed("/5000/0/0");
        scene_cancel(&scene, "c", "/5000/0/0");
        check_observed("");
}
END_TEST

START_TEST(a_composite_is_heard_of_path_by_path)
{
        static const char paths[] = "[{\"n\":\"/5000/0/1\"},{\"n\":\"/5000/1/0\"}]";

        scene_fetch(&scene, "a", paths, NULL, 0);
        check_observed("/5000/0/1 /5000/1/0");
        scene_fetch(&scene, "a", paths, NULL, 1);
        check_observed("");
}
END_TEST

START_TEST(the_same_token_again_is_no_news)
{
        scene_observe(&scene, "a", "/5000/0/0", NULL, -1);
        /* the scene fails on what is told twice */
        scene_observe(&scene, "a", "/5000/0/0", NULL, -1);
        check_observed("/5000/0/0");
        scene_observe(&scene, "a", "/5000/0/1", NULL, -1);
        check_observed("/5000/0/1");
}
END_TEST

START_TEST(an_instance_that_comes_is_heard_of)
{
        static const uint16_t ids[] = { 0, 4 };
        LwPath instance = LW_PATH_INSTANCE(SCENE_OBJECT, 5);

        scene_observe(&scene, "a", "/5000", NULL, -1);
        ck_assert(lw_tree_add_layer(scene.tree, &instance, &scene.provider, LW_RANK_BUILTIN, ids,
                        G_N_ELEMENTS(ids), NULL));
        check_observed(FIRST " " SECOND_ONE " /5000/5/0");
        lw_tree_remove_layer(scene.tree, &instance, &scene.provider);
        check_observed(FIRST " " SECOND_ONE);
}
END_TEST

START_TEST(observations_end_with_the_registration)
{
        scene_observe(&scene, "a", "/5000/0/0", NULL, -1);
        lw_server_register(scene.server, scene.now);
        scene_run(&scene);
        scene_answer(&scene, 0x41);
        check_observed("");
}
END_TEST

START_TEST(observations_of_an_earlier_life_are_heard_of)
{
        g_autoptr(GBytes) session = NULL;

        scene_observe(&scene, "a", "/5000/0/0", NULL, -1);
        session = lw_server_save_session(scene.server, scene.now);
        scene_teardown(&scene);
        scene_resume(&scene, 2, session);
        check_observed("/5000/0/0");
}
END_TEST

TCase *test_observer_hints(void)
{
        TCase *tcase = tcase_create("observer-hints");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, an_observation_is_heard_of_until_it_is_cancelled, 0,
                        G_N_ELEMENTS(levels));
        tcase_add_test(tcase, observations_that_overlap_are_one);
        tcase_add_test(tcase, a_composite_is_heard_of_path_by_path);
        tcase_add_test(tcase, the_same_token_again_is_no_news);
        tcase_add_test(tcase, an_instance_that_comes_is_heard_of);
        tcase_add_test(tcase, observations_end_with_the_registration);
        tcase_add_test(tcase, observations_of_an_earlier_life_are_heard_of);
        return tcase;
}
