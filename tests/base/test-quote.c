/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of foreign text in messages. */
#include <string.h>

#include <glib.h>

#include "base/quote.h"
#include "lib/suite.h"

TCase *test_quote(void);

static const struct {
        const char *text;
        size_t length;
        const char *quoted;
} cases[] = {
        { "", 0, "''" }, { "/3/0", 4, "'/3/0'" }, { "abc", 2, "'ab'" },
        { "a\nb\0c", 5, "'a\\x0ab\\x00c'" }, { "\xc3\xa4", 2, "'\xc3\xa4'" }, /* U+00E4 */
        { "\xc3", 1, "'\\xc3'" },                                             /* the half of it */
        { "\xff\xfe", 2, "'\\xff\\xfe'" },                                    /* in no UTF-8 */
        { "\xe2\x80\xae", 3, "'\\xe2\\x80\\xae'" }, /* U+202E would turn the line around */
};

START_TEST(shows_what_can_be_shown)
{
        g_autofree char *quoted = lw_quote(cases[_i].text, cases[_i].length);

        ck_assert_str_eq(quoted, cases[_i].quoted);
}
END_TEST

START_TEST(cuts_what_is_long)
{
        char text[65536];
        g_autofree char *quoted = NULL;

        memset(text, 'x', sizeof(text));
        quoted = lw_quote(text, sizeof(text));
        ck_assert_uint_lt(strlen(quoted), 200);
        ck_assert(g_str_has_suffix(quoted, "xxx...'"));
}
END_TEST

TCase *test_quote(void)
{
        TCase *tcase = tcase_create("quote");

        tcase_add_loop_test(tcase, shows_what_can_be_shown, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, cuts_what_is_long);
        return tcase;
}
