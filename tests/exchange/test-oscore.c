/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Security contexts: what one may write, and that different ones have different names. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/oscore.h"
#include "exchange/suite.h"

static LwOscoreBytes bytes(const char *hex)
{
        LwOscoreBytes result = {};

        ck_assert_ptr_null(lw_oscore_bytes_parse(hex, 0, LW_OSCORE_SECRET_MAX, &result));
        return result;
}

static const struct {
        const char *text;
        unsigned minimum, maximum;
        const char *problem; /* NULL: none */
} texts[] = {
        { "", 0, 7, NULL },
        { "00", 1, 7, NULL },
        { "00ffAA", 1, 7, NULL },
        { "01020304050607", 1, 7, NULL },
        { "0102030405060708", 1, 7, "too many" },
        { "", 1, 7, "too few" },
        { "0102", 16, 64, "too few" },
        { "012", 1, 7, "odd number" },
        { "0g", 1, 7, "hexadecimal" },
        { "0x", 1, 7, "hexadecimal" },
};

START_TEST(bytes_are_hexadecimal)
{
        LwOscoreBytes got = { 1, { 9 } };
        const char *problem = lw_oscore_bytes_parse(
                        texts[_i].text, texts[_i].minimum, texts[_i].maximum, &got);

        if (texts[_i].problem == NULL) {
                ck_assert_ptr_null(problem);
                ck_assert_uint_eq(got.length, strlen(texts[_i].text) / 2);
        } else {
                ck_assert_ptr_nonnull(strstr(problem, texts[_i].problem));
                ck_assert_uint_eq(got.length, 1); /* untouched */
        }
}
END_TEST

START_TEST(they_may_be_as_long_as_a_secret_and_no_longer)
{
        g_autofree char *longest = g_strnfill(2 * LW_OSCORE_SECRET_MAX, 'a');
        g_autofree char *longer = g_strnfill(2 * LW_OSCORE_SECRET_MAX + 2, 'a');
        LwOscoreBytes got;

        ck_assert_ptr_null(lw_oscore_bytes_parse(longest, 0, UINT8_MAX, &got));
        ck_assert_ptr_nonnull(lw_oscore_bytes_parse(longer, 0, UINT8_MAX, &got));
}
END_TEST

/* Each differs from the first, and none may share its sequence numbers. The last two would, if
 * lengths did not count. */
static const struct {
        const char *secret, *sender, *recipient, *salt, *context;
} contexts[] = {
        { "000102030405060708090a0b0c0d0e0f", "01", "02", "", "" },
        { "000102030405060708090a0b0c0d0e10", "01", "02", "", "" },
        { "000102030405060708090a0b0c0d0e0f", "02", "01", "", "" },
        { "000102030405060708090a0b0c0d0e0f", "01", "02", "9e", "" },
        { "000102030405060708090a0b0c0d0e0f", "01", "02", "", "9e" },
        { "000102030405060708090a0b0c0d0e0f01", "", "02", "", "" },
};

static LwOscore context(int i)
{
        return (LwOscore){ bytes(contexts[i].secret), bytes(contexts[i].sender),
                bytes(contexts[i].recipient), bytes(contexts[i].salt), bytes(contexts[i].context) };
}

START_TEST(other_keys_have_other_names)
{
        LwOscore one = context(0), other = context(_i);
        char first[LW_OSCORE_DIGEST_LENGTH], second[LW_OSCORE_DIGEST_LENGTH];

        lw_oscore_digest(&one, first);
        lw_oscore_digest(&other, second);
        ck_assert_uint_eq(strlen(first), LW_OSCORE_DIGEST_LENGTH - 1);
        ck_assert_int_eq(strcmp(first, second) == 0, _i == 0);
        ck_assert_int_eq(lw_oscore_equal(&one, &other), _i == 0);
        ck_assert_ptr_null(strstr(first, contexts[0].secret));
}
END_TEST

START_TEST(the_other_end_has_the_ids_the_other_way_round)
{
        LwOscore one = context(0), other = lw_oscore_reversed(&one), again;

        ck_assert_uint_eq(other.sender.data[0], 2);
        ck_assert_uint_eq(other.recipient.data[0], 1);
        again = lw_oscore_reversed(&other);
        ck_assert(lw_oscore_equal(&one, &again));
}
END_TEST

TCase *test_oscore(void)
{
        TCase *tcase = tcase_create("oscore");

        tcase_add_loop_test(tcase, bytes_are_hexadecimal, 0, G_N_ELEMENTS(texts));
        tcase_add_test(tcase, they_may_be_as_long_as_a_secret_and_no_longer);
        tcase_add_loop_test(tcase, other_keys_have_other_names, 0, G_N_ELEMENTS(contexts));
        tcase_add_test(tcase, the_other_end_has_the_ids_the_other_way_round);
        return tcase;
}
