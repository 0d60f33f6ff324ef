/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the outbox. */
#include <string.h>

#include "client/outbox.h"
#include "client/suite.h"
#include "model/limits.h"

static LwOutbox outbox;
static LwObservation one, other;

static void setup(void)
{
        outbox = (LwOutbox){};
        one = other = (LwObservation){};
        g_queue_init(&outbox.parcels);
}

static void teardown(void)
{
        lw_outbox_clear(&outbox);
        ck_assert_uint_eq(outbox.bytes, 0);
        ck_assert_uint_eq(outbox.flying, 0);
        ck_assert_uint_eq(one.waiting + other.waiting, 0);
        ck_assert_ptr_null(one.live);
        ck_assert_ptr_null(other.live);
}

static void add(LwObservation *observation, const char *text, bool stored, unsigned history)
{
        g_autoptr(GBytes) pack = g_bytes_new(text, strlen(text));

        lw_outbox_add(&outbox, observation, pack, 1, stored, history);
}

/* What waits, "*" behind what is stored, "!" what flies. */
static void check(const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);
        size_t bytes = 0;

        for (const GList *link = outbox.parcels.head; link; link = link->next) {
                const LwParcel *parcel = link->data;

                g_string_append_printf(text, "%.*s%s%s ", (int) g_bytes_get_size(parcel->pack),
                                (const char *) g_bytes_get_data(parcel->pack, NULL),
                                parcel->stored ? "*" : "", parcel->flying ? "!" : "");
                bytes += g_bytes_get_size(parcel->pack);
        }
        ck_assert_str_eq(text->str, expected);
        ck_assert_uint_eq(outbox.bytes, bytes);
        ck_assert_uint_eq(outbox.parcels.length, one.waiting + other.waiting);
}

static bool yes(const LwObservation *observation G_GNUC_UNUSED)
{
        return true;
}

static bool no(const LwObservation *observation G_GNUC_UNUSED)
{
        return false;
}

START_TEST(the_newest_takes_the_place_of_what_only_waits_for_its_turn)
{
        g_autoptr(GBytes) newer = g_bytes_new("newer", 5);

        add(&one, "a", false, 10);
        add(&other, "b", false, 10);
        ck_assert(lw_outbox_replace(&outbox, &one, newer, 2));
        check("newer b ");
        lw_outbox_return(&outbox);
        ck_assert(!lw_outbox_replace(&outbox, &one, newer, 2));
        check("newer* b* ");
}
END_TEST

START_TEST(stored_ones_of_an_observation_share_a_message_where_they_can)
{
        LwParcel *parcels[8];

        add(&one, "a", true, 10);
        add(&other, "b", true, 10);
        add(&one, "c", true, 10);
        add(&one, "d", false, 10);
        ck_assert_uint_eq(lw_outbox_launch(&outbox, no, 100, parcels, 8), 1);
        check("a*! b* c* d ");
        lw_outbox_return(&outbox);
        check("a* b* c* d* ");
        ck_assert_uint_eq(lw_outbox_launch(&outbox, yes, 100, parcels, 8), 3);
        check("a*! b* c*! d*! ");
        ck_assert_ptr_eq(lw_outbox_flying(&outbox)->observation, &one);
        ck_assert(lw_outbox_land(&outbox));
        check("b* ");
        ck_assert_uint_eq(lw_outbox_launch(&outbox, yes, 100, parcels, 8), 1);
        lw_outbox_drop(&outbox, &other);
        check("");
        ck_assert_uint_eq(lw_outbox_launch(&outbox, yes, 100, parcels, 8), 0);
        ck_assert_ptr_null(lw_outbox_flying(&outbox));
}
END_TEST

START_TEST(a_message_has_no_more_than_its_bytes)
{
        LwParcel *parcels[8];

        add(&one, "aaaa", true, 10);
        add(&one, "bbbb", true, 10);
        add(&one, "cccc", true, 10);
        ck_assert_uint_eq(lw_outbox_launch(&outbox, yes, 8, parcels, 8), 2);
        ck_assert_uint_eq(lw_outbox_launch(&outbox, yes, 2, parcels, 8), 1);
}
END_TEST

START_TEST(the_oldest_of_an_observation_goes_when_its_history_is_full)
{
        for (char c = 'a'; c <= 'e'; c++)
                add(&one, (char[]){ c, '\0' }, true, 3);
        add(&other, "x", true, 1);
        add(&other, "y", true, 1);
        check("c* d* e* y* ");
        ck_assert_uint_eq(outbox.dropped, 0);
}
END_TEST

START_TEST(the_oldest_of_all_goes_when_it_is_full)
{
        LwParcel *parcels[1];

        add(&one, "first", true, LW_NOTIFICATIONS_MAX);
        ck_assert_uint_eq(lw_outbox_launch(&outbox, no, 8, parcels, 1), 1);
        for (unsigned i = 0; i < LW_NOTIFICATIONS_MAX + 5; i++)
                add(&one, "x", true, UINT32_MAX);
        ck_assert_uint_eq(outbox.parcels.length, LW_NOTIFICATIONS_MAX);
        ck_assert_uint_eq(outbox.dropped, 6);
        ck_assert_ptr_eq(outbox.parcels.head->data, parcels[0]); /* it may be there already */
}
END_TEST

TCase *test_outbox(void)
{
        TCase *tcase = tcase_create("outbox");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, the_newest_takes_the_place_of_what_only_waits_for_its_turn);
        tcase_add_test(tcase, stored_ones_of_an_observation_share_a_message_where_they_can);
        tcase_add_test(tcase, a_message_has_no_more_than_its_bytes);
        tcase_add_test(tcase, the_oldest_of_an_observation_goes_when_its_history_is_full);
        tcase_add_test(tcase, the_oldest_of_all_goes_when_it_is_full);
        return tcase;
}
