/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The argument list of Execute. */
#include <string.h>

#include "tree/arguments.h"
#include "tree/suite.h"

/* Good and bad lists: OMA LwM2M Core 1.2, Execute, ABNF and its examples. */
static const struct {
        const char *text;
        bool ok;
        unsigned digit;
        const char *value; /* of `digit`; NULL: not given */
} cases[] = {
        { "", true, 0, NULL },
        { "5", true, 5, "" },
        { "2='10.3'", true, 2, "10.3" },
        { "7,0='https://www.example.org'", true, 0, "https://www.example.org" },
        { "0,1,2,3,4", true, 4, "" },
        { "2=''", true, 2, "" },
        { "1='<a>'", true, 1, "<a>" },
        { "1='a'", true, 3, NULL },
        { ",", false, 0, NULL },
        { "1,", false, 0, NULL },
        { ",1", false, 0, NULL },
        { "1,,2", false, 0, NULL },
        { "10", false, 0, NULL },
        { "a", false, 0, NULL },
        { "1=", false, 0, NULL },
        { "1='", false, 0, NULL },
        { "1='a", false, 0, NULL },
        { "1=a'", false, 0, NULL },
        { "1='a'b", false, 0, NULL },
        { "1='a b'", false, 0, NULL },
        { "1='a\"b'", false, 0, NULL },
        { "1='a\\b'", false, 0, NULL },
        { "1='\xc3\xa9'", false, 0, NULL },
        { "1,1", false, 0, NULL },
        { " 1", false, 0, NULL },
};

START_TEST(follows_the_grammar)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *value = NULL;

        ck_assert_int_eq(lw_arguments_check(cases[_i].text, strlen(cases[_i].text), &error),
                        cases[_i].ok);
        ck_assert_int_eq(error == NULL, cases[_i].ok);
        if (!cases[_i].ok)
                return;
        value = lw_arguments_get(cases[_i].text, cases[_i].digit);
        ck_assert_pstr_eq(value, cases[_i].value);
}
END_TEST

START_TEST(a_null_byte_is_no_character)
{
        ck_assert(!lw_arguments_check("1='\0'", 5, NULL));
        ck_assert(!lw_arguments_check("\0", 1, NULL));
}
END_TEST

TCase *test_arguments(void)
{
        TCase *tcase = tcase_create("arguments");

        tcase_add_loop_test(tcase, follows_the_grammar, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, a_null_byte_is_no_character);
        return tcase;
}
