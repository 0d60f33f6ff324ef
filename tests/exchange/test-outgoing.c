/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our requests: their turn, their deadlines, and observations at the peer. Source: RFC 7252, 4.7;
 * RFC 7641, 3. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/outgoing.h"
#include "exchange/side.h"
#include "exchange/suite.h"

/** Answers the message number `index` of ours with a code. */
static bool answer(Side *side, size_t index, LwStatus status, bool separate)
{
        LwMessage response;

        lw_fake_answer(&response, lw_fake_sent(side->fake, index), lw_status_to_code(status),
                        separate);
        return lw_fake_response(side->fake, &response, side->now);
}

static const char *sent(const Side *side, size_t index)
{
        return side_text(lw_fake_sent(side->fake, index));
}

START_TEST(an_answer_is_matched_by_its_token_alone)
{
        g_autoptr(Side) side = side_new(false);
        const LwMessage *request;
        LwMessage response;

        ck_assert_uint_ne(side_ask(side, LW_METHOD_POST, "rd", NULL, 60, 0), 0);
        ck_assert_str_eq(sent(side, 0), "CON POST /rd");
        request = lw_fake_sent(side->fake, 0);
        ck_assert_uint_eq(request->token_length, 8);
        lw_fake_answer(&response, request, lw_status_to_code(LW_STATUS_CREATED), true);
        response.token[3] ^= 1;
        ck_assert(!lw_fake_response(side->fake, &response, side->now));
        response.token_length = 0;
        ck_assert(!lw_fake_response(side->fake, &response, side->now));
        ck_assert_uint_eq(side->dones, 0);
        ck_assert(answer(side, 0, LW_STATUS_CREATED, true));
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_CREATED);
        ck_assert(!answer(side, 0, LW_STATUS_CREATED, true));
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
}
END_TEST

START_TEST(one_request_is_out_at_a_time_in_order)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "b", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "c", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "u", NULL, 60, LW_EXCHANGE_URGENT);
        side_ask(side, LW_METHOD_POST, "n", NULL, 60, LW_EXCHANGE_NON);
        ck_assert_uint_eq(lw_fake_count(side->fake), 3);
        ck_assert_str_eq(sent(side, 0), "CON POST /a");
        ck_assert_str_eq(sent(side, 1), "CON POST /u");
        ck_assert_str_eq(sent(side, 2), "NON POST /n");
        answer(side, 1, LW_STATUS_CHANGED, false);
        ck_assert_uint_eq(lw_fake_count(side->fake), 3);
        answer(side, 0, LW_STATUS_CHANGED, false);
        ck_assert_str_eq(sent(side, 3), "CON POST /b");
        lw_fake_failed(side->fake, 3, LW_TRANSPORT_TIMED_OUT, side->now);
        ck_assert_int_eq(side->done_status, LW_STATUS_TIMEOUT);
        ck_assert_str_eq(sent(side, 4), "CON POST /c");
        ck_assert_uint_eq(side->dones, 3);
}
END_TEST

START_TEST(what_is_asked_for_before_the_connection_stands_waits_urgent_first)
{
        g_autoptr(Side) side = side_new(false);

        lw_exchange_start(side->exchange);
        ck_assert_uint_eq(side->stages, 1);
        ck_assert(!lw_exchange_is_up(side->exchange));
        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "u1", NULL, 60, LW_EXCHANGE_URGENT);
        side_ask(side, LW_METHOD_POST, "u2", NULL, 60, LW_EXCHANGE_URGENT);
        ck_assert_uint_eq(lw_fake_count(side->fake), 0);
        lw_fake_up(side->fake, side->now);
        ck_assert(lw_exchange_is_up(side->exchange));
        ck_assert_uint_eq(side->ups, 1);
        ck_assert_str_eq(sent(side, 0), "CON POST /u1");
        ck_assert_str_eq(sent(side, 1), "CON POST /u2");
        ck_assert_str_eq(sent(side, 2), "CON POST /a");
}
END_TEST

START_TEST(each_request_has_its_own_deadline)
{
        g_autoptr(Side) side = side_new(false);
        LwUsec start = side->now.boot;

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "b", NULL, 30, 0);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), start + 30 * LW_USEC_PER_SEC);
        side_wait(side, 30);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(side->done_failed);
        ck_assert_int_eq(side->done_status, LW_STATUS_TIMEOUT);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), start + 60 * LW_USEC_PER_SEC);
        side_wait(side, 29.9);
        ck_assert_uint_eq(side->dones, 1);
        side_wait(side, 0.1);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert(!answer(side, 0, LW_STATUS_CHANGED, true));
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
}
END_TEST

