/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the table of attributes. */
#include <string.h>

#include "model/limits.h"
#include "model/status.h"
#include "tree/attribute-table.h"
#include "tree/suite.h"

static LwAttributeTable *table;

static void setup(void)
{
        table = lw_attribute_table_new();
}

static void teardown(void)
{
        g_clear_pointer(&table, lw_attribute_table_free);
}

static LwPath path_of(const char *text)
{
        LwPath path = {};

        ck_assert(lw_path_parse(text, &path, NULL));
        return path;
}

static void set(uint16_t server, const char *text, const char *query)
{
        g_auto(GStrv) queries = g_strsplit(query, "&", -1);
        LwPath path = path_of(text);
        LwAttributes attributes;

        ck_assert(lw_attributes_parse(
                        (const char *const *) queries, g_strv_length(queries), &attributes, NULL));
        ck_assert(lw_attribute_table_set(table, server, &path, &attributes, NULL));
}

static void check_document(const char *expected)
{
        g_autoptr(GBytes) document = lw_attribute_table_save(table);
        g_autofree char *text =
                        g_strndup(g_bytes_get_data(document, NULL), g_bytes_get_size(document));

        ck_assert_str_eq(text, expected);
}

static bool load(const char *text, GError **error)
{
        g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));

        return lw_attribute_table_load(table, document, error);
}

START_TEST(resolves_each_attribute_from_the_nearest_level)
{
        LwPath element = path_of("/3/0/7/1"), battery = path_of("/3/0/9"), time = path_of("/4/0");
        LwAttributes attributes;

        set(101, "/3", "pmin=1&pmax=60&con=1");
        set(101, "/3/0", "pmin=2");
        set(101, "/3/0/7", "gt=5&st=1");
        set(101, "/3/0/7/1", "gt=9");
        set(102, "/3/0/7/1", "pmin=100");
        attributes = lw_attribute_table_resolve(table, 101, &element);
        ck_assert_uint_eq(attributes.pmin, 2);
        ck_assert_uint_eq(attributes.pmax, 60);
        ck_assert(attributes.gt == 9 && attributes.st == 1 && attributes.con);
        ck_assert(!lw_attributes_has(&attributes, LW_ATTRIBUTE_LT));
        attributes = lw_attribute_table_resolve(table, 101, &battery);
        ck_assert_uint_eq(attributes.pmin, 2);
        ck_assert(!lw_attributes_has(&attributes, LW_ATTRIBUTE_GT));
        attributes = lw_attribute_table_resolve(table, 101, &time);
        ck_assert_uint_eq(attributes.set, 0);
        attributes = lw_attribute_table_resolve(table, 102, &element);
        ck_assert_uint_eq(attributes.set, LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMIN));
}
END_TEST

START_TEST(knows_what_is_set_exactly_here_and_below)
{
        LwPath object = path_of("/3"), instance = path_of("/3/0"), resource = path_of("/3/0/9");

        set(101, "/3/0/9", "pmin=1");
        ck_assert_ptr_null(lw_attribute_table_find(table, 101, &instance));
        ck_assert_ptr_null(lw_attribute_table_find(table, 102, &resource));
        ck_assert_uint_eq(lw_attribute_table_find(table, 101, &resource)->pmin, 1);
        ck_assert(lw_attribute_table_has_below(table, 101, &object));
        ck_assert(lw_attribute_table_has_below(table, 101, &instance));
        ck_assert(!lw_attribute_table_has_below(table, 101, &resource));
        ck_assert(!lw_attribute_table_has_below(table, 102, &object));
}
END_TEST

START_TEST(an_empty_set_leaves_nothing)
{
        set(101, "/3/0/9", "pmin=1");
        set(101, "/3/0/9", "pmin");
        check_document("attributes 1\n");
        set(101, "/3/0/9", "pmin");
        check_document("attributes 1\n");
}
END_TEST

static bool is_101(void *user G_GNUC_UNUSED, uint16_t server)
{
        return server == 101;
}

