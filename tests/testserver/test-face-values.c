/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "lib/bus-pair.h"
#include "lib/files.h"
#include "testserver/face-values.h"
#include "testserver/suite.h"

/* Links */

static const struct {
        const char *text;
        const char *links; /* one a line */
} documents[] = {
        { "", "" },
        { "</3/0>", "</3/0>" },
        { "</3/0>;pmin=10,</3/0/6>;dim=2", "</3/0>;pmin=10\n</3/0/6>;dim=2" },
        { "</3/0>;x=\"a,b\",</4>", "</3/0>;x=\"a,b\"\n</4>" },
        { "</3/0>;x=\"a\\\",b\",</4>", "</3/0>;x=\"a\\\",b\"\n</4>" },
        { "</a,b>,</c>", "</a,b>\n</c>" },
        { ",,</3>,", "</3>" },
        { "</3>;x=\"open,", "</3>;x=\"open," },
};

START_TEST(splits_links)
{
        g_auto(GStrv) links = lw_test_split_links(documents[_i].text, strlen(documents[_i].text));
        g_autofree char *joined = g_strjoinv("\n", links);

        ck_assert_str_eq(joined, documents[_i].links);
}
END_TEST

/* Values */

static LwPair pair;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
}

static void teardown(void)
{
        lw_pair_clear(&pair);
}

static GBytes *load(void *user G_GNUC_UNUSED, uint16_t object)
{
        return object == 1 ? lw_test_source_file("data/objects/1.xml") : NULL;
}

static bool read_message(sd_bus_message *m, LwPath path, LwValues *values)
{
        g_autoptr(LwRegistry) registry = lw_registry_new(load, NULL);
        bool ok;

        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ok = lw_test_read_values(m, &path, registry, values, NULL);
        sd_bus_message_unref(m);
        return ok;
}

static sd_bus_message *new_message(void)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(
                                         pair.ours, &m, NULL, "/", "org.lwm2md.Test", "Test"),
                        0);
        return m;
}

START_TEST(takes_the_type_of_the_definition)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "s", "-5"), 0);
        ck_assert(read_message(m, LW_PATH_RESOURCE(1, 0, 1), values));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_INTEGER);
        ck_assert_int_eq(lw_values_at(values, 0)->value.integer,
                        -5); /* out of range: not our part */
}
END_TEST

START_TEST(guesses_without_a_definition)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "d", 1.5), 0);
        ck_assert(read_message(m, LW_PATH_RESOURCE(3303, 0, 5700), values));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_FLOAT);
}
END_TEST

/* 8 is executed: the client is to refuse it. */
START_TEST(sends_a_value_for_what_is_executed)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "s", "x"), 0);
        ck_assert(read_message(m, LW_PATH_RESOURCE(1, 0, 8), values));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_STRING);
}
END_TEST

START_TEST(reads_an_instance)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{sv}", 2, "1", "u", 60, "/1/0/6", "b", 1),
                        0);
        ck_assert(read_message(m, LW_PATH_INSTANCE(1, 0), values));
        ck_assert_uint_eq(lw_values_count(values), 2);
        ck_assert(lw_path_equal(&lw_values_at(values, 0)->path, &LW_PATH_RESOURCE(1, 0, 1)));
        ck_assert(lw_values_at(values, 1)->value.boolean);
}
END_TEST

static const char *const bad_keys[] = { "x", "/3/0/1", "/1/0", "70000", "" };

START_TEST(refuses_keys_that_are_no_resource)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{sv}", 1, bad_keys[_i], "u", 60), 0);
        ck_assert(!read_message(m, LW_PATH_INSTANCE(1, 0), values));
}
END_TEST

