/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of a peer: once each, answered now or later, and repetitions. Source: RFC 7252, 4.5
 * and 5.2. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/incoming.h"
#include "exchange/side.h"
#include "exchange/suite.h"

static void send_plain(Side *side, LwMessageType type, uint8_t method, uint16_t mid)
{
        LwMessage message;

        side_request(&message, type, method, mid, "3/0/4");
        lw_fake_request(side->fake, &message, side->now);
}

START_TEST(a_repeated_unsafe_request_runs_once_and_has_the_same_answer)
{
        g_autoptr(Side) side = side_new(false);
        const LwMessage *first, *again;

        side->status = LW_STATUS_CHANGED;
        side->answer = lw_blob_new_copy("done", 4);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        side->status = LW_STATUS_FAILED;
        side_wait(side, 200);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        ck_assert_uint_eq(side->requests, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        first = lw_fake_sent(side->fake, 0);
        again = lw_fake_sent(side->fake, 1);
        ck_assert_str_eq(side_text(first), "ACK 2.04 ct=112 [4]");
        ck_assert_str_eq(side_text(again), "ACK 2.04 ct=112 [4]");
        ck_assert_mem_eq(again->payload, "done", 4);
        ck_assert_uint_eq(again->mid, 7);
        ck_assert_uint_eq(again->token[0], 7);
        ck_assert_uint_eq(lw_exchange_counters(side->exchange).repeated, 1);
}
END_TEST

START_TEST(a_repeated_read_may_run_again)
{
        g_autoptr(Side) side = side_new(false);

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, 7);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, 7);
        ck_assert_uint_eq(side->requests, 2);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
}
END_TEST

START_TEST(a_repetition_runs_again_after_the_lifetime_of_an_exchange)
{
        g_autoptr(Side) side = side_new(false);

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        side_wait(side, 246.9);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        ck_assert_uint_eq(side->requests, 1);
        side_wait(side, 0.2);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(a_repeated_non_is_ignored_for_its_shorter_lifetime)
{
        g_autoptr(Side) side = side_new(false);

        send_plain(side, LW_MESSAGE_NON, LW_METHOD_GET, 7);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "NON 2.05");
        side_wait(side, 144.9);
        send_plain(side, LW_MESSAGE_NON, LW_METHOD_GET, 7);
        ck_assert_uint_eq(side->requests, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        side_wait(side, 0.2);
        send_plain(side, LW_MESSAGE_NON, LW_METHOD_GET, 7);
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(the_same_id_with_another_token_is_another_request)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_POST, 7, "3/0/4");
        message.token[0] = 99;
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(nothing_is_a_repetition_on_a_stream)
{
        g_autoptr(Side) side = side_new(true);

        for (int i = 0; i < 3 * LW_DEDUP_MAX; i++)
                send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 0);
        ck_assert_uint_eq(side->requests, 3 * LW_DEDUP_MAX);
        ck_assert_uint_eq(lw_fake_count(side->fake), 3 * LW_DEDUP_MAX);
}
END_TEST

/* A late answer has the type of its request, its token, and a message id of its own. */
static const struct {
        LwMessageType type;
        const char *answer;
} late[] = {
        { LW_MESSAGE_CON, "CON 2.05 ct=112 [3]" },
        { LW_MESSAGE_NON, "NON 2.05 ct=112 [3]" },
};

START_TEST(a_late_answer_is_a_message_of_its_own)
{
        g_autoptr(Side) side = side_new(false);
        LwTicket ticket;

        side->answers_later = true;
        side->answer = lw_blob_new_copy("abc", 3);
        send_plain(side, late[_i].type, LW_METHOD_GET, 7);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        ticket = side->ticket;
        send_plain(side, late[_i].type, LW_METHOD_GET, 7); /* while it is pending */
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        ck_assert_uint_eq(side->requests, 1);
        side_answer(side, ticket);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), late[_i].answer);
        ck_assert_uint_eq(lw_fake_last(side->fake)->token[0], 7);
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 1000);
        send_plain(side, late[_i].type, LW_METHOD_GET, 7); /* and when it is answered */
        side_answer(side, ticket);                         /* twice */
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

/* Where acknowledging is left to us. Source: RFC 7252, 5.2.1 and 5.2.2. */

static Side *side_that_acknowledges(void)
{
        Side *side = side_new(false);

        lw_fake_leave_ack(side->fake);
        side->answers_later = true;
        side->status = LW_STATUS_CHANGED;
        return side;
}