START_TEST(only_so_many_requests_wait)
{
        g_autoptr(Side) side = side_new(false);

        for (int i = 0; i < LW_REQUESTS_OUT_MAX; i++)
                ck_assert_uint_ne(side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0), 0);
        ck_assert_uint_eq(side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0), 0);
        ck_assert_uint_eq(side->dones, 0);
}
END_TEST

START_TEST(a_dropped_request_makes_room_and_says_no_more)
{
        g_autoptr(Side) side = side_new(false);
        LwErrand first = side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        LwErrand third;

        side_ask(side, LW_METHOD_POST, "b", NULL, 60, 0);
        third = side_ask(side, LW_METHOD_POST, "c", NULL, 60, 0);
        lw_exchange_drop(side->exchange, third);
        lw_exchange_drop(side->exchange, third);
        lw_exchange_drop(side->exchange, 0);
        lw_exchange_drop(side->exchange, first);
        ck_assert_str_eq(sent(side, 1), "CON POST /b");
        ck_assert(!answer(side, 0, LW_STATUS_CHANGED, true));
        answer(side, 1, LW_STATUS_CHANGED, true);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
}
END_TEST

/* How a request ends that is not answered. */
static const struct {
        LwTransportFailure why;
        LwStatus status;
} failures[] = {
        { LW_TRANSPORT_TIMED_OUT, LW_STATUS_TIMEOUT },
        { LW_TRANSPORT_RESET, LW_STATUS_UNAVAILABLE },
        { LW_TRANSPORT_CLOSED, LW_STATUS_UNAVAILABLE },
};

START_TEST(failures_are_told_apart)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        lw_fake_failed(side->fake, 0, failures[_i].why, side->now);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(side->done_failed);
        ck_assert_int_eq(side->done_status, failures[_i].status);
        ck_assert_uint_eq(side->refusals, 0);
        ck_assert_uint_eq(lw_exchange_counters(side->exchange).lost,
                        failures[_i].why == LW_TRANSPORT_TIMED_OUT);
}
END_TEST

START_TEST(a_reset_non_request_failed)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, LW_EXCHANGE_NON);
        lw_fake_reset(side->fake, (uint16_t) (lw_fake_last(side->fake)->mid + 1), side->now);
        ck_assert_uint_eq(side->dones, 0);
        lw_fake_reset(side->fake, lw_fake_last(side->fake)->mid, side->now);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_UNAVAILABLE);
}
END_TEST

START_TEST(when_the_connection_ends_all_fail)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "b", NULL, 60, 0);
        lw_fake_down(side->fake, "gone", side->now);
        ck_assert_uint_eq(side->downs, 1);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert_int_eq(side->done_status, LW_STATUS_UNAVAILABLE);
        ck_assert_uint_eq(side_ask(side, LW_METHOD_POST, "c", NULL, 60, 0), 0);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
}
END_TEST

START_TEST(what_cannot_be_sent_fails)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "b", NULL, 60, 0);
        side->fake->refuses = true;
        ck_assert_uint_eq(side_ask(side, LW_METHOD_POST, "u", NULL, 60, LW_EXCHANGE_URGENT), 0);
        ck_assert_uint_eq(side->dones, 0);
        answer(side, 0, LW_STATUS_CHANGED, false);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), 0);
        side_wait(side, 0);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert_int_eq(side->done_status, LW_STATUS_UNAVAILABLE);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
}
END_TEST

START_TEST(an_answer_with_an_unknown_critical_option_is_rejected)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage response;

        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        lw_fake_answer(&response, lw_fake_sent(side->fake, 0), 0x45, true);
        lw_message_add(&response, 65001, "", 0);
        ck_assert(!lw_fake_response(side->fake, &response, side->now));
        ck_assert(side->done_failed);
        ck_assert_int_eq(side->done_status, LW_STATUS_BAD_OPTION);
}
END_TEST