START_TEST(goes_with_its_node_or_its_server)
{
        LwPath instance = path_of("/3/0"), other = path_of("/5");

        set(101, "/3", "pmin=1");
        set(101, "/3/0", "pmin=2");
        set(102, "/3/0/9", "pmin=3");
        set(102, "/3/1", "pmin=4");
        ck_assert(!lw_attribute_table_drop_node(table, &other));
        ck_assert(lw_attribute_table_drop_node(table, &instance));
        check_document("attributes 1\n101 /3 pmin=1\n102 /3/1 pmin=4\n");
        ck_assert(lw_attribute_table_keep_servers(table, is_101, NULL));
        ck_assert(!lw_attribute_table_keep_servers(table, is_101, NULL));
        check_document("attributes 1\n101 /3 pmin=1\n");
}
END_TEST

START_TEST(is_a_document_and_back)
{
        const char *text = "attributes 1\n"
                           "101 /3 pmin=10&pmax=60\n"
                           "101 /3/0/9 gt=-0.5&st=2\n"
                           "101 /3/0/10 hqmax=3\n"
                           "65535 /3303 con=0\n";

        set(101, "/3/0/10", "hqmax=3");
        set(65535, "/3303", "con=0");
        set(101, "/3/0/9", "gt=-0.5&st=2");
        set(101, "/3", "pmax=60&pmin=10");
        check_document(text);
        set(7, "/7", "pmin=7");
        ck_assert(load(text, NULL));
        check_document(text);
}
END_TEST

static const struct {
        const char *document, *reason;
} bad[] = {
        { "", "does not begin" },
        { "attributes 2\n", "does not begin" },
        { "attributes 1\n101 /3\n", "line 2: a line must be" },
        { "attributes 1\n\nx /3 pmin=1\n", "line 3: a line must be" },
        { "attributes 1\n65536 /3 pmin=1\n", "a line must be" },
        { "attributes 1\n101 3 pmin=1\n", "start with '/'" },
        { "attributes 1\n101 / pmin=1\n", "an object or below" },
        { "attributes 1\n101 /3 pmin\n", "with values" },
        { "attributes 1\n101 /3 gt=1\n", "belong to resources" },
        { "attributes 1\n101 /3/0/9 lt=2&gt=1\n", "lt must be below gt" },
        { "attributes 1\n101 /3/0/9 pmin=1&\n", "not an attribute" },
        { "attributes 1\n101 /3/0/9 pmin=1&pmin=2\n", "twice" },
};

START_TEST(a_document_that_is_none_changes_nothing)
{
        g_autoptr(GError) error = NULL;

        set(101, "/3", "pmin=1");
        ck_assert(!load(bad[_i].document, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, bad[_i].reason) != NULL, "%s", error->message);
        check_document("attributes 1\n101 /3 pmin=1\n");
}
END_TEST

START_TEST(holds_so_many_and_no_more)
{
        LwAttributes attributes = { .set = LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMIN), .pmin = 1 };
        LwPath path = path_of("/3303/0/5700"), more = path_of("/5/0/1");
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < LW_ATTRIBUTES_MAX; i++) {
                path.ids[1] = (uint16_t) i;
                ck_assert(lw_attribute_table_set(table, 101, &path, &attributes, NULL));
        }
        ck_assert(!lw_attribute_table_set(table, 101, &more, &attributes, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_TOO_LARGE));
        ck_assert(lw_attribute_table_set(table, 101, &path, &attributes, NULL));
}
END_TEST

TCase *test_attribute_table(void)
{
        TCase *tcase = tcase_create("attribute-table");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, resolves_each_attribute_from_the_nearest_level);
        tcase_add_test(tcase, knows_what_is_set_exactly_here_and_below);
        tcase_add_test(tcase, an_empty_set_leaves_nothing);
        tcase_add_test(tcase, goes_with_its_node_or_its_server);
        tcase_add_test(tcase, is_a_document_and_back);
        tcase_add_loop_test(tcase, a_document_that_is_none_changes_nothing, 0, G_N_ELEMENTS(bad));
        tcase_add_test(tcase, holds_so_many_and_no_more);
        return tcase;
}
