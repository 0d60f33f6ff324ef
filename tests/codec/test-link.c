/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Link format, written and read. */
#include <string.h>

#include <check.h>

#include "codec/link.h"
#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"

TCase *test_link(void);

/* "target name=value name; target": what the handler was told. */
static bool note(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error G_GNUC_UNUSED)
{
        GString *notes = user;

        g_string_append_printf(notes, "%s%s", notes->len > 0 ? "; " : "", target);
        for (size_t i = 0; i < count; i++)
                g_string_append_printf(notes, " %s%s%s", names[i], values[i] ? "=" : "",
                                values[i] ? values[i] : "");
        return true;
}

/* OMA LwM2M, Register, Discover and Bootstrap-Discover; then what peers make of it. */
/* clang-format off */
static const struct { const char *text, *notes; } documents[] = {
        { "",                                    "" },
        { "</5>",                                "/5" },
        { "</1/0>,</3/0>",                       "/1/0; /3/0" },
        { "</1>;ver=1.1,</1/0>,</3/0>",          "/1 ver=1.1; /1/0; /3/0" },
        { "</>;ct=\"60 110 112\",</1/0>,</3/0>,</5>", "/ ct=60 110 112; /1/0; /3/0; /5" },
        { "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>",
          "/lwm2m rt=oma.lwm2m; /lwm2m/1/0; /lwm2m/3/0" },
        { "</3/0/7>;dim=2;pmin=10;pmax=60;gt=50;lt=42.2,</3/0/7/0>,</3/0/7/1>;lt=45",
          "/3/0/7 dim=2 pmin=10 pmax=60 gt=50 lt=42.2; /3/0/7/0; /3/0/7/1 lt=45" },
        { "</>;lwm2m=1.1,</0/0>;ssid=101;uri=\"coaps://server_1.example.com\",</0/1>,</1/0>;ssid=101,</3/0>",
          "/ lwm2m=1.1; /0/0 ssid=101 uri=coaps://server_1.example.com; /0/1; /1/0 ssid=101; /3/0" },
        { "</1>;ver=\"1.1\"",                    "/1 ver=1.1" },
        { "</0/1/>",                             "/0/1" },
        { "</0//>",                              "/0" },
        { "<3/0>",                               "/3/0" },
        { "<>",                                  "/" },
        { "</3/0>, </5>,\r\n</6/0>",             "/3/0; /5; /6/0" },
        { "</3/0>,",                             "/3/0" },
        { "</3/0> ; obs ; a=b , </5>",           "/3/0 obs a=b; /5" },
        { "</a%20b/%e2%82%ac>",                  "/a b/\xe2\x82\xac" },
        { "</x>;t=\"a,b;c>d\\\"e\\\\f\",</5>",   "/x t=a,b;c>d\"e\\f; /5" },
        { "</x>;t=\"\"",                         "/x t=" },
        { "</x>;title*=UTF-8'en'a",              "/x title*=UTF-8'en'a" },
};

static const struct { const char *text; size_t length; } malformed[] = {
        { "3/0",               3 }, /* no link */
        { "</3/0",             5 },
        { "<",                 1 },
        { "</3/0>x",           7 },
        { "</3/0>,,</5>",     12 },
        { ",</5>",             5 },
        { "</3/0>;",           7 },
        { "</3/0>;=x",         9 },
        { "</3/0>;a=",         9 },
        { "</3/0>;a=\"x",     11 },
        { "</3/0>;a=\"x\\",   12 },
        { "</3/0>;a=\"x\"y",  13 },
        { "</3/0>;a<b",       10 },
        { "</%4>",             5 },
        { "</%zz>",            6 },
        { "</%00>",            6 },
        { "</%ff>",            6 },
        { "</a b>",            6 },
        { "</a<b>",            6 },
        { "</\0>",             4 },
        { "</3>;a=\"\0\"",     10 },
        { "</3>;a=\"\xff\"",   9 },
        { "\0",                1 },
};
/* clang-format on */

START_TEST(reads)
{
        g_autoptr(GString) notes = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        const char *text = documents[_i].text;

        ck_assert_msg(lw_link_parse(text, strlen(text), note, notes, &error), "%s: %s", text,
                        error ? error->message : "");
        ck_assert_str_eq(notes->str, documents[_i].notes);
}
END_TEST

