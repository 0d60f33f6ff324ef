/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both directions together: notifications of ours, counters, the trace, and who frees what when. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/exchange.h"
#include "exchange/side.h"
#include "exchange/suite.h"

/** A notification for the token "t", sequence 12. */
static bool notify(Side *side, LwBlob *body, uint64_t key, bool confirmable)
{
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        head.token_length = 1;
        head.token[0] = 't';
        lw_message_add_uint(&head, LW_OPTION_OBSERVE, 12);
        lw_message_add_uint(&head, LW_OPTION_CONTENT_FORMAT, 112);
        return lw_exchange_notify(side->exchange, &head, body, key, confirmable, side->now, NULL);
}

START_TEST(a_notification_has_the_token_of_its_observation)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = lw_blob_new_copy("abc", 3);

        ck_assert(notify(side, body, 1, _i == 1));
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        _i == 1 ? "CON 2.05 observe=12 ct=112 [3]"
                                : "NON 2.05 observe=12 ct=112 [3]");
        ck_assert_uint_eq(lw_fake_last(side->fake)->token_length, 1);
        ck_assert_uint_eq(lw_fake_last(side->fake)->token[0], 't');
}
END_TEST

START_TEST(the_rest_of_a_notification_is_fetched_from_its_snapshot)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);
        const uint8_t *etag;
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 1, "3");
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 0);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert(notify(side, body, side->key, false));
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "NON 2.05 observe=12 ct=112 block2=0/1/1024 [1024]");
        etag = lw_message_find(lw_fake_last(side->fake), LW_OPTION_ETAG)->value;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 2, "3");
        lw_message_add_block(&message, LW_OPTION_BLOCK2, &(LwBlock){ 2, false, 1024 });
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "ACK 2.05 ct=112 block2=2/0/1024 [452]");
        ck_assert_mem_eq(lw_message_find(lw_fake_last(side->fake), LW_OPTION_ETAG)->value, etag, 8);
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(a_newer_notification_replaces_the_snapshot)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) first = side_body(2500), second = side_body(1500);
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 1, "3");
        notify(side, first, lw_exchange_key(&message), false);
        notify(side, second, lw_exchange_key(&message), false);
        lw_message_add_block(&message, LW_OPTION_BLOCK2, &(LwBlock){ 1, false, 1024 });
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "ACK 2.05 ct=112 block2=1/0/1024 [476]");
}
END_TEST

START_TEST(a_notification_has_the_size_that_was_asked_for)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(100);
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        lw_message_add_uint(&head, LW_OPTION_OBSERVE, 12);
        lw_message_add_block(&head, LW_OPTION_BLOCK2, &(LwBlock){ 0, false, 64 });
        ck_assert(lw_exchange_notify(side->exchange, &head, body, 1, false, side->now, NULL));
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "NON 2.05 observe=12 block2=0/1/64 [64]");
}
END_TEST

START_TEST(refusals_are_told_by_token)
{
        g_autoptr(Side) side = side_new(false);
        uint16_t mid;
        notify(side, NULL, 1, true);
        lw_fake_reset(side->fake, lw_fake_last(side->fake)->mid, side->now); /* no NON of ours */
        lw_fake_failed(side->fake, 0, LW_TRANSPORT_TIMED_OUT, side->now);
        ck_assert_uint_eq(side->refusals, 0);
        ck_assert_uint_eq(lw_exchange_counters(side->exchange).lost, 1);
        lw_fake_failed(side->fake, 0, LW_TRANSPORT_RESET, side->now);
        ck_assert_uint_eq(side->refusals, 1);
        ck_assert_uint_eq(side->refused[0], 't');

        notify(side, NULL, 1, false);
        mid = lw_fake_last(side->fake)->mid;
        lw_fake_reset(side->fake, (uint16_t) (mid + 1), side->now);
        ck_assert_uint_eq(side->refusals, 1);
        lw_fake_reset(side->fake, mid, side->now);
        ck_assert_uint_eq(side->refusals, 2);
        lw_fake_reset(side->fake, mid, side->now);
        ck_assert_uint_eq(side->refusals, 2);
}
END_TEST

START_TEST(nothing_is_notified_without_a_connection)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage head;
        g_autoptr(GError) error = NULL;

        lw_exchange_start(side->exchange);
        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        ck_assert(!lw_exchange_notify(side->exchange, &head, NULL, 1, false, side->now, &error));
        ck_assert_int_eq(error->code, LW_STATUS_UNAVAILABLE);
}
END_TEST

static void count_trace(void *user, bool outgoing, const LwMessage *message)
{
        unsigned *counts = user;

        ck_assert_uint_ne(message->code, 0);
        counts[outgoing]++;
}

