/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of lists of values. */
#include <string.h>

#include "lib/suite.h"
#include "model/values.h"

TCase *test_values(void);

static void add_integer(LwValues *values, const LwPath *path, int64_t integer)
{
        LwValue value = lw_value_integer(integer);

        lw_values_add(values, path, &value);
}

START_TEST(keeps_what_is_added_in_order)
{
        g_autoptr(LwValues) values = lw_values_new();

        for (unsigned i = 0; i < 1000; i++) {
                LwPath path = LW_PATH_RESOURCE(3, 0, i * 7 % 1000);

                add_integer(values, &path, i);
        }
        ck_assert_uint_eq(lw_values_count(values), 1000);
        for (unsigned i = 0; i < 1000; i++) {
                const LwEntry *entry = lw_values_at(values, i);

                ck_assert_int_eq(entry->value.integer, i);
                ck_assert_uint_eq(entry->path.ids[2], i * 7 % 1000);
        }
}
END_TEST

START_TEST(owns_text_and_data)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(3, 0, 0);
        char text[] = "text", data[] = "\0\1\2";
        LwValue string = lw_value_string(text), opaque = lw_value_data(data, 3);
        LwValue empty = lw_value_data(NULL, 0);

        lw_values_add(values, &path, &string);
        lw_values_add(values, &path, &opaque);
        lw_values_add(values, &path, &empty);
        lw_values_add_text(values, &path, LW_TYPE_CORELNK, "</1>,</3>", 4);
        memset(text, 'x', sizeof(text));
        memset(data, 'x', sizeof(data));

        ck_assert_str_eq(lw_values_at(values, 0)->value.text, "text");
        ck_assert_uint_eq(lw_values_at(values, 1)->value.length, 3);
        ck_assert_mem_eq(lw_values_at(values, 1)->value.data, "\0\1\2", 3);
        ck_assert_uint_eq(lw_values_at(values, 2)->value.length, 0);
        ck_assert_str_eq(lw_values_at(values, 3)->value.text, "</1>");
        ck_assert_uint_eq(lw_values_at(values, 3)->value.length, 4);
        ck_assert_int_eq(lw_values_at(values, 3)->value.type, LW_TYPE_CORELNK);
}
END_TEST

START_TEST(never_moves_text)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(3, 0, 0);
        g_autofree char *large = g_strnfill(60000, 'y');
        const char *first;

        lw_values_add_text(values, &path, LW_TYPE_STRING, "first", 5);
        first = lw_values_at(values, 0)->value.text;
        for (unsigned i = 1; i < 3000; i++) {
                char text[16];

                g_snprintf(text, sizeof(text), "text %u", i);
                lw_values_add_text(values, &path, LW_TYPE_STRING, text, strlen(text));
                if (i % 1000 == 0)
                        lw_values_add_text(values, &path, LW_TYPE_STRING, large, 60000);
        }
        ck_assert_ptr_eq(lw_values_at(values, 0)->value.text, first);
        ck_assert_str_eq(first, "first");
        ck_assert_str_eq(lw_values_at(values, 1001)->value.text, large);
        ck_assert_str_eq(
                        lw_values_at(values, lw_values_count(values) - 1)->value.text, "text 2999");
}
END_TEST

static void count(void *user)
{
        ++*(unsigned *) user;
}

START_TEST(holds_references_of_blobs)
{
        unsigned destroyed = 0;
        LwValues *values = lw_values_new(), *copy = lw_values_new();
        LwBlob *blob = lw_blob_new_reader(1, NULL, &destroyed, count);
        LwPath path = LW_PATH_RESOURCE(5, 0, 0);
        LwValue value = lw_value_blob(blob);

        lw_values_add(values, &path, &value);
        lw_values_append(copy, values);
        lw_blob_unref(blob);
        ck_assert_ptr_eq(lw_values_at(copy, 0)->value.blob, blob);
        lw_values_reset(values);
        lw_values_reset(values);
        ck_assert_uint_eq(destroyed, 0);
        lw_values_free(copy);
        ck_assert_uint_eq(destroyed, 1);
        lw_values_free(values);
}
END_TEST

START_TEST(finds_the_first_at_a_path)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath absent[] = { LW_PATH_RESOURCE(3, 0, 1), LW_PATH_INSTANCE(3, 0),
                LW_PATH_RESOURCE(4, 0, 0), LW_PATH_ROOT };
        unsigned count_of_each = _i == 0 ? 2 : 50;

        /* in order, each twice; in the second half of the rows spoilt by one at the end */
        for (unsigned i = 0; i < count_of_each; i++) {
                LwPath path = LW_PATH_RESOURCE(3, 0, i * 2);

                add_integer(values, &path, i);
                add_integer(values, &path, i + 1000);
        }
        if (_i == 2) {
                LwPath path = LW_PATH_RESOURCE(2, 0, 0);

                add_integer(values, &path, 5);
                ck_assert_int_eq(lw_values_find(values, &path)->value.integer, 5);
        }
        for (unsigned i = 0; i < count_of_each; i++) {
                LwPath path = LW_PATH_RESOURCE(3, 0, i * 2);

                ck_assert_int_eq(lw_values_find(values, &path)->value.integer, i);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
                ck_assert_ptr_null(lw_values_find(values, &absent[i]));
}
END_TEST

