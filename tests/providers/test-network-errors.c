/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a signal is low, and when a network is lost. */
#include <glib.h>

#include "providers/builtin/network-errors.h"
#include "providers/suite.h"

static const LwSignalLimits limits = { -80, -110 };
static const LwSignalLimits never = { LW_SIGNAL_NEVER_LOW, LW_SIGNAL_NEVER_LOW };

/* Measurements, `count` of them one after the other, and whether the last is low; 0: nothing was
 * measured. */
static const struct {
        LwBearer bearer;
        const LwSignalLimits *limits;
        int dbm[3];
        size_t count;
        bool is_low;
} signals[] = {
        { LW_BEARER_WLAN, &limits, { -80 }, 1, false },
        { LW_BEARER_WLAN, &limits, { -81 }, 1, true },
        { LW_BEARER_WLAN, &limits, { -81, -76 }, 2, true },
        { LW_BEARER_WLAN, &limits, { -81, -75 }, 2, false },
        { LW_BEARER_WLAN, &limits, { -81, -75, -79 }, 3, false },
        { LW_BEARER_WLAN, &limits, { -81, 0 }, 2, false },
        { LW_BEARER_WLAN, &never, { -127 }, 1, false },
        { LW_BEARER_LTE_FDD, &limits, { -110 }, 1, false },
        { LW_BEARER_LTE_FDD, &limits, { -111 }, 1, true },
        { LW_BEARER_GSM, &limits, { -112, -106 }, 2, true },
        { LW_BEARER_NR_TDD, &never, { -140 }, 1, false },
        { LW_BEARER_ETHERNET, &limits, { -200 }, 1, false },
        { LW_BEARER_BLUETOOTH, &limits, { -200 }, 1, false },
        { LW_BEARER_NONE, &limits, { -200 }, 1, false },
        { LW_BEARER_CELLULAR, &limits, { -200 }, 1, false },
};

START_TEST(a_signal_is_low)
{
        LwNetworkErrors errors = lw_network_errors();

        for (size_t i = 0; i < signals[_i].count; i++)
                lw_network_errors_take_signal(&errors, signals[_i].limits, signals[_i].bearer,
                                signals[_i].dbm[i] != 0, signals[_i].dbm[i]);
        ck_assert_int_eq(errors.is_low, signals[_i].is_low);
        ck_assert(!errors.is_lost);
}
END_TEST

START_TEST(a_network_is_lost_when_it_stays_away)
{
        LwNetworkErrors errors = lw_network_errors();

        lw_network_errors_take_way(&errors, true, false, 1);
        ck_assert_uint_eq(errors.lost_at, LW_USEC_NEVER);
        lw_network_errors_take_way(&errors, false, false, 10);
        ck_assert(!errors.is_lost);
        ck_assert_uint_eq(errors.lost_at, 10 + 5 * LW_USEC_PER_SEC);
        /* what is said again does not put it off */
        lw_network_errors_take_way(&errors, false, false, 20);
        lw_network_errors_run(&errors, 9 + 5 * LW_USEC_PER_SEC);
        ck_assert(!errors.is_lost);
        lw_network_errors_run(&errors, 10 + 5 * LW_USEC_PER_SEC);
        ck_assert(errors.is_lost);
        ck_assert_uint_eq(errors.lost_at, LW_USEC_NEVER);
        lw_network_errors_take_way(&errors, false, false, 6 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(errors.lost_at, LW_USEC_NEVER);
        lw_network_errors_take_way(&errors, true, false, 7 * LW_USEC_PER_SEC);
        ck_assert(!errors.is_lost);
}
END_TEST

START_TEST(a_network_that_comes_back_was_not_lost)
{
        LwNetworkErrors errors = lw_network_errors();

        lw_network_errors_take_way(&errors, false, false, 10);
        lw_network_errors_take_way(&errors, true, false, LW_USEC_PER_SEC);
        ck_assert_uint_eq(errors.lost_at, LW_USEC_NEVER);
        lw_network_errors_run(&errors, 10 * LW_USEC_PER_SEC);
        ck_assert(!errors.is_lost);
}
END_TEST

START_TEST(who_asks_is_told_at_once)
{
        LwNetworkErrors errors = lw_network_errors();

        lw_network_errors_take_way(&errors, false, true, 10);
        ck_assert(errors.is_lost);
        ck_assert_uint_eq(errors.lost_at, LW_USEC_NEVER);
}
END_TEST

TCase *test_network_errors(void)
{
        TCase *tcase = tcase_create("network-errors");

        tcase_add_loop_test(tcase, a_signal_is_low, 0, G_N_ELEMENTS(signals));
        tcase_add_test(tcase, a_network_is_lost_when_it_stays_away);
        tcase_add_test(tcase, a_network_that_comes_back_was_not_lost);
        tcase_add_test(tcase, who_asks_is_told_at_once);
        return tcase;
}
