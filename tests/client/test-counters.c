/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What went over the network, counted over connections and months. */
#include "client/counters.h"
#include "client/suite.h"

/* 2026-11-15 00:00:00 UTC */
#define NOVEMBER INT64_C(1794700800000000)
#define DAY INT64_C(86400000000)

static LwNow at(int64_t real_usec)
{
        return (LwNow){ .boot = 1, .real_usec = real_usec };
}

static LwTraffic bytes(uint64_t sent)
{
        return (LwTraffic){ .messages_sent = sent / 10, .bytes_sent = sent, .bytes_received = 1 };
}

START_TEST(counts_only_what_is_new)
{
        LwCounters counters = {};

        lw_counters_count(&counters, &(LwTraffic){ 1, 2, 30, 40 }, at(NOVEMBER));
        lw_counters_count(&counters, &(LwTraffic){ 1, 2, 30, 40 }, at(NOVEMBER));
        lw_counters_count(&counters, &(LwTraffic){ 2, 2, 50, 40 }, at(NOVEMBER));
        ck_assert_uint_eq(counters.total.messages_sent, 2);
        ck_assert_uint_eq(counters.total.messages_received, 2);
        ck_assert_uint_eq(counters.total.bytes_sent, 50);
        ck_assert_uint_eq(counters.total.bytes_received, 40);
}
END_TEST

START_TEST(goes_on_with_another_connection)
{
        LwCounters counters = {};
        LwTraffic first = bytes(100), second = bytes(30);

        lw_counters_count(&counters, &first, at(NOVEMBER));
        lw_counters_connect(&counters);
        lw_counters_count(&counters, &second, at(NOVEMBER));
        ck_assert_uint_eq(counters.total.bytes_sent, 130);
        ck_assert_uint_eq(counters.total.bytes_received, 2);
}
END_TEST

/* 100 bytes at NOVEMBER, 20 more so many days later */
static const struct {
        int days;
        uint64_t this_month, last_month;
} months[] = {
        { 0, 120, 0 }, { 15, 120, 0 }, { 16, 20, 100 },
        { 46, 20, 100 },                                /* the last day of December */
        { 47, 20, 0 }, { 400, 20, 0 }, { -30, 120, 0 }, /* the clock was set back */
};

START_TEST(a_month_ends)
{
        LwCounters counters = {};
        LwTraffic first = bytes(100), second = bytes(120);

        lw_counters_count(&counters, &first, at(NOVEMBER));
        lw_counters_count(&counters, &second, at(NOVEMBER + months[_i].days * DAY));
        ck_assert_uint_eq(counters.total.bytes_sent, 120);
        ck_assert_uint_eq(counters.this_month.bytes_sent, months[_i].this_month);
        ck_assert_uint_eq(counters.last_month.bytes_sent, months[_i].last_month);
}
END_TEST

TCase *test_counters(void)
{
        TCase *tcase = tcase_create("counters");

        tcase_add_test(tcase, counts_only_what_is_new);
        tcase_add_test(tcase, goes_on_with_another_connection);
        tcase_add_loop_test(tcase, a_month_ends, 0, G_N_ELEMENTS(months));
        return tcase;
}
