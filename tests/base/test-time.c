/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of spans of time. */
#include <glib.h>

#include "base/time.h"
#include "lib/suite.h"

TCase *test_time(void);

static const struct {
        LwUsec a, b, sum;
} sums[] = {
        { 0, 0, 0 },
        { 1, 2, 3 },
        { LW_USEC_NEVER, 0, LW_USEC_NEVER },
        { LW_USEC_NEVER, 5, LW_USEC_NEVER },
        { 5, LW_USEC_NEVER, LW_USEC_NEVER },
        { LW_USEC_NEVER - 5, 4, LW_USEC_NEVER - 1 },
        { LW_USEC_NEVER - 5, 6, LW_USEC_NEVER },
};

START_TEST(adds_up_to_never)
{
        ck_assert(lw_usec_add(sums[_i].a, sums[_i].b) == sums[_i].sum);
}
END_TEST

static const struct {
        uint64_t seconds;
        LwUsec span;
} spans[] = {
        { 0, 0 },
        { 86400, UINT64_C(86400000000) },
        { UINT64_C(18446744073709), UINT64_C(18446744073709000000) },
        { UINT64_C(18446744073710), LW_USEC_NEVER },
        { UINT64_MAX, LW_USEC_NEVER },
};

START_TEST(takes_seconds)
{
        ck_assert(lw_usec_from_seconds(spans[_i].seconds) == spans[_i].span);
}
END_TEST

START_TEST(finds_the_earlier)
{
        ck_assert(lw_usec_min(3, 4) == 3);
        ck_assert(lw_usec_min(LW_USEC_NEVER, 4) == 4);
}
END_TEST

TCase *test_time(void)
{
        TCase *tcase = tcase_create("time");

        tcase_add_loop_test(tcase, adds_up_to_never, 0, G_N_ELEMENTS(sums));
        tcase_add_loop_test(tcase, takes_seconds, 0, G_N_ELEMENTS(spans));
        tcase_add_test(tcase, finds_the_earlier);
        return tcase;
}
