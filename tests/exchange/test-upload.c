/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies that a peer sends in blocks. Source: RFC 7959, 2.3, 2.5 and 2.9. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/side.h"
#include "exchange/suite.h"
#include "exchange/upload.h"

/** One block of 64 bytes to /5/0/0; gives what was answered last. */
static const char *put_block(Side *side, uint16_t mid, uint32_t number, bool more)
{
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, mid, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
        side_block1(&message, number, more, 64);
        if (!lw_fake_request(side->fake, &message, side->now))
                return "nothing";
        return side_text(lw_fake_last(side->fake));
}

static uint8_t last_code(const Side *side)
{
        return lw_fake_last(side->fake)->code;
}

START_TEST(blocks_are_joined_and_handled_once)
{
        g_autoptr(Side) side = side_new(false);

        side->status = LW_STATUS_CHANGED;
        ck_assert_str_eq(put_block(side, 1, 0, true), "ACK 2.31 block1=0/1/64");
        ck_assert_str_eq(put_block(side, 2, 1, true), "ACK 2.31 block1=1/1/64");
        ck_assert_uint_eq(side->requests, 0);
        ck_assert_str_eq(put_block(side, 3, 2, false), "ACK 2.04 block1=2/0/64");
        ck_assert_uint_eq(side->requests, 1);
        ck_assert_uint_eq(side->receive_calls, 1);
        ck_assert_uint_eq(side->body->len, 160);
        ck_assert(!side->has_block1);
        ck_assert(side_is_body(side->body->data, 160, 0));
        ck_assert_str_eq(put_block(side, 3, 2, false), "ACK 2.04 block1=2/0/64");
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(a_block_that_is_repeated_counts_once)
{
        g_autoptr(Side) side = side_new(false);

        put_block(side, 1, 0, true);
        ck_assert_str_eq(put_block(side, 2, 1, true), "ACK 2.31 block1=1/1/64");
        ck_assert_str_eq(put_block(side, 2, 1, true), "ACK 2.31 block1=1/1/64"); /* as it was */
        ck_assert_str_eq(put_block(side, 3, 1, true), "ACK 2.31 block1=1/1/64"); /* a new id */
        put_block(side, 4, 2, false);
        ck_assert_uint_eq(side->body->len, 160);
        ck_assert(side_is_body(side->body->data, 160, 0));
}
END_TEST

START_TEST(what_only_ends_where_the_last_block_ended_is_no_repetition)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_sink_done(&sink, 0);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 2, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
        side_block1(&message, 1, true, 32);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));

        put_block(side, 3, 1, true);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 4, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
        side_block1(&message, 1, true, 64); /* the same, but that it be the last */
        lw_message_remove(&message, LW_OPTION_BLOCK1);
        lw_message_add_block(&message, LW_OPTION_BLOCK1, &(LwBlock){ 1, false, 64 });
        lw_fake_forget(side->fake);
        ck_assert(lw_fake_request(side->fake, &message, side->now));
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

START_TEST(a_gap_is_refused_and_the_right_block_goes_on)
{
        g_autoptr(Side) side = side_new(false);

        put_block(side, 1, 0, true);
        put_block(side, 2, 1, true);
        put_block(side, 3, 3, true);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        put_block(side, 4, 3, false);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        ck_assert_uint_eq(side->requests, 0);
        put_block(side, 5, 2, false);
        ck_assert_uint_eq(side->requests, 1);
        ck_assert(side_is_body(side->body->data, 160, 0));
}
END_TEST

START_TEST(a_body_begins_with_block_0)
{
        g_autoptr(Side) side = side_new(false);

        put_block(side, 1, 5, true);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        put_block(side, 2, 1, false);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        ck_assert_uint_eq(side->requests, 0);
        ck_assert_uint_eq(side->receive_calls, 0);
}
END_TEST

