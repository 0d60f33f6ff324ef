/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what a service has sent: told once, when the last server has answered. */
#include "lib/suite.h"
#include "providers/remote/deliveries.h"
#include "providers/suite.h"

static const struct {
        unsigned servers;
        bool answers[3];
        bool ok;
} rows[] = {
        { 1, { true }, true },
        { 1, { false }, false },
        { 3, { true, true, true }, true },
        { 3, { false, true, true }, false },
        { 3, { true, true, false }, false },
};

START_TEST(the_last_answer_ends_it)
{
        g_autoptr(LwDeliveries) deliveries = lw_deliveries_new();
        uint64_t own = 0;
        bool ok = false;

        lw_deliveries_add(deliveries, 7, 70, rows[_i].servers);
        for (unsigned i = 0; i < rows[_i].servers; i++)
                ck_assert_int_eq(lw_deliveries_take(deliveries, 7, rows[_i].answers[i], &own, &ok),
                                i + 1 == rows[_i].servers);
        ck_assert_uint_eq(own, 70);
        ck_assert_int_eq(ok, rows[_i].ok);
        ck_assert(!lw_deliveries_take(deliveries, 7, true, &own, &ok));
}
END_TEST

START_TEST(others_are_none_of_its)
{
        g_autoptr(LwDeliveries) deliveries = lw_deliveries_new();
        uint64_t own;
        bool ok;

        lw_deliveries_add(deliveries, 7, 70, 1);
        lw_deliveries_add(deliveries, 8, 70, 1); /* a service may use a number again */
        ck_assert(!lw_deliveries_take(deliveries, 9, true, &own, &ok));
        ck_assert(lw_deliveries_take(deliveries, 8, true, &own, &ok));
        lw_deliveries_clear(deliveries);
        ck_assert(!lw_deliveries_take(deliveries, 7, true, &own, &ok));
}
END_TEST

TCase *test_remote_deliveries(void)
{
        TCase *tcase = tcase_create("deliveries");

        tcase_add_loop_test(tcase, the_last_answer_ends_it, 0, G_N_ELEMENTS(rows));
        tcase_add_test(tcase, others_are_none_of_its);
        return tcase;
}
