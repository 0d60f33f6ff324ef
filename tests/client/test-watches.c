/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of watches. */
#include <string.h>

#include "client/suite.h"
#include "client/watches.h"

/* Watched twice: /3/0/9. */
static const char *const watched[] = { "/", "/3", "/3/0", "/3/0/9", "/3/0/9", "/3/0/7/1", "/3/1",
        "/30", "/4/0/2" };

static LwPath path_of(const char *text)
{
        LwPath path = {};

        ck_assert(lw_path_parse(text, &path, NULL));
        return path;
}

static void note(void *user, const LwWatch *watch)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(&watch->path, text);
        g_string_append_printf(user, " %s", text);
}

static const struct {
        const char *changed, *concerned;
} cases[] = {
        { "/3/0/9", " / /3 /3/0 /3/0/9 /3/0/9" },
        { "/3/0/7", " / /3 /3/0 /3/0/7/1" },
        { "/3/0/7/1", " / /3 /3/0 /3/0/7/1" },
        { "/3/0/7/2", " / /3 /3/0" },
        { "/3/0", " / /3 /3/0 /3/0/7/1 /3/0/9 /3/0/9" },
        { "/3", " / /3 /3/0 /3/0/7/1 /3/0/9 /3/0/9 /3/1" },
        { "/30/1/2", " / /30" },
        { "/4", " / /4/0/2" },
        { "/5/0", " /" },
        { "/", " / /3 /3/0 /3/0/7/1 /3/0/9 /3/0/9 /3/1 /4/0/2 /30" },
};

START_TEST(a_change_concerns_what_lies_above_at_and_below)
{
        g_autoptr(LwWatches) watches = lw_watches_new();
        g_autoptr(GString) text = g_string_new(NULL);
        LwWatch all[G_N_ELEMENTS(watched)];
        LwPath changed = path_of(cases[_i].changed);

        for (unsigned i = 0; i < G_N_ELEMENTS(watched); i++) {
                all[i] = (LwWatch){ .owner = all, .path = path_of(watched[i]) };
                lw_watches_add(watches, &all[i]);
        }
        ck_assert_uint_eq(lw_watches_count(watches), G_N_ELEMENTS(watched));
        lw_watches_concerned(watches, &changed, note, text);
        ck_assert_str_eq(text->str, cases[_i].concerned);
        for (unsigned i = 0; i < G_N_ELEMENTS(watched); i++)
                lw_watches_remove(watches, &all[i]);
        ck_assert_uint_eq(lw_watches_count(watches), 0);
        ck_assert(!lw_watches_concern(watches, &changed));
}
END_TEST

START_TEST(one_of_two_at_a_path_leaves_the_other)
{
        LwWatch one = { .owner = &one, .path = path_of("/3/0/9") }, other = one;
        g_autoptr(LwWatches) watches = lw_watches_new();
        g_autoptr(GString) text = g_string_new(NULL);

        lw_watches_add(watches, &one);
        lw_watches_add(watches, &other);
        lw_watches_remove(watches, &one);
        lw_watches_concerned(watches, &one.path, note, text);
        ck_assert_str_eq(text->str, " /3/0/9");
        ck_assert(lw_watches_concern(watches, &one.path));
}
END_TEST

TCase *test_watches(void)
{
        TCase *tcase = tcase_create("watches");

        tcase_add_loop_test(tcase, a_change_concerns_what_lies_above_at_and_below, 0,
                        G_N_ELEMENTS(cases));
        tcase_add_test(tcase, one_of_two_at_a_path_leaves_the_other);
        return tcase;
}
