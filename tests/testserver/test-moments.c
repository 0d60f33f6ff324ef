/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A notification of several moments is told one by one. */
#include "testserver/moments.h"
#include "testserver/suite.h"

static void note(void *user, LwValues *values, int64_t real_usec)
{
        g_string_append_printf(user, "%" G_GINT64_FORMAT ":", real_usec);
        for (size_t i = 0; i < lw_values_count(values); i++)
                g_string_append_printf(user, " /%u=%" G_GINT64_FORMAT,
                                lw_values_at(values, i)->path.ids[2],
                                lw_values_at(values, i)->value.integer);
        g_string_append(user, "\n");
}

static const struct {
        struct {
                uint16_t resource;
                int64_t value, time;
        } entries[5];
        const char *told;
} cases[] = {
        { {}, "0:\n" },
        { { { 1, 10, 0 }, { 2, 20, 0 } }, "0: /1=10 /2=20\n" },
        /* in the order of their times, whatever their order in the message */
        { { { 1, 12, 1200 }, { 2, 20, 1100 }, { 1, 11, 1100 } },
                        "1100: /2=20 /1=11\n1200: /1=12\n" },
        { { { 1, 13, 0 }, { 1, 12, 1200 } }, "1200: /1=12\n0: /1=13\n" },
};

START_TEST(each_moment_is_told_with_its_values)
{
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GString) told = g_string_new(NULL);

        for (unsigned i = 0; cases[_i].entries[i].value != 0; i++) {
                LwPath path = LW_PATH_RESOURCE(3, 0, cases[_i].entries[i].resource);
                LwValue value = lw_value_integer(cases[_i].entries[i].value);

                lw_values_add(values, &path, &value);
                lw_values_set_time(values, i, cases[_i].entries[i].time);
        }
        lw_test_moments_each(values, note, told);
        ck_assert_str_eq(told->str, cases[_i].told);
}
END_TEST

TCase *test_moments(void)
{
        TCase *tcase = tcase_create("moments");

        tcase_add_loop_test(tcase, each_moment_is_told_with_its_values, 0, G_N_ELEMENTS(cases));
        return tcase;
}
