/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the queue of Sends: order, room, and what flies together. */
#include "client/send-queue.h"
#include "client/suite.h"
#include "model/limits.h"

static LwSendQueue queue;

static void setup(void)
{
        lw_send_queue_init(&queue);
}

static void teardown(void)
{
        lw_send_queue_clear(&queue);
        ck_assert_uint_eq(queue.bytes, 0);
}

static void add(uint64_t id, size_t bytes)
{
        g_autofree char *data = g_malloc0(bytes);
        g_autoptr(GBytes) pack = g_bytes_new(data, bytes);

        lw_send_queue_add(&queue, id, pack);
}

static uint64_t next(void)
{
        const LwSendItem *item = lw_send_queue_next(&queue);

        return item ? item->id : 0;
}

static const struct {
        bool together;
        size_t bytes;
        unsigned count;
        unsigned flying; /* of five with 10 bytes each */
} launches[] = {
        { false, 1000, 64, 1 }, { true, 1000, 64, 5 }, { true, 1000, 3, 3 }, { true, 30, 64, 3 },
        { true, 29, 64, 2 }, { true, 1, 64, 1 }, /* one flies, however large it is */
};

START_TEST(as_many_fly_as_there_is_room_for)
{
        for (uint64_t id = 1; id <= 5; id++)
                add(id, 10);
        ck_assert_uint_eq(lw_send_queue_launch(&queue, launches[_i].together, launches[_i].bytes,
                                          launches[_i].count),
                        launches[_i].flying);
        ck_assert_uint_eq(lw_send_queue_flying(&queue, 0)->id, 1);
        ck_assert_uint_eq(next(), launches[_i].flying < 5 ? launches[_i].flying + 1 : 0);
}
END_TEST

START_TEST(what_returns_is_late_and_first_again)
{
        add(1, 10);
        add(2, 10);
        add(3, 10);
        lw_send_queue_launch(&queue, true, 20, 64);
        lw_send_queue_land(&queue, 1);
        lw_send_queue_return(&queue);
        ck_assert_uint_eq(next(), 2);
        ck_assert(lw_send_queue_next(&queue)->late);
        ck_assert_uint_eq(queue.items.length, 2);
        ck_assert_uint_eq(queue.bytes, 20);
}
END_TEST

START_TEST(the_oldest_that_does_not_fly_is_too_much)
{
        for (uint64_t id = 1; id <= LW_SENDS_MAX; id++)
                add(id, 1);
        ck_assert_ptr_null(lw_send_queue_excess(&queue));
        lw_send_queue_launch(&queue, false, 0, 1);
        add(5000, 1);
        ck_assert_uint_eq(lw_send_queue_excess(&queue)->id, 2);
        lw_send_queue_drop_next(&queue);
        ck_assert_ptr_null(lw_send_queue_excess(&queue));
        ck_assert_uint_eq(lw_send_queue_flying(&queue, 0)->id, 1);
        ck_assert_uint_eq(next(), 3);
}
END_TEST

START_TEST(bytes_count_too)
{
        add(1, LW_SENDS_BYTES_MAX);
        ck_assert_ptr_null(lw_send_queue_excess(&queue));
        add(2, 1);
        ck_assert_uint_eq(lw_send_queue_excess(&queue)->id, 1);
        lw_send_queue_drop_next(&queue);
        ck_assert_ptr_null(lw_send_queue_excess(&queue));
}
END_TEST

TCase *test_send_queue(void)
{
        TCase *tcase = tcase_create("send queue");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, as_many_fly_as_there_is_room_for, 0, G_N_ELEMENTS(launches));
        tcase_add_test(tcase, what_returns_is_late_and_first_again);
        tcase_add_test(tcase, the_oldest_that_does_not_fly_is_too_much);
        tcase_add_test(tcase, bytes_count_too);
        return tcase;
}
