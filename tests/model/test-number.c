/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of numbers as text. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include <glib.h>

#include "lib/suite.h"
#include "model/number.h"

TCase *test_number(void);

static const struct {
        int64_t value;
        const char *text;
} integers[] = {
        { 0, "0" },
        { 7, "7" },
        { -750, "-750" },
        { 86400, "86400" },
        { INT64_MAX, "9223372036854775807" },
        { INT64_MIN, "-9223372036854775808" },
};

START_TEST(prints_and_parses_integers)
{
        char text[LW_INTEGER_TEXT_MAX];
        int64_t value = 99;

        ck_assert_uint_eq(lw_number_print_integer(integers[_i].value, text),
                        strlen(integers[_i].text));
        ck_assert_str_eq(text, integers[_i].text);
        ck_assert(lw_number_parse_integer(text, strlen(text), &value));
        ck_assert_int_eq(value, integers[_i].value);
}
END_TEST

START_TEST(prints_and_parses_the_largest_unsigned)
{
        char text[LW_INTEGER_TEXT_MAX];
        uint64_t value = 99;

        ck_assert_uint_eq(lw_number_print_unsigned(UINT64_MAX, text), 20);
        ck_assert_str_eq(text, "18446744073709551615");
        ck_assert(lw_number_parse_unsigned(text, strlen(text), &value));
        ck_assert(value == UINT64_MAX);
}
END_TEST

/* Which of the parsers take it. */
static const struct {
        const char *text;
        bool integer, is_unsigned, is_float;
} accepted[] = {
        { "0", true, true, true },
        { "007", true, true, true },
        { "-0", true, false, true },
        { "-1", true, false, true },
        { "18446744073709551615", false, true, true },
        { "18446744073709551616", false, false, true },
        { "9223372036854775808", false, true, true },
        { "-9223372036854775809", false, false, true },
        { "99999999999999999999999999", false, false, true },
        { "1.0", false, false, true },
        { "1e3", false, false, true },
        { "1.5E+3", false, false, true },
        { "-1.5e-3", false, false, true },
        { "1e-99999999999999999999", false, false, true },
        { "", false, false, false },
        { "-", false, false, false },
        { "+1", false, false, false },
        { " 1", false, false, false },
        { "1 ", false, false, false },
        { "--1", false, false, false },
        { "0x10", false, false, false },
        { "0x1p4", false, false, false },
        { "1_000", false, false, false },
        { "1,5", false, false, false },
        { ".5", false, false, false },
        { "5.", false, false, false },
        { "1.e3", false, false, false },
        { "1e", false, false, false },
        { "1e+", false, false, false },
        { "e3", false, false, false },
        { "1.2.3", false, false, false },
        { "inf", false, false, false },
        { "nan", false, false, false },
        { "1e309", false, false, false },
        { "-1e309", false, false, false },
        { "1e99999999999999999999", false, false, false },
        { "true", false, false, false },
        { "\xd9\xa3", false, false, false },
};

START_TEST(parses_numbers_and_nothing_else)
{
        const char *text = accepted[_i].text;
        uint64_t positive;
        int64_t integer;
        double number;

        ck_assert(lw_number_parse_integer(text, strlen(text), &integer) == accepted[_i].integer);
        ck_assert(lw_number_parse_unsigned(text, strlen(text), &positive) ==
                        accepted[_i].is_unsigned);
        ck_assert(lw_number_parse_float(text, strlen(text), &number) == accepted[_i].is_float);
}
END_TEST

/* The left text is what is parsed, the right one what is printed: the shortest, without exponent.
 */
static const struct {
        const char *text;
        double value;
        const char *printed;
} floats[] = {
        { "0", 0, "0" },
        { "-0", -0.0, "-0" },
        { "1", 1, "1" },
        { "5.0", 5, "5" },
        { "23.5", 23.5, "23.5" },
        { "-0.1", -0.1, "-0.1" },
        { "00000000000000000000001.5", 1.5, "1.5" },
        { "0.1000000000000000055511151231257827021181583404541015625", 0.1, "0.1" },
        { "0.30000000000000004", 0.1 + 0.2, "0.30000000000000004" },
        { "0.00000000006667", 0.00000000006667, "0.00000000006667" },
        { "6.667e-11", 6.667e-11, "0.00000000006667" },
        { "122.4194", 122.4194, "122.4194" },
        { "1e15", 1e15, "1000000000000000" },
        { "999999999999999.9", 999999999999999.9, "999999999999999.9" },
        { "123456789012345678", 123456789012345678., "123456789012345680" },
        { "1e22", 1e22, "10000000000000000000000" },
        { "1e23", 1e23, "100000000000000000000000" },
        { "9007199254740993", 9007199254740992., "9007199254740992" },
        { "3.4028234663852886e38", FLT_MAX, "340282346638528860000000000000000000000" },
        { "1e-5", 1e-5, "0.00001" },
        { "4.35", 4.35, "4.35" },
        { "2.5e-1", 0.25, "0.25" },
        { "1e-400", 0, "0" },
};