START_TEST(an_answer_that_comes_soon_rides_on_the_acknowledgement)
{
        g_autoptr(Side) side = side_that_acknowledges();

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        side_wait(side, 0.049);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        side_answer(side, side->ticket);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 2.04");
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 7);
        side_wait(side, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7); /* it was lost */
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 2.04");
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 7);
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(one_that_takes_longer_follows_it)
{
        g_autoptr(Side) side = side_that_acknowledges();
        LwTicket first;

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        first = side->ticket;
        side_wait(side, 0.02);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 8);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange),
                        side->now.boot + 30 * LW_USEC_PER_MSEC);
        side_wait(side, 0.03);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1); /* of the first alone */
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK empty");
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 7);
        side_answer(side, first);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 2.04");
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 1000);
        side_wait(side, 0.02);
        ck_assert_uint_eq(lw_fake_count(side->fake), 3);
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 8);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7); /* the empty one was lost */
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK empty");
        ck_assert_uint_eq(lw_fake_last(side->fake)->mid, 7);
}
END_TEST

START_TEST(what_is_repeated_is_acknowledged_at_once)
{
        g_autoptr(Side) side = side_that_acknowledges();

        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_POST, 7);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK empty");
        side_answer(side, side->ticket);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 2.04");
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        side_wait(side, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(a_non_is_never_acknowledged)
{
        g_autoptr(Side) side = side_that_acknowledges();

        send_plain(side, LW_MESSAGE_NON, LW_METHOD_POST, 7);
        side_wait(side, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        side_answer(side, side->ticket);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "NON 2.04");
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
}
END_TEST

START_TEST(a_ticket_of_another_life_is_harmless)
{
        g_autoptr(Side) former = side_new(false), side = side_new(false);
        LwTicket ticket;

        former->answers_later = side->answers_later = true;
        send_plain(former, LW_MESSAGE_CON, LW_METHOD_GET, 7);
        ticket = former->ticket;
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, 7);
        ck_assert_uint_ne(side->ticket, ticket);
        side_answer(side, ticket);
        side_answer(side, 0);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        lw_fake_down(side->fake, "gone", side->now);
        side_answer(side, side->ticket);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
}
END_TEST

START_TEST(when_all_that_is_remembered_waits_the_next_is_refused)
{
        g_autoptr(Side) side = side_new(false);

        side->answers_later = true;
        for (uint16_t i = 0; i < LW_DEDUP_MAX; i++)
                send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, i);
        ck_assert_uint_eq(side->requests, LW_DEDUP_MAX);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, 500);
        ck_assert_uint_eq(side->requests, LW_DEDUP_MAX);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 5.03");
        ck_assert_uint_eq(lw_fake_last(side->fake)->token[0], (uint8_t) 500);
        side_answer(side, side->ticket);
        send_plain(side, LW_MESSAGE_CON, LW_METHOD_GET, 501);
        ck_assert_uint_eq(side->requests, LW_DEDUP_MAX + 1);
}
END_TEST

START_TEST(bad_blocks_are_refused)
{
        static const struct {
                uint16_t number;
                uint8_t value[4];
                size_t length;
        } bad[] = {
                { LW_OPTION_BLOCK2, { 7 }, 1 },
                { LW_OPTION_BLOCK1, { 7 }, 1 },
                { LW_OPTION_BLOCK1, { 0, 0, 0, 6 }, 4 },
        };
        g_autoptr(Side) side = side_new(false);

        for (uint16_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                LwMessage message;

                side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, i, "3");
                lw_message_add(&message, bad[i].number, bad[i].value, bad[i].length);
                lw_fake_request(side->fake, &message, side->now);
                ck_assert_uint_eq(lw_fake_last(side->fake)->code,
                                lw_status_to_code(LW_STATUS_BAD_OPTION));
        }
        ck_assert_uint_eq(side->requests, 0);
}
END_TEST

TCase *test_incoming(void)
{
        TCase *tcase = tcase_create("incoming");

        tcase_add_test(tcase, a_repeated_unsafe_request_runs_once_and_has_the_same_answer);
        tcase_add_test(tcase, a_repeated_read_may_run_again);
        tcase_add_test(tcase, a_repetition_runs_again_after_the_lifetime_of_an_exchange);
        tcase_add_test(tcase, a_repeated_non_is_ignored_for_its_shorter_lifetime);
        tcase_add_test(tcase, the_same_id_with_another_token_is_another_request);
        tcase_add_test(tcase, nothing_is_a_repetition_on_a_stream);
        tcase_add_loop_test(tcase, a_late_answer_is_a_message_of_its_own, 0, G_N_ELEMENTS(late));
        tcase_add_test(tcase, an_answer_that_comes_soon_rides_on_the_acknowledgement);
        tcase_add_test(tcase, one_that_takes_longer_follows_it);
        tcase_add_test(tcase, what_is_repeated_is_acknowledged_at_once);
        tcase_add_test(tcase, a_non_is_never_acknowledged);
        tcase_add_test(tcase, a_ticket_of_another_life_is_harmless);
        tcase_add_test(tcase, when_all_that_is_remembered_waits_the_next_is_refused);
        tcase_add_test(tcase, bad_blocks_are_refused);
        return tcase;
}