START_TEST(block_0_begins_anew)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        put_block(side, 2, 1, true);
        put_block(side, 3, 0, true);
        ck_assert_uint_eq(side->receive_calls, 2);
        ck_assert_uint_eq(sink.length, 64);
        ck_assert_str_eq(put_block(side, 4, 1, false), "ACK 2.04 block1=1/0/64");
        ck_assert_uint_eq(sink.length, 96);
        ck_assert_uint_eq(sink.finishes, 1);
        ck_assert_uint_eq(sink.aborts, 0);
}
END_TEST

START_TEST(beginning_anew_aborts_the_sink)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side->receives = NULL;
        put_block(side, 2, 0, true);
        ck_assert_uint_eq(sink.aborts, 1);
        put_block(side, 3, 1, false);
        ck_assert_uint_eq(side->body->len, 96);
}
END_TEST

START_TEST(a_body_in_one_block_is_a_plain_request_and_ends_what_was_begun)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        ck_assert_str_eq(put_block(side, 2, 0, false), "ACK 2.05 block1=0/0/64");
        ck_assert_uint_eq(side->requests, 1);
        ck_assert_uint_eq(side->body->len, 32);
        ck_assert_uint_eq(sink.aborts, 1);
        ck_assert_uint_eq(side->receive_calls, 1);
}
END_TEST

START_TEST(another_format_or_tag_is_another_body)
{
        static const struct {
                uint16_t number;
                uint32_t value;
        } others[] = { { LW_OPTION_CONTENT_FORMAT, 112 }, { 292, 5 } };
        g_autoptr(Side) side = side_new(false);

        put_block(side, 1, 0, true);
        for (uint16_t i = 0; i < G_N_ELEMENTS(others); i++) {
                LwMessage message;

                side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, (uint16_t) (10 + i), "5/0/0");
                if (others[i].number != LW_OPTION_CONTENT_FORMAT)
                        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
                lw_message_add_uint(&message, others[i].number, others[i].value);
                side_block1(&message, 1, true, 64);
                lw_fake_request(side->fake, &message, side->now);
                ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        }
        ck_assert_str_eq(put_block(side, 2, 1, true), "ACK 2.31 block1=1/1/64");
}
END_TEST

START_TEST(a_block_of_the_wrong_length_is_refused)
{
        static const struct {
                size_t length;
                bool more;
        } wrong[] = { { 63, true }, { 65, true }, { 65, false } };
        g_autoptr(Side) side = side_new(false);

        put_block(side, 1, 0, true);
        for (uint16_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
                uint8_t payload[65] = { 0 };
                LwMessage message;

                side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, (uint16_t) (10 + i), "5/0/0");
                lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
                lw_message_add_block(
                                &message, LW_OPTION_BLOCK1, &(LwBlock){ 1, wrong[i].more, 64 });
                message.payload = payload;
                message.payload_length = wrong[i].length;
                lw_fake_request(side->fake, &message, side->now);
                ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_BAD_REQUEST));
        }
        ck_assert_str_eq(put_block(side, 2, 1, true), "ACK 2.31 block1=1/1/64");
}
END_TEST

START_TEST(the_size_may_shrink_between_blocks)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        put_block(side, 1, 0, true);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 2, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
        side_block1(&message, 4, true, 16);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 2.31 block1=4/1/16");
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 3, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 42);
        side_block1(&message, 5, false, 16);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(side->body->len, 64 + 16 + 8);
        ck_assert(side_is_body(side->body->data, side->body->len, 0));
}
END_TEST

START_TEST(what_cannot_be_joined_is_too_large)
{
        g_autoptr(Side) side = side_new(false);
        uint32_t size = 0;

        for (uint16_t i = 0; i < LW_BODY_MAX / 64; i++) {
                put_block(side, i, i, true);
                ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_CONTINUE));
        }
        put_block(side, 5000, LW_BODY_MAX / 64, false);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_TOO_LARGE));
        ck_assert(lw_message_find_uint(lw_fake_last(side->fake), LW_OPTION_SIZE1, &size));
        ck_assert_uint_eq(size, LW_BODY_MAX);
        ck_assert_uint_eq(side->requests, 0);
        put_block(side, 5001, LW_BODY_MAX / 64, false);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

