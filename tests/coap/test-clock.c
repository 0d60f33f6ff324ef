/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that libcoap gets from us. */
#include <glib.h>

#include "coap/clock.h"
#include "coap/libcoap.h"
#include "lib/suite.h"

TCase *test_clock(void);

static const LwCoapRole no_role;

START_TEST(libcoap_takes_its_time_from_us)
{
        LwDriver *driver = lw_driver_new();
        LwCoap *coap;

        ck_assert(!lw_coap_clock_is_ours()); /* nobody has looked yet */
        coap = lw_coap_new(driver, false, &no_role, NULL, NULL);
        ck_assert_ptr_nonnull(coap);
        ck_assert_msg(lw_coap_clock_is_ours(), "libcoap does not call our coap_ticks()");
        lw_coap_close(coap);
        lw_driver_free(driver);
}
END_TEST

START_TEST(ticks_and_real_time_go_into_each_other)
{
        coap_tick_t now;
        uint64_t real_usec;

        coap_ticks(&now);
        real_usec = coap_ticks_to_rt_us(now);
        ck_assert_uint_le((uint64_t) g_get_real_time() - real_usec, 50000);
        ck_assert_uint_le(coap_ticks_from_rt_us(real_usec) - now + 2, 4);
        ck_assert_uint_le((uint64_t) coap_ticks_to_rt(now) - real_usec / 1000000 + 1, 2);
}
END_TEST

TCase *test_clock(void)
{
        TCase *tcase = tcase_create("clock");

        tcase_add_test(tcase, libcoap_takes_its_time_from_us);
        tcase_add_test(tcase, ticks_and_real_time_go_into_each_other);
        return tcase;
}
