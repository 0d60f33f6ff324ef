/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Providers hear which of their resources are observed. */
#include <string.h>

#include "tree/audience.h"
#include "tree/fixture.h"
#include "tree/suite.h"

static Fixture fixture;
static GString *heard;
/* What two who observe do: texts of paths, ended by NULL. */
static const char *first[8], *second[8];

static bool observes(void *user, const LwPath *path)
{
        for (const char *const *text = user; *text; text++) {
                LwPath observed = fixture_path(*text);

                if (lw_path_contains(&observed, path) || lw_path_contains(path, &observed))
                        return true;
        }
        return false;
}

static void note(char sign, const LwPath *paths, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&paths[i], text);
                g_string_append_printf(heard, " %c%s", sign, text);
        }
}

static void on_observe(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        g_string_append(heard, provider == &fixture.one.provider ? " one:" : " other:");
        note('+', added, added_count);
        note('-', dropped, dropped_count);
}

static const LwProviderOps ops = { .observe = on_observe };

static void check_heard(const char *expected)
{
        ck_assert_str_eq(heard->str, expected);
        g_string_truncate(heard, 0);
}

static void tell(const char *path)
{
        LwPath changed = fixture_path(path);

        lw_audience_tell(fixture.tree, &changed);
}

/* Puts resources of object 1000 under a provider that listens. */
static void lay(LwProvider *provider, uint16_t instance, LwRank rank, const uint16_t *ids,
                size_t count)
{
        ck_assert(lw_tree_add_layer(fixture.tree, &LW_PATH_INSTANCE(FIXTURE_OBJECT, instance),
                        provider, rank, ids, count, NULL));
}

static const uint16_t some[] = { 0, 1, 2, 5, 7 };

static void setup(void)
{
        fixture_setup(&fixture);
        heard = g_string_new(NULL);
        memset(first, 0, sizeof(first));
        memset(second, 0, sizeof(second));
        fixture.one.provider.ops = fixture.other.provider.ops = &ops;
        lay(&fixture.one.provider, 0, LW_RANK_BUILTIN, some, G_N_ELEMENTS(some));
        lay(&fixture.one.provider, 1, LW_RANK_BUILTIN, some, 1);
        lw_audience_join(lw_tree_audience(fixture.tree), observes, first);
        lw_audience_join(lw_tree_audience(fixture.tree), observes, second);
}

static void teardown(void)
{
        lw_audience_leave(lw_tree_audience(fixture.tree), observes, first);
        lw_audience_leave(lw_tree_audience(fixture.tree), observes, second);
        fixture_teardown(&fixture);
        g_string_free(heard, TRUE);
}

/* What one observation of a path makes its provider hear, and its end. */
static const struct {
        const char *path, *added, *dropped;
} cases[] = {
        { "/1000/0/1", " one: +/1000/0/1", " one: -/1000/0/1" },
        { "/1000/0/1/4", " one: +/1000/0/1", " one: -/1000/0/1" }, /* an element of it */
        { "/1000/0/2", "", "" },                                   /* cannot be read */
        { "/1000/0/6", "", "" },                                   /* nobody has it */
        { "/1000/4/1", "", "" },
        { "/4711/0/1", "", "" },
        { "/1000/0", " one: +/1000/0/0 +/1000/0/1 +/1000/0/7",
                        " one: -/1000/0/0 -/1000/0/1 -/1000/0/7" },
        { "/1000", " one: +/1000/0/0 +/1000/0/1 +/1000/0/7 one: +/1000/1/0",
                        " one: -/1000/0/0 -/1000/0/1 -/1000/0/7 one: -/1000/1/0" },
        { "/", " one: +/1000/0/0 +/1000/0/1 +/1000/0/7 one: +/1000/1/0",
                        " one: -/1000/0/0 -/1000/0/1 -/1000/0/7 one: -/1000/1/0" },
};

START_TEST(an_observation_is_told_and_its_end)
{
        first[0] = cases[_i].path;
        tell(cases[_i].path);
        check_heard(cases[_i].added);
        tell(cases[_i].path);
        check_heard("");
        first[0] = NULL;
        tell(cases[_i].path);
        check_heard(cases[_i].dropped);
}
END_TEST

START_TEST(what_is_observed_twice_is_told_once)
{
        first[0] = "/1000/0";
        tell("/1000/0");
        check_heard(" one: +/1000/0/0 +/1000/0/1 +/1000/0/7");
        first[1] = "/1000/0/1";
        second[0] = "/1000";
        tell("/1000/0/1");
        tell("/1000");
        check_heard(" one: +/1000/1/0");
        first[0] = first[1];
        first[1] = NULL;
        tell("/1000/0");
        check_heard("");
        second[0] = NULL;
        tell("/1000");
        check_heard(" one: -/1000/0/0 -/1000/0/7 one: -/1000/1/0");
}
END_TEST

START_TEST(an_instance_that_comes_later_is_observed_with_its_object)
{
        first[0] = "/1000";
        lay(&fixture.other.provider, 7, LW_RANK_PLUGIN, some, 2);
        check_heard(" other: +/1000/7/0 +/1000/7/1");
        lw_tree_remove_layer(fixture.tree, &LW_PATH_INSTANCE(FIXTURE_OBJECT, 7),
                        &fixture.other.provider);
        check_heard(" other: -/1000/7/0 -/1000/7/1");
}
END_TEST

START_TEST(what_is_covered_is_observed_no_longer)
{
        static const uint16_t upper[] = { 1, 3 };

        first[0] = "/1000/0";
        tell("/1000/0");
        check_heard(" one: +/1000/0/0 +/1000/0/1 +/1000/0/7");
        lay(&fixture.other.provider, 0, LW_RANK_PLUGIN, upper, 2);
        check_heard(" other: +/1000/0/1 +/1000/0/3 one: -/1000/0/1");
        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
        check_heard(" other: -/1000/0/1 -/1000/0/3 one: +/1000/0/1");
}
END_TEST

START_TEST(a_layer_that_is_replaced_keeps_what_is_observed)
{
        static const uint16_t others[] = { 0, 3 };

        first[0] = "/1000/0";
        tell("/1000/0");
        check_heard(" one: +/1000/0/0 +/1000/0/1 +/1000/0/7");
        lay(&fixture.one.provider, 0, LW_RANK_BUILTIN, others, 2);
        check_heard(" one: -/1000/0/1 -/1000/0/7 one: +/1000/0/3");
}
END_TEST

START_TEST(an_object_that_goes_is_observed_no_longer)
{
        first[0] = "/1000/0/0";
        second[0] = "/1000/1/0";
        tell("/1000");
        check_heard(" one: +/1000/0/0 one: +/1000/1/0");
        lw_tree_remove_object(fixture.tree, FIXTURE_OBJECT);
        check_heard(" one: -/1000/0/0 one: -/1000/1/0");
}
END_TEST

TCase *test_audience(void)
{
        TCase *tcase = tcase_create("audience");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, an_observation_is_told_and_its_end, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, what_is_observed_twice_is_told_once);
        tcase_add_test(tcase, an_instance_that_comes_later_is_observed_with_its_object);
        tcase_add_test(tcase, what_is_covered_is_observed_no_longer);
        tcase_add_test(tcase, a_layer_that_is_replaced_keeps_what_is_observed);
        tcase_add_test(tcase, an_object_that_goes_is_observed_no_longer);
        return tcase;
}