START_TEST(what_says_that_it_is_too_large_is_refused_at_once)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 1, "5/0/0");
        lw_message_add_uint(&message, LW_OPTION_SIZE1, 10000000);
        side_block1(&message, 0, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_TOO_LARGE));
        ck_assert_uint_eq(side->receive_size, 10000000);
        side->receives = &sink; /* but not where there is a sink */
        message.mid = 2;
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_CONTINUE));
}
END_TEST

START_TEST(whoever_receives_may_refuse)
{
        g_autoptr(Side) side = side_new(false);

        side->receive_error = LW_STATUS_UNAUTHORIZED;
        put_block(side, 1, 0, true);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_UNAUTHORIZED));
        put_block(side, 2, 1, true);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

/* Sinks */

START_TEST(a_slow_sink_slows_the_peer)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        ck_assert_str_eq(put_block(side, 1, 0, true), "nothing");
        ck_assert_str_eq(put_block(side, 1, 0, true), "nothing"); /* repeated meanwhile */
        side_sink_done(&sink, 0);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 2.31 block1=0/1/64");
        ck_assert_uint_eq(lw_fake_last(side->fake)->token[0], 1);
        ck_assert_str_eq(put_block(side, 2, 1, false), "nothing");
        side_sink_done(&sink, 0);
        ck_assert_uint_eq(sink.finishes, 1);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        side_sink_done(&sink, 0);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 2.04 block1=1/0/64");
        ck_assert_uint_eq(sink.appends, 2);
        ck_assert_uint_eq(sink.aborts, 0);
        ck_assert_uint_eq(side->requests, 0);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
}
END_TEST

START_TEST(a_new_try_of_a_block_waits_in_place_of_the_first)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_sink_done(&sink, 0);
        put_block(side, 2, 1, true);
        put_block(side, 3, 1, true);
        put_block(side, 4, 2, true); /* nobody asked for that yet */
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
        lw_fake_forget(side->fake);
        side_sink_done(&sink, 0);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        ck_assert_uint_eq(lw_fake_last(side->fake)->token[0], 3);
        ck_assert_uint_eq(sink.appends, 2);
}
END_TEST

START_TEST(many_tries_of_a_block_take_one_place)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_sink_done(&sink, 0);
        for (uint16_t i = 0; i < 2 * LW_DEDUP_MAX; i++)
                ck_assert_str_eq(put_block(side, (uint16_t) (100 + i), 1, true), "nothing");
        ck_assert_uint_eq(sink.appends, 2);
}
END_TEST

/* Where a sink fails: in append or finish, at once or later. */
static const struct {
        bool is_slow, in_finish;
        unsigned aborts;
} failures[] = {
        { false, false, 1 },
        { true, false, 1 },
        { false, true, 0 },
        { true, true, 0 },
};

START_TEST(a_sink_that_fails_says_what_is_answered)
{
        SideSink sink = { .is_slow = failures[_i].is_slow };
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        if (sink.done)
                side_sink_done(&sink, 0);
        if (!failures[_i].is_slow && failures[_i].in_finish) {
                sink.is_slow = true; /* the append goes well, what follows does not */
                put_block(side, 2, 1, false);
                sink.is_slow = false;
                sink.fails_with = LW_STATUS_TOO_LARGE;
                side_sink_done(&sink, 0);
        } else if (!failures[_i].is_slow) {
                sink.fails_with = LW_STATUS_TOO_LARGE;
                put_block(side, 2, 1, false);
        } else {
                put_block(side, 2, 1, false);
                if (failures[_i].in_finish)
                        side_sink_done(&sink, 0);
                side_sink_done(&sink, LW_STATUS_TOO_LARGE);
        }
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_TOO_LARGE));
        ck_assert_uint_eq(sink.aborts, failures[_i].aborts);
        ck_assert_uint_eq(sink.finishes, failures[_i].in_finish);
        put_block(side, 3, 1, false);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

