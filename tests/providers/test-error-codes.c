/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a host, as elements of an array. */
#include <glib.h>

#include "providers/builtin/error-codes.h"
#include "providers/suite.h"

/* Causes that come (+) and go (-), one after the other, and what is read then: ELEMENT=CODE. A
 * cause is its number and one more; 0 is the end; RESET is a reset. */
#define RESET 99
static const struct {
        int steps[8];
        const char *read;
} stories[] = {
        { { 0 }, "0=0 " },
        { { +1 }, "0=1 " },
        { { +1, -1 }, "0=0 " },
        { { +1, +2 }, "0=1 1=2 " },
        /* what is left keeps its element */
        { { +1, +2, -1 }, "1=2 " },
        { { +1, +2, -1, +4 }, "0=5 1=2 " },
        { { +1, +2, -1, -2 }, "0=0 " },
        /* twice is once */
        { { +3, +3 }, "0=4 " },
        { { -3 }, "0=0 " },
        /* two causes of one code */
        { { +6, +7 }, "0=8 " },
        { { +6, +7, -6 }, "0=8 " },
        { { +6, +7, -6, -7 }, "0=0 " },
        { { +1, +2, +3, +4, +5, +6, +7 }, "0=1 1=2 2=4 3=5 4=7 5=8 " },
        { { +8, +7 }, "0=3 1=8 " },
        /* what is still wrong is counted anew */
        { { +1, +2, -1, RESET }, "0=2 " },
        { { +1, -1, RESET }, "0=0 " },
};

START_TEST(causes_come_and_go)
{
        LwErrorCodes codes = {};
        g_autoptr(GString) text = g_string_new(NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(stories[_i].steps) && stories[_i].steps[i] != 0; i++) {
                int step = stories[_i].steps[i];

                if (step == RESET)
                        lw_error_codes_reset(&codes);
                else
                        lw_error_codes_set(&codes, (LwErrorCause) (ABS(step) - 1), step > 0);
        }
        for (uint16_t i = 0; i < 300; i++)
                if (lw_error_codes_at(&codes, i) >= 0)
                        g_string_append_printf(text, "%u=%d ", i, lw_error_codes_at(&codes, i));
        ck_assert_str_eq(text->str, stories[_i].read);
}
END_TEST

START_TEST(only_news_are_told)
{
        LwErrorCodes codes = {};

        ck_assert(!lw_error_codes_set(&codes, LW_ERROR_POWER_CUT, false));
        ck_assert(lw_error_codes_set(&codes, LW_ERROR_POWER_CUT, true));
        ck_assert(!lw_error_codes_set(&codes, LW_ERROR_POWER_CUT, true));
        ck_assert(lw_error_codes_set(&codes, LW_ERROR_BATTERY_DAMAGED, true));
        ck_assert(!lw_error_codes_set(&codes, LW_ERROR_SENSOR_FAULT, true));
        ck_assert(!lw_error_codes_reset(&codes));
        ck_assert(lw_error_codes_set(&codes, LW_ERROR_POWER_CUT, false));
        ck_assert(lw_error_codes_reset(&codes));
}
END_TEST

TCase *test_error_codes(void)
{
        TCase *tcase = tcase_create("error-codes");

        tcase_add_loop_test(tcase, causes_come_and_go, 0, G_N_ELEMENTS(stories));
        tcase_add_test(tcase, only_news_are_told);
        return tcase;
}