START_TEST(a_request_has_room_for_block_options)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(GError) error = NULL;
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_POST);
        for (int i = 0; i < LW_OPTIONS_MAX - 2; i++)
                lw_message_add_text(&head, LW_OPTION_URI_QUERY, "x");
        ck_assert_uint_eq(lw_exchange_request(side->exchange, &head, NULL, 1, 0, NULL, NULL,
                                          side->now, &error),
                        0);
        ck_assert_int_eq(error->code, LW_STATUS_UNAVAILABLE);
}
END_TEST

/* Observations */

/** A notification with the token of our message 0. `sequence` below 0: without Observe. */
static bool notify(Side *side, LwStatus status, int64_t sequence, const char *payload)
{
        LwMessage message;

        lw_fake_answer(&message, lw_fake_sent(side->fake, 0), lw_status_to_code(status), true);
        if (sequence >= 0)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, (uint32_t) sequence);
        message.payload = (const uint8_t *) payload;
        message.payload_length = strlen(payload);
        return lw_fake_response(side->fake, &message, side->now);
}

START_TEST(notifications_come_until_it_is_dropped)
{
        g_autoptr(Side) side = side_new(false);
        LwErrand errand = side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);

        ck_assert_str_eq(sent(side, 0), "CON GET /3 observe=0");
        ck_assert(notify(side, LW_STATUS_CONTENT, 5, "a"));
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
        side_wait(side, 100000);
        ck_assert(notify(side, LW_STATUS_CONTENT, 6, "b"));
        ck_assert_uint_eq(side->dones, 2);
        ck_assert_mem_eq(side->done_body->data, "b", 1);
        side_ask(side, LW_METHOD_GET, "4", NULL, 60, 0); /* it takes nobody's turn */
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        lw_exchange_drop(side->exchange, errand);
        ck_assert(!notify(side, LW_STATUS_CONTENT, 7, "c"));
        ck_assert_uint_eq(side->dones, 2);
}
END_TEST

/* Source: RFC 7641, 3.4. */
static const struct {
        uint32_t former, next;
        double seconds;
        bool fresh;
} orders[] = {
        { 5, 6, 0, true },
        { 5, 5, 0, false },
        { 6, 5, 0, false },
        { 6, 5, 128, false },
        { 6, 5, 128.1, true },
        { 5, 5 + (1 << 23) - 1, 0, true },
        { 5, 5 + (1 << 23), 0, false },
        { 0xffffff, 0, 0, true },
        { 0xffffff, 3, 0, true },
        { 3, 0xffffff, 0, false },
        { 1 << 23, 0, 0, false },
        { (1 << 23) + 1, 0, 0, true },
};

START_TEST(older_notifications_are_dropped)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        notify(side, LW_STATUS_CONTENT, orders[_i].former, "a");
        side_wait(side, orders[_i].seconds);
        ck_assert(notify(side, LW_STATUS_CONTENT, orders[_i].next, "b")); /* it is acknowledged */
        ck_assert_uint_eq(side->dones, orders[_i].fresh ? 2 : 1);
}
END_TEST

START_TEST(the_first_sequence_may_be_any)
{
        g_autoptr(Side) side = side_new(false);

        side->now.boot = 0;
        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        notify(side, LW_STATUS_CONTENT, 0, "a");
        ck_assert_uint_eq(side->dones, 1);
}
END_TEST

START_TEST(a_stream_has_no_order_but_its_own)
{
        g_autoptr(Side) side = side_new(true);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        notify(side, LW_STATUS_CONTENT, 0, "a");
        notify(side, LW_STATUS_CONTENT, 0, "b");
        ck_assert_uint_eq(side->dones, 2);
}
END_TEST

/* What ends an observation: an answer without Observe, or an error. */
static const struct {
        bool at_once;
        LwStatus status;
        int sequence;
} endings[] = {
        { true, LW_STATUS_NOT_FOUND, -1 },
        { true, LW_STATUS_CONTENT, -1 },
        { true, LW_STATUS_NOT_FOUND, 3 },
        { false, LW_STATUS_NOT_FOUND, -1 },
        { false, LW_STATUS_CONTENT, -1 },
        { false, LW_STATUS_FAILED, 3 },
};