START_TEST(everything_is_counted_and_can_be_traced)
{
        g_autoptr(Side) side = side_new(false);
        unsigned counts[2] = { 0, 0 };
        LwExchangeCounters counters;
        LwMessage message;

        lw_exchange_set_trace(side->exchange, count_trace, counts);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_POST, 1, "3");
        lw_fake_request(side->fake, &message, side->now);
        lw_fake_request(side->fake, &message, side->now);
        notify(side, NULL, 1, false);
        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        lw_fake_answer(&message, lw_fake_last(side->fake), 0x45, false);
        lw_fake_response(side->fake, &message, side->now);
        counters = lw_exchange_counters(side->exchange);
        ck_assert_uint_eq(counters.received, 3);
        ck_assert_uint_eq(counters.sent, 4);
        ck_assert_uint_eq(counters.repeated, 1);
        ck_assert_uint_eq(counters.lost, 0);
        ck_assert_uint_eq(counts[0], 3);
        ck_assert_uint_eq(counts[1], 4);
        lw_exchange_set_trace(side->exchange, NULL, NULL);
        notify(side, NULL, 1, false);
        ck_assert_uint_eq(counts[1], 4);
}
END_TEST

START_TEST(addresses_are_those_of_the_transport)
{
        g_autoptr(Side) side = side_new(false);
        g_autofree char *remote = lw_exchange_address(side->exchange, LW_TRANSPORT_REMOTE);

        ck_assert_str_eq(remote, "192.0.2.2:5683");
}
END_TEST

/* Whoever is called may free the exchange. */

static void free_in_request(Side *side)
{
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_POST, 1, "3");
        lw_fake_request(side->fake, &message, side->now);
}

static void free_in_late_request(Side *side)
{
        side->answers_later = true;
        free_in_request(side);
}

static void free_in_receive(Side *side)
{
        static SideSink sink;
        LwMessage message;

        side->receives = &sink;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 1, "3");
        side_block1(&message, 0, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(sink.aborts, 1);
}

static void free_in_joined_request(Side *side)
{
        LwMessage message;

        side->frees_itself = false;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 1, "3");
        side_block1(&message, 0, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        side->frees_itself = true;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 2, "3");
        side_block1(&message, 1, false, 64);
        lw_fake_request(side->fake, &message, side->now);
}

static void free_in_up(Side *side)
{
        lw_exchange_start(side->exchange);
        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        lw_fake_up(side->fake, side->now);
}

static void free_in_down(Side *side)
{
        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        lw_fake_down(side->fake, "gone", side->now);
        ck_assert_uint_eq(side->dones, 0);
}

static void free_in_done(Side *side)
{
        LwMessage response;

        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_GET, "b", NULL, 60, 0);
        lw_fake_answer(&response, lw_fake_last(side->fake), 0x45, false);
        lw_fake_response(side->fake, &response, side->now);
        ck_assert_uint_eq(side->dones, 1);
}

static void free_in_notification(Side *side)
{
        LwMessage response;

        side_ask(side, LW_METHOD_GET, "a", NULL, 60, LW_EXCHANGE_OBSERVE);
        side_ask(side, LW_METHOD_GET, "b", NULL, 60, 0);
        lw_fake_answer(&response, lw_fake_last(side->fake), 0x45, false);
        lw_message_add_uint(&response, LW_OPTION_OBSERVE, 1);
        lw_fake_response(side->fake, &response, side->now);
        ck_assert_uint_eq(side->dones, 1);
}

static void free_in_timeout(Side *side)
{
        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_GET, "b", NULL, 60, 0);
        side_wait(side, 60);
        ck_assert_uint_eq(side->dones, 1);
}

static void free_in_failure(Side *side)
{
        side_ask(side, LW_METHOD_GET, "a", NULL, 60, 0);
        side_ask(side, LW_METHOD_GET, "b", NULL, 60, 0);
        lw_fake_failed(side->fake, 0, LW_TRANSPORT_CLOSED, side->now);
        ck_assert_uint_eq(side->dones, 1);
}

static void free_in_refusal(Side *side)
{
        notify(side, NULL, 1, false);
        lw_fake_reset(side->fake, lw_fake_last(side->fake)->mid, side->now);
        ck_assert_uint_eq(side->refusals, 1);
}

static void (*const endings[])(Side *side) = { free_in_request, free_in_late_request,
        free_in_receive, free_in_joined_request, free_in_up, free_in_down, free_in_done,
        free_in_notification, free_in_timeout, free_in_failure, free_in_refusal };

START_TEST(whoever_is_called_may_free_the_exchange)
{
        g_autoptr(Side) side = side_new(false);

        side->frees_itself = true;
        endings[_i](side);
        ck_assert_ptr_null(side->exchange);
        ck_assert(side->fake->is_closed);
}
END_TEST

TCase *test_exchange(void)
{
        TCase *tcase = tcase_create("exchange");

        tcase_add_loop_test(tcase, a_notification_has_the_token_of_its_observation, 0, 2);
        tcase_add_test(tcase, the_rest_of_a_notification_is_fetched_from_its_snapshot);
        tcase_add_test(tcase, a_newer_notification_replaces_the_snapshot);
        tcase_add_test(tcase, a_notification_has_the_size_that_was_asked_for);
        tcase_add_test(tcase, refusals_are_told_by_token);
        tcase_add_test(tcase, nothing_is_notified_without_a_connection);
        tcase_add_test(tcase, everything_is_counted_and_can_be_traced);
        tcase_add_test(tcase, addresses_are_those_of_the_transport);
        tcase_add_loop_test(
                        tcase, whoever_is_called_may_free_the_exchange, 0, G_N_ELEMENTS(endings));
        return tcase;
}
