/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fifty signals in a second, the rest counted. */
#include <glib.h>

#include "control/tally.h"
#include "lib/suite.h"
#include "model/limits.h"

static LwNow at(LwUsec usec)
{
        return (LwNow){ .boot = usec };
}

START_TEST(fifty_pass_and_the_rest_is_counted)
{
        LwTally tally = {};
        unsigned passed = 0;

        for (unsigned i = 0; i < 120; i++)
                passed += lw_tally_take(&tally, at(1000 + i));
        ck_assert_uint_eq(passed, LW_SIGNALS_PER_SECOND_MAX);
        ck_assert_uint_eq(lw_tally_deadline(&tally), 1000 + LW_USEC_PER_SEC);
        ck_assert_uint_eq(lw_tally_settle(&tally), 70);
        ck_assert_uint_eq(lw_tally_deadline(&tally), LW_USEC_NEVER);
        ck_assert(lw_tally_take(&tally, at(1000 + LW_USEC_PER_SEC)));
}
END_TEST

START_TEST(who_keeps_below_is_never_cut)
{
        LwTally tally = {};

        for (unsigned i = 0; i < 500; i++)
                ck_assert(lw_tally_take(&tally, at(i * LW_USEC_PER_SEC / 49)));
        ck_assert_uint_eq(lw_tally_deadline(&tally), LW_USEC_NEVER);
}
END_TEST

START_TEST(what_was_left_out_is_told_before_a_new_second)
{
        LwTally tally = {};

        for (unsigned i = 0; i < LW_SIGNALS_PER_SECOND_MAX + 1; i++)
                lw_tally_take(&tally, at(0));
        ck_assert(!lw_tally_take(&tally, at(2 * LW_USEC_PER_SEC)));
        ck_assert_uint_eq(lw_tally_settle(&tally), 2);
}
END_TEST

TCase *test_tally(void);
TCase *test_tally(void)
{
        TCase *tcase = tcase_create("tally");

        tcase_add_test(tcase, fifty_pass_and_the_rest_is_counted);
        tcase_add_test(tcase, who_keeps_below_is_never_cut);
        tcase_add_test(tcase, what_was_left_out_is_told_before_a_new_second);
        return tcase;
}