START_TEST(a_silent_upload_is_aborted)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_wait(side, 200);
        put_block(side, 2, 1, true);
        side_wait(side, 246);
        ck_assert_uint_eq(sink.aborts, 0);
        side_wait(side, 1);
        ck_assert_uint_eq(sink.aborts, 1);
        put_block(side, 3, 2, true);
        ck_assert_uint_eq(last_code(side), lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

START_TEST(a_slow_sink_is_not_silent)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_wait(side, 1000);
        ck_assert_uint_eq(sink.aborts, 0);
        lw_fake_down(side->fake, "gone", side->now);
        ck_assert_uint_eq(sink.aborts, 1);
}
END_TEST

START_TEST(the_end_of_the_exchange_aborts)
{
        Side *side = side_new(false);
        SideSink sink = { .is_slow = true };

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_free(side);
        ck_assert_uint_eq(sink.aborts, 1);
}
END_TEST

START_TEST(other_requests_are_served_between_blocks)
{
        SideSink sink = { .is_slow = true };
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side->receives = &sink;
        put_block(side, 1, 0, true);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 2, "3/0/0");
        ck_assert(lw_fake_request(side->fake, &message, side->now));
        ck_assert_uint_eq(side->requests, 1);
        side_sink_done(&sink, 0);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 3, "5/0/0");
        ck_assert(lw_fake_request(side->fake, &message, side->now));
        ck_assert_uint_eq(side->requests, 2);
        put_block(side, 4, 1, true);
        side_sink_done(&sink, 0);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 2.31 block1=1/1/64");
}
END_TEST

START_TEST(only_so_many_bodies_at_once)
{
        static const char *const paths[] = { "1/0/1", "1/0/2", "1/0/3", "1/0/4", "1/0/5" };
        g_autoptr(Side) side = side_new(false);

        ck_assert_uint_eq(G_N_ELEMENTS(paths), LW_UPLOADS_MAX + 1);
        for (uint16_t i = 0; i <= LW_UPLOADS_MAX; i++) {
                LwMessage message;

                side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, i, paths[i]);
                side_block1(&message, 0, true, 64);
                lw_fake_request(side->fake, &message, side->now);
                ck_assert_uint_eq(last_code(side),
                                lw_status_to_code(i < LW_UPLOADS_MAX ? LW_STATUS_CONTINUE
                                                                     : LW_STATUS_UNAVAILABLE));
        }
}
END_TEST

START_TEST(ten_megabytes_go_through_a_sink_in_order)
{
        SideSink sink = {};
        g_autoptr(Side) side = side_new(false);
        uint64_t expected = 0;
        const uint32_t blocks = 10240;

        side->receives = &sink;
        for (uint32_t i = 0; i <= blocks; i++) {
                LwMessage message;

                side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, (uint16_t) i, "5/0/0");
                side_block1(&message, i, i < blocks, 1024);
                expected = side_hash(expected, message.payload, message.payload_length);
                side->now.boot += LW_USEC_PER_SEC / 100;
                ck_assert(lw_fake_request(side->fake, &message, side->now));
                lw_fake_forget(side->fake);
        }
        ck_assert_uint_eq(sink.length, 10240 * 1024 + 512);
        ck_assert(sink.hash == expected);
        ck_assert_uint_eq(sink.finishes, 1);
}
END_TEST

/* A long body and a long answer at once. Source: RFC 7959, 3.3; RFC 8132, 2.1. */

static const char *fetch(Side *side, uint16_t mid, const LwBlock *block1, const LwBlock *block2)
{
        static uint8_t payload[LW_BLOCK_SIZE];
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_FETCH, mid, "");
        lw_message_add_uint(&message, LW_OPTION_ACCEPT, 112);
        if (block1) {
                lw_message_add_block(&message, LW_OPTION_BLOCK1, block1);
                message.payload = payload;
                message.payload_length = block1->size;
        }
        if (block2)
                lw_message_add_block(&message, LW_OPTION_BLOCK2, block2);
        lw_fake_request(side->fake, &message, side->now);
        return side_text(lw_fake_last(side->fake));
}

