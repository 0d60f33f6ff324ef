/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is told of a RST, and what can only be read in libcoap's log. */
#include <glib.h>

#include "coap/recent.h"
#include "lib/suite.h"

TCase *test_recent(void);

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

static unsigned resets;

static void on_reset(void *user, uint16_t mid, LwNow now)
{
        (void) now;
        ck_assert_ptr_nonnull(user);
        resets += mid;
}

static const LwTransportEvents events = { .reset = on_reset };

START_TEST(a_reset_is_told_once_to_whoever_sent_the_message)
{
        LwTransport sender = { .events = &events, .user = &sender }, gone = sender;
        LwCoapRecent recent = {};
        LwNow now = {};

        resets = 0;
        lw_coap_recent_add(&recent, &sender, 1);
        lw_coap_recent_add(&recent, &gone, 10);
        lw_coap_recent_forget(&recent, &gone);
        for (uint16_t mid = 0; mid < 20; mid++)
                lw_coap_recent_reset(&recent, mid, now);
        ck_assert_uint_eq(resets, 1);
        lw_coap_recent_reset(&recent, 1, now);
        ck_assert_uint_eq(resets, 1);
}
END_TEST

START_TEST(the_last_ones_are_known)
{
        LwTransport sender = { .events = &events, .user = &sender };
        LwCoapRecent recent = {};
        LwNow now = {};

        resets = 0;
        for (uint16_t i = 0; i <= LW_COAP_RECENT_MAX; i++)
                lw_coap_recent_add(&recent, &sender, (uint16_t) (1000 + i));
        lw_coap_recent_reset(&recent, 1000, now);
        ck_assert_uint_eq(resets, 0);
        lw_coap_recent_reset(&recent, 1001, now);
        ck_assert_uint_eq(resets, 1001);
}
END_TEST

TCase *test_recent(void)
{
        TCase *tcase = tcase_create("recent");

        tcase_add_loop_test(tcase, reads_the_message_id_of_an_rst, 0, G_N_ELEMENTS(lines));
        tcase_add_test(tcase, a_reset_is_told_once_to_whoever_sent_the_message);
        tcase_add_test(tcase, the_last_ones_are_known);
        return tcase;
}
