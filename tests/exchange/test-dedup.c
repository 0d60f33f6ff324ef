/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is forgotten first, and what a ticket is good for. */
#include <check.h>
#include <glib.h>

#include "exchange/dedup.h"
#include "exchange/suite.h"

static LwNow at(double seconds)
{
        return (LwNow){ .boot = (LwUsec) ((1000 + seconds) * (double) LW_USEC_PER_SEC) };
}

static void request(LwMessage *message, uint8_t method, uint16_t mid)
{
        lw_message_init(message, LW_MESSAGE_CON, method);
        message->mid = mid;
}

static LwSlot *add(LwDedup *ring, uint8_t method, uint16_t mid, LwSlotState state, double seconds)
{
        LwMessage message, answer;
        LwSlot *slot;

        request(&message, method, mid);
        slot = lw_dedup_add(ring, &message, at(seconds));
        if (slot && state != LW_SLOT_PENDING) {
                lw_message_init(&answer, LW_MESSAGE_ACK, 0x44);
                lw_dedup_answered(ring, slot, state, &answer);
        }
        return slot;
}

static bool knows(LwDedup *ring, uint8_t method, uint16_t mid, double seconds)
{
        LwMessage message;

        request(&message, method, mid);
        return lw_dedup_find(ring, &message, at(seconds)) != NULL;
}

/** A full ring: two of each kind, and the rest pending. Ids 0 and 1 are reads, 2 and 3 writes. */
static void fill(LwDedup *ring)
{
        add(ring, LW_METHOD_POST, 2, LW_SLOT_ANSWERED, 0);
        add(ring, LW_METHOD_GET, 0, LW_SLOT_ANSWERED, 1);
        add(ring, LW_METHOD_GET, 1, LW_SLOT_SEPARATE, 2);
        add(ring, LW_METHOD_POST, 3, LW_SLOT_SEPARATE, 3);
        for (uint16_t i = 4; i < LW_DEDUP_MAX; i++)
                ck_assert_ptr_nonnull(add(ring, LW_METHOD_GET, i, LW_SLOT_PENDING, 4));
}

START_TEST(reads_go_before_writes_and_the_oldest_first)
{
        static const uint16_t order[] = { 0, 1, 2, 3 };
        LwDedup *ring = g_new0(LwDedup, 1);

        fill(ring);
        for (uint16_t i = 0; i < G_N_ELEMENTS(order); i++) {
                uint8_t method = order[i] < 2 ? LW_METHOD_GET : LW_METHOD_POST;

                ck_assert(knows(ring, method, order[i], 5));
                ck_assert_ptr_nonnull(
                                add(ring, LW_METHOD_GET, (uint16_t) (100 + i), LW_SLOT_PENDING, 5));
                ck_assert(!knows(ring, method, order[i], 5));
        }
        ck_assert_ptr_null(add(ring, LW_METHOD_GET, 200, LW_SLOT_PENDING, 5));
        lw_dedup_clear(ring);
        g_free(ring);
}
END_TEST

START_TEST(what_is_past_its_time_goes_first)
{
        LwDedup *ring = g_new0(LwDedup, 1);

        fill(ring);
        ck_assert_ptr_nonnull(add(ring, LW_METHOD_GET, 100, LW_SLOT_PENDING, 247.5));
        ck_assert(!knows(ring, LW_METHOD_POST, 2, 247.5)); /* it came at 0 */
        ck_assert(knows(ring, LW_METHOD_GET, 0, 247.5));   /* it came at 1 */
        lw_dedup_clear(ring);
        g_free(ring);
}
END_TEST

START_TEST(a_ticket_is_good_for_one_pending_request)
{
        LwDedup *ring = g_new0(LwDedup, 1);
        LwSlot *slot = add(ring, LW_METHOD_POST, 1, LW_SLOT_PENDING, 0);
        LwTicket ticket = slot->ticket;
        LwMessage answer;

        ck_assert_ptr_eq(lw_dedup_pending(ring, ticket), slot);
        ck_assert_ptr_null(lw_dedup_pending(ring, ticket + LW_DEDUP_MAX));
        ck_assert_ptr_null(lw_dedup_pending(ring, 0));
        lw_message_init(&answer, LW_MESSAGE_ACK, 0x44);
        lw_dedup_answered(ring, slot, LW_SLOT_ANSWERED, &answer);
        ck_assert_ptr_null(lw_dedup_pending(ring, ticket));
        ck_assert_ptr_nonnull(slot->answer);
        lw_dedup_clear(ring);
        slot = add(ring, LW_METHOD_POST, 1, LW_SLOT_PENDING, 0);
        ck_assert_uint_ne(slot->ticket, ticket);
        ck_assert_ptr_null(lw_dedup_pending(ring, ticket));
        lw_dedup_clear(ring);
        g_free(ring);
}
END_TEST

START_TEST(only_answers_that_cannot_be_made_again_are_kept)
{
        static const struct {
                uint8_t method;
                bool kept;
        } methods[] = {
                { LW_METHOD_GET, false },
                { LW_METHOD_FETCH, false },
                { LW_METHOD_POST, true },
                { LW_METHOD_PUT, true },
                { LW_METHOD_DELETE, true },
                { LW_METHOD_IPATCH, true },
        };
        LwDedup *ring = g_new0(LwDedup, 1);

        for (uint16_t i = 0; i < G_N_ELEMENTS(methods); i++) {
                LwSlot *slot = add(ring, methods[i].method, i, LW_SLOT_ANSWERED, 0);

                ck_assert_int_eq(slot->answer != NULL, methods[i].kept);
        }
        lw_dedup_clear(ring);
        g_free(ring);
}
END_TEST

TCase *test_dedup(void)
{
        TCase *tcase = tcase_create("dedup");

        tcase_add_test(tcase, reads_go_before_writes_and_the_oldest_first);
        tcase_add_test(tcase, what_is_past_its_time_goes_first);
        tcase_add_test(tcase, a_ticket_is_good_for_one_pending_request);
        tcase_add_test(tcase, only_answers_that_cannot_be_made_again_are_kept);
        return tcase;
}
