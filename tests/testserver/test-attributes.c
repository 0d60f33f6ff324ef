/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "lib/bus-pair.h"
#include "testserver/attributes.h"
#include "testserver/suite.h"

static LwPair pair;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
}

static void teardown(void)
{
        lw_pair_clear(&pair);
}

static sd_bus_message *new_message(void)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(
                                         pair.ours, &m, NULL, "/", "org.lwm2md.Test", "Test"),
                        0);
        return m;
}

static int finish(sd_bus_message *m,
                int (*read_all)(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error),
                GPtrArray *queries)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        r = read_all(m, queries, &error);
        if (r < 0)
                ck_assert(sd_bus_error_has_name(&error, SD_BUS_ERROR_INVALID_ARGS));
        sd_bus_error_free(&error);
        sd_bus_message_unref(m);
        return r;
}

/* Numbers of the standard have no exponent. Source: OMA LwM2M Core 1.1, "Attributes". */
static const struct {
        const char *name;
        char type;
        double number;
        const char *text, *query; /* NULL: refused */
} cases[] = {
        { "pmin", 'u', 10, NULL, "pmin=10" },
        { "pmin", 'y', 0, NULL, "pmin=0" },
        { "pmax", 't', 4294967296.0, NULL, "pmax=4294967296" },
        { "gt", 'x', -5, NULL, "gt=-5" },
        { "gt", 'd', 42.5, NULL, "gt=42.5" },
        { "st", 'd', 0.00001, NULL, "st=0.00001" },
        { "lt", 'd', -1e6, NULL, "lt=-1000000" },
        { "lt", 'd', NAN, NULL, NULL },
        { "con", 'b', 1, NULL, "con=1" },
        { "edge", 'b', 0, NULL, "edge=0" },
        { "pmin", 's', 0, "soon", "pmin=soon" },
        { "pmin", 's', 0, "", "pmin=" },
        { "", 'u', 1, NULL, NULL },
        { "pmin=3", 'u', 1, NULL, NULL },
        { "pmin", 'o', 0, "/", NULL },
};

static int append(sd_bus_message *m, const char *name, char type, double number, const char *text)
{
        const char contents[2] = { type, '\0' };

        if (text != NULL)
                return sd_bus_message_append(m, "a{sv}", 1, name, contents, text);
        if (type == 'd')
                return sd_bus_message_append(m, "a{sv}", 1, name, contents, number);
        if (type == 't' || type == 'x')
                return sd_bus_message_append(m, "a{sv}", 1, name, contents, (int64_t) number);
        return sd_bus_message_append(m, "a{sv}", 1, name, contents, (int) number);
}

START_TEST(become_queries)
{
        g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(g_free);
        sd_bus_message *m = new_message();
        int r;

        ck_assert_int_ge(
                        append(m, cases[_i].name, cases[_i].type, cases[_i].number, cases[_i].text),
                        0);
        r = finish(m, lw_test_read_attributes, queries);
        ck_assert_int_eq(r >= 0, cases[_i].query != NULL);
        if (r >= 0)
                ck_assert_str_eq(g_ptr_array_index(queries, 0), cases[_i].query);
}
END_TEST

START_TEST(fit_into_an_option)
{
        g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *text = g_strnfill(255 - strlen("x=") + (size_t) _i, '1');
        sd_bus_message *m = new_message();

        ck_assert_int_ge(append(m, "x", 's', 0, text), 0);
        ck_assert_int_eq(finish(m, lw_test_read_attributes, queries) >= 0, _i == 0);
}
END_TEST

START_TEST(names_alone_unset)
{
        g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(g_free);
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "as", 2, "pmin", _i == 0 ? "gt" : "gt="), 0);
        ck_assert_int_eq(finish(m, lw_test_read_unset, queries) >= 0, _i == 0);
        ck_assert_uint_eq(queries->len, _i == 0 ? 2 : 1);
        ck_assert_str_eq(g_ptr_array_index(queries, 0), "pmin");
}
END_TEST

TCase *test_attributes(void)
{
        TCase *tcase = tcase_create("attributes");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, become_queries, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tcase, fit_into_an_option, 0, 2);
        tcase_add_loop_test(tcase, names_alone_unset, 0, 2);
        return tcase;
}
