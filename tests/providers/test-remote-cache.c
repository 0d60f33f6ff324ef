/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are kept of a service. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "providers/remote/cache.h"
#include "providers/suite.h"

static LwCache *cache;

static void setup(void)
{
        cache = lw_cache_new();
}

static void teardown(void)
{
        lw_cache_free(cache);
}

static LwPath path_of(const char *text)
{
        LwPath path;

        ck_assert(lw_path_parse(text, &path, NULL));
        return path;
}

/* "/3/0/7/0=1 /3/0/7/1=2", all integers. */
static void put(const char *text)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        g_autoptr(LwValues) values = lw_values_new();

        for (size_t i = 0; words[i] != NULL; i++) {
                char *equals = strchr(words[i], '=');
                LwValue value = *equals == '=' && equals[1] != '\0'
                                                ? lw_value_integer(atoi(equals + 1))
                                                : lw_value_none();
                LwPath path;

                *equals = '\0';
                path = path_of(words[i]);
                lw_values_add(values, &path, &value);
        }
        lw_cache_put(cache, values);
}

/* The values at `path`, "/3/0/9=5"; "?" when nothing is known. */
static void expect(const char *path_text, const char *wanted)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = path_of(path_text);
        bool known = lw_cache_knows(cache, &path);

        ck_assert_int_eq(lw_cache_read(cache, &path, values), known);
        if (!known)
                g_string_append(text, "?");
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                char entry_path[LW_PATH_TEXT_MAX];

                lw_path_print(&entry->path, entry_path);
                g_string_append_printf(text, "%s%s=", i > 0 ? " " : "", entry_path);
                if (entry->value.type != LW_TYPE_NONE)
                        ck_assert(lw_value_print(&entry->value, text, NULL));
        }
        ck_assert_str_eq(text->str, wanted);
}

START_TEST(what_was_put_is_read)
{
        put("/3/0/9=5 /3/0/7/1=2 /3/0/7/0=1");
        expect("/3/0/9", "/3/0/9=5");
        expect("/3/0/7", "/3/0/7/0=1 /3/0/7/1=2");
        expect("/3/0/7/1", "/3/0/7/1=2");
        expect("/3/0/7/2", "");
        expect("/3/0/8", "?");
        expect("/3/1/9", "?");
        expect("/4/0/9", "?");
}
END_TEST

START_TEST(the_new_takes_the_place_of_the_old)
{
        LwPath path = path_of("/3/0/9");

        put("/3/0/9=5 /3/0/7/0=1 /3/0/7/1=2");
        put("/3/0/9=6 /3/0/7/3=3");
        expect("/3/0/9", "/3/0/9=6");
        expect("/3/0/7", "/3/0/7/3=3");
        put("/3/0/7=");
        expect("/3/0/7", "/3/0/7=");
        put("/3/0/9=7 /3/0/9=8");
        expect("/3/0/9", "/3/0/9=8");
        lw_cache_put_nothing(cache, &path);
        expect("/3/0/9", "");
        lw_cache_drop(cache, &path);
        expect("/3/0/9", "?");
        lw_cache_drop(cache, &path);
        lw_cache_clear(cache);
        expect("/3/0/7", "?");
}
END_TEST

static void put_text(const char *path_text, size_t length)
{
        g_autofree char *text = g_strnfill(length, 'x');
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = path_of(path_text);
        LwValue value = lw_value_string(text);

        lw_values_add(values, &path, &value);
        lw_cache_put(cache, values);
}

START_TEST(what_does_not_fit_is_not_known)
{
        char path[LW_PATH_TEXT_MAX];
        unsigned kept = 0;

        for (unsigned i = 0; i < 30; i++) {
                LwPath resource = LW_PATH_RESOURCE(3303, i, 5701);

                lw_path_print(&resource, path);
                put_text(path, LW_STRING_MAX);
                kept += lw_cache_knows(cache, &resource);
        }
        ck_assert_uint_eq(kept, LW_PLUGIN_CACHE_MAX / (LW_STRING_MAX + 1) - 1);
        put_text("/3303/0/5701", 10); /* makes room, as it replaces */
        put_text("/3303/29/5701", LW_STRING_MAX);
        ck_assert(lw_cache_knows(cache, &LW_PATH_RESOURCE(3303, 29, 5701)));
        put_text("/3303/1/5701", 10);
        expect("/3303/1/5701", "/3303/1/5701=xxxxxxxxxx");
}
END_TEST

/* A value that does not fit must not leave the old one behind. */
START_TEST(a_value_that_does_not_fit_is_not_the_old_one)
{
        char path[LW_PATH_TEXT_MAX];

        put_text("/3303/100/5701", 10);
        for (unsigned i = 0; i < 30; i++) {
                LwPath resource = LW_PATH_RESOURCE(3303, i, 5701);

                lw_path_print(&resource, path);
                put_text(path, LW_STRING_MAX);
        }
        put_text("/3303/100/5701", LW_STRING_MAX);
        expect("/3303/100/5701", "?");
}
END_TEST

START_TEST(a_value_keeps_the_time_that_it_came_with)
{
        g_autoptr(LwValues) values = lw_values_new(), found = lw_values_new();
        LwPath first = path_of("/3/0/9"), second = path_of("/3/0/10");
        LwValue value = lw_value_integer(1);

        lw_values_add(values, &second, &value);
        lw_values_set_time(values, 0, 1600000000000000);
        lw_values_add(values, &first, &value);
        lw_cache_put(cache, values);
        ck_assert(lw_cache_read(cache, &first, found) && lw_cache_read(cache, &second, found));
        ck_assert_int_eq(lw_values_time(found, 0), 0);
        ck_assert_int_eq(lw_values_time(found, 1), 1600000000000000);
        put("/3/0/10=2"); /* the next is about now */
        ck_assert(lw_cache_read(cache, &second, found));
        ck_assert_int_eq(lw_values_time(found, 2), 0);
}
END_TEST

TCase *test_remote_cache(void)
{
        TCase *tcase = tcase_create("remote-cache");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_was_put_is_read);
        tcase_add_test(tcase, the_new_takes_the_place_of_the_old);
        tcase_add_test(tcase, what_does_not_fit_is_not_known);
        tcase_add_test(tcase, a_value_that_does_not_fit_is_not_the_old_one);
        tcase_add_test(tcase, a_value_keeps_the_time_that_it_came_with);
        return tcase;
}
