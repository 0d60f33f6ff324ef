/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both roles share: the clock, and what can only be read in libcoap's log. */
#include <glib.h>

#include "coap/libcoap.h"
#include "lib/suite.h"

TCase *test_libcoap(void);

static const LwCoapRole no_role;

START_TEST(libcoap_takes_its_time_from_us)
{
        LwDriver *driver = lw_driver_new();
        LwCoap *coap;

        ck_assert(!lw_coap_clock_is_ours()); /* nobody has looked yet */
        coap = lw_coap_new(driver, &no_role, NULL, NULL);
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

/* What libcoap 4.3.1 writes at level ALERT for each RST. */
static const struct {
        const char *line;
        bool ok;
        uint16_t mid;
} lines[] = {
        { "got RST for mid=0x1a2b\n", true, 0x1a2b },
        { "got RST for mid=0x1a2b", true, 0x1a2b },
        { "got RST for mid=0x0\n", true, 0 },
        { "got RST for mid=0xffff\n", true, 0xffff },
        { "got RST for mid=0x10000\n", false, 0 },
        { "got RST for mid=0x\n", false, 0 },
        { "got RST for mid=0x-1\n", false, 0 },
        { "got RST for mid=0x12 and more\n", false, 0 },
        { "got RST for mid=12\n", false, 0 },
        { "** got RST for mid=0x12\n", false, 0 },
        { "", false, 0 },
};

START_TEST(reads_the_message_id_of_an_rst)
{
        uint16_t mid = 0;

        ck_assert_int_eq(lw_coap_parse_reset(lines[_i].line, &mid), lines[_i].ok);
        ck_assert_uint_eq(mid, lines[_i].mid);
}
END_TEST

TCase *test_libcoap(void)
{
        TCase *tcase = tcase_create("libcoap");

        tcase_add_test(tcase, libcoap_takes_its_time_from_us);
        tcase_add_test(tcase, ticks_and_real_time_go_into_each_other);
        tcase_add_loop_test(tcase, reads_the_message_id_of_an_rst, 0, G_N_ELEMENTS(lines));
        return tcase;
}
