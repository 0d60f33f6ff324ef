/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of paths. */
#include <string.h>

#include "lib/suite.h"
#include "model/path.h"
#include "model/status.h"

TCase *test_path(void);

static const struct {
        const char *text;
        LwPath path;
} good[] = {
        { "/", { { 0 }, 0 } },
        { "/0", { { 0 }, 1 } },
        { "/3", { { 3 }, 1 } },
        { "/3/0", { { 3, 0 }, 2 } },
        { "/3/0/9", { { 3, 0, 9 }, 3 } },
        { "/3/0/7/1", { { 3, 0, 7, 1 }, 4 } },
        { "/65534/65534/65534/65534", { { 65534, 65534, 65534, 65534 }, 4 } },
        { "/3303/10/5700", { { 3303, 10, 5700 }, 3 } },
};

START_TEST(parses_and_prints)
{
        char text[LW_PATH_TEXT_MAX];
        LwPath path;
        size_t length;

        memset(&path, 0xff, sizeof(path));
        ck_assert(lw_path_parse(good[_i].text, &path, NULL));
        ck_assert_mem_eq(&path, &good[_i].path, sizeof(path));
        length = lw_path_print(&path, text);
        ck_assert_str_eq(text, good[_i].text);
        ck_assert_uint_eq(length, strlen(text));
}
END_TEST

static const struct {
        const char *text;
        const char *reason; /* in the message */
} bad[] = {
        { "", "start with '/'" }, { "3", "start with '/'" }, { "3/0", "start with '/'" },
        { " /3", "start with '/'" }, { "//", "ids from 0" }, { "//3", "ids from 0" },
        { "/3/", "ends in '/'" }, { "/3/0/", "ends in '/'" }, { "/3//0", "ids from 0" },
        { "/03", "ids from 0" }, { "/00", "ids from 0" }, { "/-1", "ids from 0" },
        { "/+1", "ids from 0" }, { "/3 ", "ids from 0" }, { "/3/0x1", "ids from 0" },
        { "/65535", "ids from 0" }, { "/65536", "ids from 0" }, { "/4294967299", "ids from 0" },
        { "/99999999999999999999999", "ids from 0" }, { "/3/0/7/1/2", "more than four" },
        { "/3/0/7/1/", "ends in '/'" }, { "/lwm2m/3", "ids from 0" },
        { "/\xd9\xa3", "ids from 0" }, /* an arabic 3 */
};

START_TEST(refuses_what_is_no_path)
{
        g_autoptr(GError) error = NULL;
        LwPath path = LW_PATH_OBJECT(99);

        ck_assert(!lw_path_parse(bad[_i].text, &path, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, bad[_i].reason) != NULL, "%s", error->message);
        ck_assert_uint_eq(path.ids[0], 99);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        LwPath path;
} below[] = {
        { "9", true, { { 3, 0, 9 }, 3 } },
        { "6/0", true, { { 3, 0, 6, 0 }, 4 } },
        { "65534", true, { { 3, 0, 65534 }, 3 } },
        { "", false, {} },
        { "/9", false, {} },
        { "9/", false, {} },
        { "6//0", false, {} },
        { "6/0/1", false, {} },
        { "09", false, {} },
        { "65535", false, {} },
        { "x", false, {} },
};

START_TEST(parses_what_lies_below_a_path)
{
        LwPath parent = LW_PATH_INSTANCE(3, 0), path = {};
        char text[LW_PATH_TEXT_MAX];

        ck_assert_int_eq(
                        lw_path_parse_below(&parent, below[_i].text, strlen(below[_i].text), &path),
                        below[_i].ok);
        ck_assert_mem_eq(&path, &below[_i].path, sizeof(path));
        if (!below[_i].ok)
                return;
        ck_assert_uint_eq(lw_path_print_below(&path, parent.length, text), strlen(below[_i].text));
        ck_assert_str_eq(text, below[_i].text);
        ck_assert_uint_eq(lw_path_print_below(&parent, parent.length, text), 0);
}
END_TEST

START_TEST(takes_the_bytes_it_is_given_and_no_more)
{
        LwPath path;

        ck_assert(lw_path_parse_bytes("/3/0/9", 4, &path, NULL));
        ck_assert_mem_eq(&path, &LW_PATH_INSTANCE(3, 0), sizeof(path));
        ck_assert(!lw_path_parse_bytes("/3\0/0", 5, &path, NULL));
        ck_assert(!lw_path_parse_bytes("/3/0", 0, &path, NULL));
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        uint16_t id;
} ids[] = {
        { "0", true, 0 },
        { "9", true, 9 },
        { "65534", true, 65534 },
        { "65535", false, 0 },
        { "00", false, 0 },
        { "01", false, 0 },
        { "", false, 0 },
        { "123456", false, 0 },
        { "1a", false, 0 },
        { "99999", false, 0 },
};