/* 26241 has no definition here. */
START_TEST(an_array_without_a_definition_shows_its_types)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{qv}", 2, 0, "u", 5, 7, "b", 1), 0);
        ck_assert(read_message(m, LW_PATH_RESOURCE(26241, 0, 1), values));
        ck_assert_uint_eq(lw_values_count(values), 2);
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_INTEGER);
        ck_assert_int_eq(lw_values_at(values, 1)->value.type, LW_TYPE_BOOLEAN);
        ck_assert(lw_path_equal(&lw_values_at(values, 1)->path,
                        &LW_PATH_RESOURCE_INSTANCE(26241, 0, 1, 7)));
}
END_TEST

START_TEST(an_array_may_be_empty)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{qv}", 0), 0);
        ck_assert(read_message(m, LW_PATH_RESOURCE(26241, 0, 1), values));
        ck_assert_uint_eq(lw_values_count(values), 1);
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_NONE);
}
END_TEST

START_TEST(an_array_has_ids)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{qv}", 1, 65535, "u", 5), 0);
        ck_assert(!read_message(m, LW_PATH_RESOURCE(26241, 0, 1), values));
}
END_TEST

/* The keys of entries, by what they are below. */
static const struct {
        LwPath base;
        const char *key;
        bool ok;
        LwPath path;
} keys[] = {
        { { { 0 }, 0 }, "/1/0/1", true, { { 1, 0, 1 }, 3 } },
        { { { 0 }, 0 }, "1", false, {} },
        { { { 0 }, 0 }, "/1/0", false, {} },
        { { { 1, 7 }, 2 }, "1", true, { { 1, 7, 1 }, 3 } },
        { { { 1, 7 }, 2 }, "/1/7/1", true, { { 1, 7, 1 }, 3 } },
        { { { 1, 7 }, 2 }, "/1/8/1", false, {} },
        { { { 1, 65535 }, 2 }, "1", true, { { 1, 65535, 1 }, 3 } },
};

START_TEST(entries_have_their_place)
{
        g_autoptr(LwRegistry) registry = lw_registry_new(load, NULL);
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, keys[_i].key, "u", 60), 0);
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ck_assert_int_eq(lw_test_read_entries(m, &keys[_i].base, registry, values, NULL),
                        keys[_i].ok);
        if (keys[_i].ok)
                ck_assert(lw_path_equal(&lw_values_at(values, 0)->path, &keys[_i].path));
        sd_bus_message_unref(m);
}
END_TEST

START_TEST(paths_may_be_of_any_level)
{
        g_autoptr(LwValues) paths = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "as", 3, "/", "/3/0/7/1", _i == 0 ? "/3" : "3"),
                        0);
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ck_assert_int_eq(lw_test_read_paths(m, paths, NULL), _i == 0);
        if (_i == 0) {
                ck_assert_uint_eq(lw_values_count(paths), 3);
                ck_assert_uint_eq(lw_values_at(paths, 0)->path.length, 0);
        }
        sd_bus_message_unref(m);
}
END_TEST

START_TEST(refuses_an_object)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_message *m = new_message();

        ck_assert_int_ge(sd_bus_message_append(m, "v", "a{sv}", 0), 0);
        ck_assert(!read_message(m, LW_PATH_OBJECT(1), values));
}
END_TEST

TCase *test_face_values(void)
{
        TCase *tcase = tcase_create("face-values");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, splits_links, 0, G_N_ELEMENTS(documents));
        tcase_add_test(tcase, takes_the_type_of_the_definition);
        tcase_add_test(tcase, guesses_without_a_definition);
        tcase_add_test(tcase, sends_a_value_for_what_is_executed);
        tcase_add_test(tcase, reads_an_instance);
        tcase_add_loop_test(tcase, refuses_keys_that_are_no_resource, 0, G_N_ELEMENTS(bad_keys));
        tcase_add_test(tcase, an_array_without_a_definition_shows_its_types);
        tcase_add_test(tcase, an_array_may_be_empty);
        tcase_add_test(tcase, an_array_has_ids);
        tcase_add_loop_test(tcase, entries_have_their_place, 0, G_N_ELEMENTS(keys));
        tcase_add_loop_test(tcase, paths_may_be_of_any_level, 0, 2);
        tcase_add_test(tcase, refuses_an_object);
        return tcase;
}