START_TEST(refuses)
{
        g_autoptr(GString) notes = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_memdup2(malformed[_i].text, malformed[_i].length);

        ck_assert_msg(!lw_link_parse(text, malformed[_i].length, note, notes, &error), "%s",
                        malformed[_i].text);
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

/* All texts that are whole must stay within their bytes when they are cut. */
START_TEST(survives_a_cut)
{
        const char *text = documents[_i].text;

        for (size_t length = 0; length < strlen(text); length++) {
                g_autoptr(GString) notes = g_string_new(NULL);
                g_autofree char *cut = g_memdup2(text, length);

                lw_link_parse(cut, length, note, notes, NULL);
                ck_assert_uint_le(notes->len, strlen(documents[_i].notes));
        }
}
END_TEST

/* OMA LwM2M, CoRE link format: these are written by the very calls that reading them makes. */
/* clang-format off */
static const char *const written[] = {
        "</>;ct=\"60 110 112\",</1/0>,</3/0>,</5>",
        "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>",
        "</1>;ver=1.1,</1/0>,</3/0>",
        "</3/0/7>;dim=2;pmin=10;pmax=60;gt=50;lt=42.2,</3/0/7/0>,</3/0/7/1>;lt=45",
        "</>;lwm2m=1.1,</0/0>;ssid=101;uri=\"coaps://server_1.example.com\",</0/1>,</1/0>;ssid=101,</3/0>",
        "</16/0/0>;dim=4",
        "</5>",
        "</1/0>,</3/0>",
        "</1>;ver=1.1,</1/0>",
        "</>;ct=\"60 110 112\"",
        "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>",
        "</3/0/9>;pmin=10;pmax=60;gt=50",
        "</>;lwm2m=1.1,</0/1>,</1/0>;ssid=101",
};
/* clang-format on */

static bool write_again(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error G_GNUC_UNUSED)
{
        static const char *const quoted[] = { "rt", "uri", "ct", NULL };
        LwWriter *writer = user;

        lw_link_write(writer, target);
        for (size_t i = 0; i < count; i++) {
                if (g_strv_contains(quoted, names[i]))
                        lw_link_write_quoted(writer, names[i], values[i]);
                else
                        lw_link_write_token(writer, names[i], values[i]);
        }
        return true;
}

START_TEST(writes_what_it_read)
{
        const char *text = written[_i];
        g_auto(LwWriter) writer = {};

        ck_assert(lw_link_parse(text, strlen(text), write_again, &writer, NULL));
        ck_assert_uint_eq(writer.length, strlen(text));
        ck_assert_mem_eq(writer.data, text, writer.length);
}
END_TEST

START_TEST(is_bounded)
{
        g_autoptr(GString) text = g_string_new("</1>"), notes = g_string_new(NULL);
        g_autoptr(GError) many_attributes = NULL, many_links = NULL;

        for (int i = 0; i < LW_LINK_ATTRIBUTES_MAX; i++)
                g_string_append(text, ";a");
        ck_assert(lw_link_parse(text->str, text->len, note, notes, NULL));
        g_string_append(text, ";a");
        ck_assert(!lw_link_parse(text->str, text->len, note, notes, &many_attributes));
        ck_assert_int_eq(many_attributes->code, LW_STATUS_TOO_LARGE);

        g_string_assign(text, "</1>");
        for (int i = 1; i < LW_LINKS_MAX; i++)
                g_string_append(text, ",</1>");
        ck_assert(lw_link_parse(text->str, text->len, note, notes, NULL));
        g_string_append(text, ",</1>");
        ck_assert(!lw_link_parse(text->str, text->len, note, notes, &many_links));
        ck_assert_int_eq(many_links->code, LW_STATUS_TOO_LARGE);
}
END_TEST

static bool refuse(void *user G_GNUC_UNUSED, const char *target G_GNUC_UNUSED,
                const char *const *names G_GNUC_UNUSED, const char *const *values G_GNUC_UNUSED,
                size_t count G_GNUC_UNUSED, GError **error)
{
        g_set_error_literal(error, LW_ERROR, LW_STATUS_CONFLICT, "no more");
        return false;
}

START_TEST(stops_when_told)
{
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_link_parse("</1>,x", 6, refuse, NULL, &error));
        ck_assert_int_eq(error->code, LW_STATUS_CONFLICT);
}
END_TEST

START_TEST(writes)
{
        static const char expected[] =
                        "</>;rt=\"a\\\"b\\\\c\";ct=\"60 110\",</1>;ver=1.1;obs,"
                        "</3/0/7>;dim=18446744073709551615,</a%20b/%E2%82%AC%22%3E%25>";
        g_auto(LwWriter) writer = {};

        lw_link_write(&writer, "/");
        lw_link_write_quoted(&writer, "rt", "a\"b\\c");
        lw_link_write_quoted(&writer, "ct", "60 110");
        lw_link_write(&writer, "/1");
        lw_link_write_token(&writer, "ver", "1.1");
        lw_link_write_token(&writer, "obs", NULL);
        lw_link_write(&writer, "/3/0/7");
        lw_link_write_number(&writer, "dim", UINT64_MAX);
        lw_link_write(&writer, "/a b/\xe2\x82\xac\">%");
        ck_assert_uint_eq(writer.length, strlen(expected));
        ck_assert_mem_eq(writer.data, expected, writer.length);
}
END_TEST

TCase *test_link(void)
{
        TCase *tcase = tcase_create("link");

        tcase_add_loop_test(tcase, reads, 0, G_N_ELEMENTS(documents));
        tcase_add_loop_test(tcase, refuses, 0, G_N_ELEMENTS(malformed));
        tcase_add_loop_test(tcase, survives_a_cut, 0, G_N_ELEMENTS(documents));
        tcase_add_loop_test(tcase, writes_what_it_read, 0, G_N_ELEMENTS(written));
        tcase_add_test(tcase, is_bounded);
        tcase_add_test(tcase, stops_when_told);
        tcase_add_test(tcase, writes);
        return tcase;
}