START_TEST(a_long_body_has_a_long_answer)
{
        g_autoptr(Side) side = side_new(false);

        side->answer = side_body(100);
        ck_assert_str_eq(fetch(side, 1, &(LwBlock){ 0, true, 16 }, &(LwBlock){ 0, false, 64 }),
                        "ACK 2.31 block1=0/1/16");
        ck_assert_str_eq(fetch(side, 2, &(LwBlock){ 1, false, 16 }, &(LwBlock){ 0, false, 64 }),
                        "ACK 2.05 ct=112 block2=0/1/64 block1=1/0/16 [64]");
        ck_assert_uint_eq(side->body->len, 32);
        /* the rest without the body, as RFC 7959 has it */
        ck_assert_str_eq(fetch(side, 3, NULL, &(LwBlock){ 1, false, 64 }),
                        "ACK 2.05 ct=112 block2=1/0/64 [36]");
        /* or with it, again in blocks */
        fetch(side, 4, &(LwBlock){ 0, true, 16 }, &(LwBlock){ 1, false, 64 });
        ck_assert_str_eq(fetch(side, 5, &(LwBlock){ 1, false, 16 }, &(LwBlock){ 1, false, 64 }),
                        "ACK 2.05 ct=112 block2=1/0/64 block1=1/0/16 [36]");
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(the_late_answer_to_a_joined_body_confirms_its_last_block)
{
        g_autoptr(Side) side = side_new(false);

        side->answers_later = true;
        side->answer = side_body(1500);
        put_block(side, 1, 0, true);
        ck_assert_str_eq(put_block(side, 2, 1, false), "nothing");
        side_answer(side, side->ticket);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "CON 2.05 ct=112 block2=0/1/1024 block1=1/0/64 [1024]");
}
END_TEST

TCase *test_upload(void)
{
        TCase *tcase = tcase_create("upload");

        tcase_add_test(tcase, blocks_are_joined_and_handled_once);
        tcase_add_test(tcase, a_block_that_is_repeated_counts_once);
        tcase_add_test(tcase, what_only_ends_where_the_last_block_ended_is_no_repetition);
        tcase_add_test(tcase, a_gap_is_refused_and_the_right_block_goes_on);
        tcase_add_test(tcase, a_body_begins_with_block_0);
        tcase_add_test(tcase, block_0_begins_anew);
        tcase_add_test(tcase, beginning_anew_aborts_the_sink);
        tcase_add_test(tcase, a_body_in_one_block_is_a_plain_request_and_ends_what_was_begun);
        tcase_add_test(tcase, another_format_or_tag_is_another_body);
        tcase_add_test(tcase, a_block_of_the_wrong_length_is_refused);
        tcase_add_test(tcase, the_size_may_shrink_between_blocks);
        tcase_add_test(tcase, what_cannot_be_joined_is_too_large);
        tcase_add_test(tcase, what_says_that_it_is_too_large_is_refused_at_once);
        tcase_add_test(tcase, whoever_receives_may_refuse);
        tcase_add_test(tcase, a_slow_sink_slows_the_peer);
        tcase_add_test(tcase, many_tries_of_a_block_take_one_place);
        tcase_add_test(tcase, a_new_try_of_a_block_waits_in_place_of_the_first);
        tcase_add_loop_test(
                        tcase, a_sink_that_fails_says_what_is_answered, 0, G_N_ELEMENTS(failures));
        tcase_add_test(tcase, a_silent_upload_is_aborted);
        tcase_add_test(tcase, a_slow_sink_is_not_silent);
        tcase_add_test(tcase, the_end_of_the_exchange_aborts);
        tcase_add_test(tcase, other_requests_are_served_between_blocks);
        tcase_add_test(tcase, only_so_many_bodies_at_once);
        tcase_add_test(tcase, ten_megabytes_go_through_a_sink_in_order);
        tcase_add_test(tcase, a_long_body_has_a_long_answer);
        tcase_add_test(tcase, the_late_answer_to_a_joined_body_confirms_its_last_block);
        return tcase;
}