START_TEST(an_observation_ends_without_observe)
{
        g_autoptr(Side) side = side_new(false);
        unsigned before = endings[_i].at_once ? 0 : 1;

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        if (!endings[_i].at_once)
                notify(side, LW_STATUS_CONTENT, 1, "a");
        ck_assert(notify(side, endings[_i].status, endings[_i].sequence, ""));
        ck_assert_uint_eq(side->dones, before + 1);
        ck_assert_int_eq(side->done_status, endings[_i].status);
        ck_assert(!notify(side, LW_STATUS_CONTENT, 9, "b"));
        ck_assert_uint_eq(side->dones, before + 1);
}
END_TEST

START_TEST(the_end_of_the_connection_ends_observations)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        notify(side, LW_STATUS_CONTENT, 1, "a");
        lw_fake_down(side->fake, "gone", side->now);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert(side->done_failed);
}
END_TEST

START_TEST(it_may_be_dropped_within_its_notification)
{
        g_autoptr(Side) side = side_new(false);
        LwErrand errand = side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);

        notify(side, LW_STATUS_CONTENT, 1, "a");
        side->drops = errand;
        notify(side, LW_STATUS_CONTENT, 2, "b");
        ck_assert_mem_eq(side->done_body->data, "b", 1);
        ck_assert(!notify(side, LW_STATUS_CONTENT, 3, "c"));
}
END_TEST

static void count_done(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        unsigned *codes = user;

        (void) now;
        ck_assert_ptr_null(error);
        *codes = response->code;
}

START_TEST(it_is_cancelled_under_its_own_token)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = lw_blob_new_copy("paths", 5);
        LwErrand errand = side_ask(side, LW_METHOD_FETCH, "", body, 60, LW_EXCHANGE_OBSERVE);
        unsigned code = 0;
        LwMessage head;

        notify(side, LW_STATUS_CONTENT, 1, "a");
        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_FETCH);
        lw_message_add_uint(&head, LW_OPTION_OBSERVE, 1);
        ck_assert_uint_ne(lw_exchange_cancel(side->exchange, errand, &head, LW_USEC_PER_SEC,
                                          count_done, &code, side->now, NULL),
                        0);
        ck_assert_str_eq(sent(side, 1), "CON FETCH observe=1 [5]");
        ck_assert_mem_eq(lw_fake_sent(side->fake, 0)->token, lw_fake_sent(side->fake, 1)->token, 8);
        ck_assert(notify(side, LW_STATUS_CONTENT, 2, "b")); /* which crossed it */
        ck_assert_uint_eq(code, 0);
        answer(side, 1, LW_STATUS_CONTENT, false);
        ck_assert_uint_eq(code, 0x45);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(!notify(side, LW_STATUS_CONTENT, 3, "c"));
}
END_TEST

TCase *test_outgoing(void)
{
        TCase *tcase = tcase_create("outgoing");

        tcase_add_test(tcase, an_answer_is_matched_by_its_token_alone);
        tcase_add_test(tcase, one_request_is_out_at_a_time_in_order);
        tcase_add_test(tcase, what_is_asked_for_before_the_connection_stands_waits_urgent_first);
        tcase_add_test(tcase, each_request_has_its_own_deadline);
        tcase_add_test(tcase, only_so_many_requests_wait);
        tcase_add_test(tcase, a_dropped_request_makes_room_and_says_no_more);
        tcase_add_loop_test(tcase, failures_are_told_apart, 0, G_N_ELEMENTS(failures));
        tcase_add_test(tcase, a_reset_non_request_failed);
        tcase_add_test(tcase, when_the_connection_ends_all_fail);
        tcase_add_test(tcase, what_cannot_be_sent_fails);
        tcase_add_test(tcase, an_answer_with_an_unknown_critical_option_is_rejected);
        tcase_add_test(tcase, a_request_has_room_for_block_options);
        tcase_add_test(tcase, notifications_come_until_it_is_dropped);
        tcase_add_loop_test(tcase, older_notifications_are_dropped, 0, G_N_ELEMENTS(orders));
        tcase_add_test(tcase, the_first_sequence_may_be_any);
        tcase_add_test(tcase, a_stream_has_no_order_but_its_own);
        tcase_add_loop_test(tcase, an_observation_ends_without_observe, 0, G_N_ELEMENTS(endings));
        tcase_add_test(tcase, the_end_of_the_connection_ends_observations);
        tcase_add_test(tcase, it_may_be_dropped_within_its_notification);
        tcase_add_test(tcase, it_is_cancelled_under_its_own_token);
        return tcase;
}