START_TEST(parses_one_id)
{
        uint16_t id = 0;

        ck_assert(lw_id_parse(ids[_i].text, strlen(ids[_i].text), &id) == ids[_i].ok);
        ck_assert_uint_eq(id, ids[_i].id);
}
END_TEST

/* in the order of a depth-first walk */
static const char *const walk[] = { "/", "/0", "/0/0", "/0/0/0", "/0/0/0/0", "/0/0/0/1", "/0/0/1",
        "/0/1", "/1", "/3", "/3/0", "/3/0/0", "/3/0/7/0", "/3/0/7/256", "/3/0/9", "/3/1", "/3/256",
        "/256", "/65534/65534/65534/65534" };

START_TEST(compares_in_order_of_a_walk)
{
        for (size_t i = 0; i < G_N_ELEMENTS(walk); i++) {
                LwPath a, b;
                int order;

                ck_assert(lw_path_parse(walk[_i], &a, NULL));
                ck_assert(lw_path_parse(walk[i], &b, NULL));
                order = lw_path_compare(&a, &b);
                ck_assert_int_eq((order > 0) - (order < 0), (_i > (int) i) - (_i < (int) i));
                ck_assert(lw_path_equal(&a, &b) == (_i == (int) i));
        }
}
END_TEST

static const struct {
        const char *outer, *inner;
        bool contains;
} nested[] = {
        { "/", "/", true },
        { "/", "/3/0/7/1", true },
        { "/3", "/3", true },
        { "/3", "/3/0", true },
        { "/3", "/3/0/7/1", true },
        { "/3/0", "/3/0/9", true },
        { "/3/0/7", "/3/0/7/1", true },
        { "/3/0/7/1", "/3/0/7/1", true },
        { "/3", "/", false },
        { "/3/0", "/3", false },
        { "/0", "/", false },
        { "/0/0", "/0", false },
        { "/0/0/0/0", "/0/0/0", false },
        { "/3", "/4", false },
        { "/3", "/33/0", false },
        { "/3/0", "/3/1/0", false },
        { "/3/0/7/1", "/3/0/7/2", false },
};

START_TEST(contains_what_is_below_it)
{
        LwPath outer, inner;

        ck_assert(lw_path_parse(nested[_i].outer, &outer, NULL));
        ck_assert(lw_path_parse(nested[_i].inner, &inner, NULL));
        ck_assert(lw_path_contains(&outer, &inner) == nested[_i].contains);
}
END_TEST

START_TEST(goes_down_and_up)
{
        LwPath path = LW_PATH_ROOT;

        for (uint16_t id = 1; id <= 4; id++)
                path = lw_path_child(&path, id);
        ck_assert_mem_eq(&path, &LW_PATH_RESOURCE_INSTANCE(1, 2, 3, 4), sizeof(path));
        path = lw_path_prefix(&path, 4);
        ck_assert_mem_eq(&path, &LW_PATH_RESOURCE_INSTANCE(1, 2, 3, 4), sizeof(path));
        path = lw_path_prefix(&path, 2);
        ck_assert_mem_eq(&path, &LW_PATH_INSTANCE(1, 2), sizeof(path));
        path = lw_path_prefix(&path, 0);
        ck_assert_mem_eq(&path, &LW_PATH_ROOT, sizeof(path));
}
END_TEST

TCase *test_path(void)
{
        TCase *tcase = tcase_create("path");

        tcase_add_loop_test(tcase, parses_and_prints, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(tcase, refuses_what_is_no_path, 0, G_N_ELEMENTS(bad));
        tcase_add_loop_test(tcase, parses_what_lies_below_a_path, 0, G_N_ELEMENTS(below));
        tcase_add_test(tcase, takes_the_bytes_it_is_given_and_no_more);
        tcase_add_loop_test(tcase, parses_one_id, 0, G_N_ELEMENTS(ids));
        tcase_add_loop_test(tcase, compares_in_order_of_a_walk, 0, G_N_ELEMENTS(walk));
        tcase_add_loop_test(tcase, contains_what_is_below_it, 0, G_N_ELEMENTS(nested));
        tcase_add_test(tcase, goes_down_and_up);
        return tcase;
}
