/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the agenda. */
#include "client/agenda.h"
#include "client/suite.h"

#define TURNS 200

static LwTurn turns[TURNS];

/* The agenda's word against a look at all. */
static void check_first(const LwAgenda *agenda)
{
        LwUsec earliest = LW_USEC_NEVER;
        unsigned count = 0;

        for (unsigned i = 0; i < TURNS; i++) {
                if (turns[i].place == 0)
                        continue;
                count++;
                earliest = lw_usec_min(earliest, turns[i].due);
                ck_assert_ptr_eq(agenda->turns[turns[i].place - 1], &turns[i]);
        }
        ck_assert_uint_eq(agenda->count, count);
        ck_assert_uint_eq(lw_agenda_deadline(agenda), earliest);
        if (count > 0)
                ck_assert_uint_eq(lw_agenda_first(agenda)->due, earliest);
        else
                ck_assert_ptr_null(lw_agenda_first(agenda));
}

START_TEST(the_first_is_at_hand_whatever_changes)
{
        g_autoptr(GRand) random = g_rand_new_with_seed(1);
        LwAgenda agenda = {};

        check_first(&agenda);
        for (unsigned step = 0; step < 2000; step++) {
                LwTurn *turn = &turns[g_rand_int_range(random, 0, TURNS)];
                bool leaves = g_rand_int_range(random, 0, 3) == 0;

                lw_agenda_set(&agenda, turn,
                                leaves ? LW_USEC_NEVER : (LwUsec) g_rand_int_range(random, 0, 100));
                ck_assert_int_eq(turn->place == 0, leaves);
                check_first(&agenda);
        }
        lw_agenda_clear(&agenda);
}
END_TEST

START_TEST(gives_them_in_order)
{
        LwAgenda agenda = {};
        LwUsec last = 0;

        for (unsigned i = 0; i < TURNS; i++)
                lw_agenda_set(&agenda, &turns[i], (i * 37) % 101);
        for (unsigned i = 0; i < TURNS; i++) {
                LwTurn *first = lw_agenda_first(&agenda);

                ck_assert_uint_ge(first->due, last);
                last = first->due;
                lw_agenda_set(&agenda, first, LW_USEC_NEVER);
        }
        ck_assert_uint_eq(lw_agenda_deadline(&agenda), LW_USEC_NEVER);
        lw_agenda_clear(&agenda);
}
END_TEST

TCase *test_agenda(void)
{
        TCase *tcase = tcase_create("agenda");

        tcase_add_test(tcase, the_first_is_at_hand_whatever_changes);
        tcase_add_test(tcase, gives_them_in_order);
        return tcase;
}