START_TEST(prints_and_parses_floats)
{
        char text[LW_FLOAT_TEXT_MAX];
        double value = 99;

        ck_assert(lw_number_parse_float(floats[_i].text, strlen(floats[_i].text), &value));
        ck_assert(value == floats[_i].value);
        ck_assert_int_eq(!signbit(value), !signbit(floats[_i].value));
        ck_assert_uint_eq(lw_number_print_float(value, text), strlen(floats[_i].printed));
        ck_assert_str_eq(text, floats[_i].printed);
}
END_TEST

static const double extremes[] = { DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_MIN, DBL_TRUE_MIN, DBL_EPSILON,
        DBL_MIN - DBL_TRUE_MIN, 2.2250738585072011e-308, 1.0 / 3, 2.0 / 3 * 1e-300, M_PI * 1e300 };

START_TEST(reads_back_what_it_printed)
{
        char text[LW_FLOAT_TEXT_MAX];
        size_t length = lw_number_print_float(extremes[_i], text);
        double value = 99;

        ck_assert_uint_eq(length, strlen(text));
        ck_assert_uint_lt(length, sizeof(text));
        ck_assert_uint_eq(strspn(text, "-.0123456789"), length);
        ck_assert(lw_number_parse_float(text, length, &value));
        ck_assert(value == extremes[_i]);
}
END_TEST

START_TEST(reads_back_random_numbers)
{
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32) _i);
        char text[LW_FLOAT_TEXT_MAX];

        for (unsigned i = 0; i < 2000; i++) {
                uint64_t bits = (uint64_t) g_rand_int(random) << 32 | g_rand_int(random);
                double value, back;

                memcpy(&value, &bits, sizeof(value));
                if (!isfinite(value))
                        continue;
                ck_assert(lw_number_parse_float(text, lw_number_print_float(value, text), &back));
                ck_assert_mem_eq(&back, &value, sizeof(value));
                ck_assert(g_ascii_strtod(text, NULL) == value);

                value = (double) (int64_t) (bits >> (i % 64)) / pow(10, i % 16);
                ck_assert(lw_number_parse_float(text, lw_number_print_float(value, text), &back));
                ck_assert(back == value);
                ck_assert(g_ascii_strtod(text, NULL) == value);
        }
}
END_TEST

START_TEST(is_bounded_in_length)
{
        g_autofree char *text = g_strnfill(2000, '1');
        double value;

        ck_assert(!lw_number_parse_float(text, 1025, &value));
        ck_assert(lw_number_parse_float(text, 300, &value));
}
END_TEST

START_TEST(knows_no_locale)
{
        char text[LW_FLOAT_TEXT_MAX];
        double value;

        /* where the locale is not installed, this shows nothing, and harms nothing */
        setlocale(LC_ALL, "de_DE.UTF-8");
        lw_number_print_float(1.0 / 3, text);
        ck_assert_str_eq(text, "0.3333333333333333");
        ck_assert(lw_number_parse_float(text, strlen(text), &value));
        ck_assert(value == 1.0 / 3);
}
END_TEST

TCase *test_number(void)
{
        TCase *tcase = tcase_create("number");

        tcase_add_loop_test(tcase, prints_and_parses_integers, 0, G_N_ELEMENTS(integers));
        tcase_add_test(tcase, prints_and_parses_the_largest_unsigned);
        tcase_add_loop_test(tcase, parses_numbers_and_nothing_else, 0, G_N_ELEMENTS(accepted));
        tcase_add_loop_test(tcase, prints_and_parses_floats, 0, G_N_ELEMENTS(floats));
        tcase_add_loop_test(tcase, reads_back_what_it_printed, 0, G_N_ELEMENTS(extremes));
        tcase_add_loop_test(tcase, reads_back_random_numbers, 0, 4);
        tcase_add_test(tcase, is_bounded_in_length);
        tcase_add_test(tcase, knows_no_locale);
        return tcase;
}
