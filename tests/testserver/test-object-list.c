/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "model/status.h"
#include "testserver/object-list.h"
#include "testserver/suite.h"

/* Payloads as clients send them; what is read out of them, as "path[;version]..." */
static const struct {
        const char *text;
        const char *links;  /* NULL: 4.00 */
        const char *prefix; /* segments, joined by "/" */
        const char *formats;
} cases[] = {
        /* OMA LwM2M Core 1.1, "Register": the examples */
        { "</1/0>,</1/1>,</2/0>,</3/0>", "/1/0 /1/1 /2/0 /3/0", "", "" },
        { "</>;ct=110,</1>;ver=1.1,</1/0>,</3/0>", "/1;1.1 /1/0 /3/0", "", "110" },
        { "</>;ct=\"60 110 112\",</3/0>", "/3/0", "", "60 110 112" },
        { "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>", "/1/0 /3/0", "lwm2m", "" },
        { "</a/b>;rt=\"x oma.lwm2m\";ct=11543,</a/b/3/0>", "/3/0", "a/b", "11543" },
        { "</>;rt=\"oma.lwm2m\";ct=11543,</3/0>", "/3/0", "", "11543" },
        /* the version in both styles; that on an instance is its object's */
        { "</1>;ver=\"1.1\",</1/0>", "/1;1.1 /1/0", "", "" },
        { "</44/0>;ver=2.2", "/44;2.2 /44/0", "", "" },
        /* attributes and links that mean nothing to us */
        { "</3/0>;foo;bar=\"a,b\";ct=0", "/3/0", "", "0" },
        { "</.well-known/core>,</3/0>,</3/0/1>,</70000/0>", "/3/0", "", "" },
        { "</lwm2m>;rt=\"oma.lwm2m\",</3/0>,</lwm2m/4/0>", "/4/0", "lwm2m", "" },
        { "</3/0>,</3/0>", "/3/0", "", "" },
        /* what is not legal and occurs */
        { "</1/0>, </3/0>,", "/1/0 /3/0", "", "" },
        { "<3/0>", "/3/0", "", "" },
        { "</3/0/>", "/3/0", "", "" },
        /* malformed */
        { "</3/0", NULL, NULL, NULL },
        { "3/0", NULL, NULL, NULL },
        { "</3/0>;", NULL, NULL, NULL },
        { "</1/2>;rt=\"oma.lwm2m\",</1/2/3/0>", NULL, NULL, NULL },
};

START_TEST(reads)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwObjectList) list =
                        lw_object_list_parse(cases[_i].text, strlen(cases[_i].text), &error);
        g_autoptr(GString) links = g_string_new(NULL), formats = g_string_new(NULL);
        g_autofree char *prefix = NULL;
        const uint16_t *numbers;
        size_t count;

        if (cases[_i].links == NULL) {
                ck_assert_ptr_null(list);
                ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_BAD_REQUEST);
                return;
        }
        ck_assert_ptr_nonnull(list);
        for (size_t i = 0; i < lw_object_list_count(list); i++) {
                const LwObjectLink *link = lw_object_list_at(list, i);
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&link->path, text);
                g_string_append_printf(links, "%s%s%s%s", i > 0 ? " " : "", text,
                                link->version != NULL ? ";" : "",
                                link->version != NULL ? link->version : "");
        }
        ck_assert_str_eq(links->str, cases[_i].links);
        prefix = g_strjoinv("/", (char **) lw_object_list_prefix(list));
        ck_assert_str_eq(prefix, cases[_i].prefix);
        numbers = lw_object_list_formats(list, &count);
        for (size_t i = 0; i < count; i++)
                g_string_append_printf(formats, "%s%u", i > 0 ? " " : "", numbers[i]);
        ck_assert_str_eq(formats->str, cases[_i].formats);
}
END_TEST

START_TEST(finds)
{
        static const char text[] = "</1>;ver=1.1,</1/0>";
        g_autoptr(LwObjectList) list = lw_object_list_parse(text, strlen(text), NULL);

        ck_assert_str_eq(lw_object_list_find(list, &LW_PATH_OBJECT(1))->version, "1.1");
        ck_assert_ptr_nonnull(lw_object_list_find(list, &LW_PATH_INSTANCE(1, 0)));
        ck_assert_ptr_null(lw_object_list_find(list, &LW_PATH_INSTANCE(1, 1)));
}
END_TEST

TCase *test_object_list(void)
{
        TCase *tcase = tcase_create("object-list");

        tcase_add_loop_test(tcase, reads, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, finds);
        return tcase;
}