START_TEST(sorts_and_keeps_the_order_of_equals)
{
        g_autoptr(LwValues) values = lw_values_new();
        const LwEntry *last;

        for (unsigned i = 0; i < 500; i++) {
                LwPath path = LW_PATH_RESOURCE(3, i % 3, i * 37 % 100);

                path.length = (uint16_t) (i % 2 == 0 ? 3 : 2);
                path = lw_path_prefix(&LW_PATH_RESOURCE(3, i % 3, i * 37 % 100), path.length);
                add_integer(values, &path, i);
                if (_i == 1)
                        lw_values_set_time(values, i, i + 1);
        }
        lw_values_sort(values);
        ck_assert_uint_eq(lw_values_count(values), 500);
        last = lw_values_at(values, 0);
        for (unsigned i = 1; i < 500; i++) {
                const LwEntry *entry = lw_values_at(values, i);
                int order = lw_path_compare(&last->path, &entry->path);

                ck_assert_int_le(order, 0);
                if (order == 0)
                        ck_assert_int_lt(last->value.integer, entry->value.integer);
                if (_i == 1)
                        ck_assert_int_eq(lw_values_time(values, i), entry->value.integer + 1);
                last = entry;
        }
        ck_assert_ptr_nonnull(lw_values_find(values, &LW_PATH_RESOURCE(3, 0, 36)));
}
END_TEST

START_TEST(remembers_times)
{
        g_autoptr(LwValues) values = lw_values_new(), copy = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(3, 0, 13);

        for (unsigned i = 0; i < 600; i++) {
                add_integer(values, &path, i);
                if (i == 3)
                        lw_values_set_time(values, 3, -5);
        }
        lw_values_set_time(values, 599, INT64_MAX);
        add_integer(copy, &path, 0);
        lw_values_append(copy, values);
        for (unsigned i = 0; i < 600; i++) {
                int64_t time = i == 3 ? -5 : i == 599 ? INT64_MAX : 0;

                ck_assert_int_eq(lw_values_time(values, i), time);
                ck_assert_int_eq(lw_values_time(copy, i + 1), time);
        }
        lw_values_forget_times(copy);
        ck_assert_int_eq(lw_values_time(copy, 600), 0);
        lw_values_reset(values);
        add_integer(values, &path, 0);
        ck_assert_int_eq(lw_values_time(values, 0), 0);
}
END_TEST

START_TEST(starts_over)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath high = LW_PATH_RESOURCE(9, 0, 0), low = LW_PATH_RESOURCE(1, 0, 0);

        for (unsigned round = 0; round < 3; round++) {
                for (unsigned i = 0; i < 2000; i++)
                        lw_values_add_text(values, &high, LW_TYPE_STRING, "some text here", 14);
                add_integer(values, &low, 1);
                lw_values_reset(values);
                ck_assert_uint_eq(lw_values_count(values), 0);
                ck_assert_ptr_null(lw_values_find(values, &low));
        }
        lw_values_add_text(values, &low, LW_TYPE_STRING, "fresh", 5);
        ck_assert_str_eq(lw_values_at(values, 0)->value.text, "fresh");
}
END_TEST

START_TEST(appends_itself)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(3, 0, 0);

        for (unsigned i = 0; i < 300; i++)
                lw_values_add_text(values, &path, LW_TYPE_STRING, "abc", 3);
        lw_values_append(values, values);
        ck_assert_uint_eq(lw_values_count(values), 600);
        ck_assert_str_eq(lw_values_at(values, 599)->value.text, "abc");
}
END_TEST

START_TEST(may_be_none)
{
        lw_values_free(NULL);
}
END_TEST

TCase *test_values(void)
{
        TCase *tcase = tcase_create("values");

        tcase_add_test(tcase, keeps_what_is_added_in_order);
        tcase_add_test(tcase, owns_text_and_data);
        tcase_add_test(tcase, never_moves_text);
        tcase_add_test(tcase, holds_references_of_blobs);
        tcase_add_loop_test(tcase, finds_the_first_at_a_path, 0, 3);
        tcase_add_loop_test(tcase, sorts_and_keeps_the_order_of_equals, 0, 2);
        tcase_add_test(tcase, remembers_times);
        tcase_add_test(tcase, starts_over);
        tcase_add_test(tcase, appends_itself);
        tcase_add_test(tcase, may_be_none);
        return tcase;
}
