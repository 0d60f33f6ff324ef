/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long answers that are kept: which, how long, under what tag. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/side.h"
#include "exchange/snapshot.h"
#include "exchange/suite.h"

static LwNow at(unsigned seconds)
{
        return (LwNow){ .boot = lw_usec_from_seconds(seconds) };
}

static const LwSnapshot *put(LwSnapshots *all, uint64_t key, LwBlob *body, unsigned seconds)
{
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        lw_message_add_uint(&head, LW_OPTION_OBSERVE, 3);
        lw_message_add_uint(&head, LW_OPTION_CONTENT_FORMAT, 112);
        return lw_snapshots_put(all, (LwKey){ key, 1000 + key }, &head, body, at(seconds));
}

START_TEST(the_longest_idle_makes_room)
{
        g_autoptr(LwBlob) body = side_body(10);
        LwSnapshots all = {};

        for (unsigned i = 0; i < LW_SNAPSHOTS_MAX; i++)
                put(&all, i, body, i);
        ck_assert_ptr_nonnull(lw_snapshots_find(&all, (LwKey){ 0, 0 }, true, at(50)));
        put(&all, 100, body, 51);
        ck_assert_uint_eq(all.count, LW_SNAPSHOTS_MAX);
        ck_assert_ptr_nonnull(lw_snapshots_find(&all, (LwKey){ 0, 0 }, true, at(52)));
        ck_assert_ptr_null(lw_snapshots_find(&all, (LwKey){ 1, 0 }, true, at(52)));
        lw_snapshots_clear(&all);
        ck_assert_uint_eq(all.count, 0);
}
END_TEST

START_TEST(a_request_without_its_body_finds_what_it_asked_for)
{
        g_autoptr(LwBlob) body = side_body(10);
        LwSnapshots all = {};

        put(&all, 1, body, 0);
        ck_assert_ptr_nonnull(lw_snapshots_find(&all, (LwKey){ 7, 1001 }, false, at(1)));
        ck_assert_ptr_null(lw_snapshots_find(&all, (LwKey){ 7, 1001 }, true, at(1)));
        ck_assert_ptr_null(lw_snapshots_find(&all, (LwKey){ 7, 1002 }, false, at(1)));
        lw_snapshots_clear(&all);
}
END_TEST

START_TEST(the_same_bytes_have_the_same_tag)
{
        g_autoptr(LwBlob) one = side_body(3000), same = side_body(3000), other = side_body(3001);
        LwSnapshots all = {};
        uint8_t etag[8];

        memcpy(etag, put(&all, 1, one, 0)->etag, 8);
        ck_assert_mem_eq(put(&all, 1, same, 0)->etag, etag, 8);
        ck_assert_mem_ne(put(&all, 1, other, 0)->etag, etag, 8);
        ck_assert_uint_eq(all.count, 1);
        lw_snapshots_clear(&all);
}
END_TEST

START_TEST(passing_options_are_not_kept)
{
        g_autoptr(LwBlob) body = side_body(10);
        LwSnapshots all = {};
        LwMessage message;

        lw_kept_message(put(&all, 1, body, 0)->head, &message);
        ck_assert_str_eq(side_text(&message), "ACK 2.05 ct=112");
        lw_snapshots_clear(&all);
}
END_TEST

START_TEST(idle_ones_go)
{
        g_autoptr(LwBlob) body = side_body(10);
        LwSnapshots all = {};

        ck_assert_uint_eq(lw_snapshots_deadline(&all), LW_USEC_NEVER);
        put(&all, 1, body, 0);
        put(&all, 2, body, 10);
        ck_assert_uint_eq(lw_snapshots_deadline(&all), at(LW_TRANSFER_IDLE_SECONDS).boot);
        lw_snapshots_expire(&all, at(LW_TRANSFER_IDLE_SECONDS));
        ck_assert_uint_eq(all.count, 1);
        ck_assert_ptr_null(lw_snapshots_find(
                        &all, (LwKey){ 2, 0 }, true, at(LW_TRANSFER_IDLE_SECONDS + 10)));
        ck_assert_uint_eq(all.count, 0);
}
END_TEST

START_TEST(memory_is_bounded)
{
        g_autoptr(LwBlob) body = side_body(LW_REPLY_MAX), small = side_body(10);
        LwSnapshots all = {};

        ck_assert_uint_eq(LW_SNAPSHOTS_BYTES_MAX, 2 * LW_REPLY_MAX);
        put(&all, 1, small, 0);
        put(&all, 2, body, 0);
        put(&all, 3, body, 0);
        ck_assert_uint_eq(all.count, 2); /* without the small one, which was idle longest */
        ck_assert_ptr_nonnull(lw_snapshots_find(&all, (LwKey){ 2, 0 }, true, at(0)));
        put(&all, 4, body, 0);
        ck_assert_uint_eq(all.count, 2);
        ck_assert_ptr_null(lw_snapshots_find(&all, (LwKey){ 3, 0 }, true, at(0)));
        lw_snapshots_clear(&all);
}
END_TEST

START_TEST(of_those_without_their_body_the_last_one_is_meant)
{
        g_autoptr(LwBlob) body = side_body(10);
        LwSnapshots all = {};
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        lw_snapshots_put(&all, (LwKey){ 1, 9 }, &head, body, at(0));
        lw_snapshots_put(&all, (LwKey){ 2, 9 }, &head, body, at(0));
        ck_assert_uint_eq(lw_snapshots_find(&all, (LwKey){ 7, 9 }, false, at(1))->key.whole, 2);
        lw_snapshots_find(&all, (LwKey){ 1, 9 }, true, at(1));
        ck_assert_uint_eq(lw_snapshots_find(&all, (LwKey){ 7, 9 }, false, at(1))->key.whole, 1);
        lw_snapshots_drop(&all, (LwKey){ 1, 9 });
        ck_assert_uint_eq(lw_snapshots_find(&all, (LwKey){ 7, 9 }, false, at(1))->key.whole, 2);
        lw_snapshots_clear(&all);
}
END_TEST

TCase *test_snapshot(void)
{
        TCase *tcase = tcase_create("snapshot");

        tcase_add_test(tcase, the_longest_idle_makes_room);
        tcase_add_test(tcase, a_request_without_its_body_finds_what_it_asked_for);
        tcase_add_test(tcase, the_same_bytes_have_the_same_tag);
        tcase_add_test(tcase, passing_options_are_not_kept);
        tcase_add_test(tcase, idle_ones_go);
        tcase_add_test(tcase, memory_is_bounded);
        tcase_add_test(tcase, of_those_without_their_body_the_last_one_is_meant);
        return tcase;
}
