/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long bodies of ours, and long answers to us. Source: RFC 7959, 2.4, 2.5, 2.9 and 3.4. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/errand.h"
#include "exchange/side.h"
#include "exchange/suite.h"

/** Answers our last message with a Block1 option unless `block` is NULL. */
static void answer_block1(Side *side, LwStatus status, const LwBlock *block)
{
        LwMessage response;

        lw_fake_answer(&response, lw_fake_last(side->fake), lw_status_to_code(status), false);
        if (block)
                lw_message_add_block(&response, LW_OPTION_BLOCK1, block);
        lw_fake_response(side->fake, &response, side->now);
}

/** Answers our message number `index` with a block of a body as side_body() has it. */
static void answer_block2(Side *side, size_t index, const LwBlock *block, size_t length,
                const char *etag, int sequence)
{
        uint8_t payload[LW_BLOCK_SIZE];
        LwMessage response;

        for (size_t i = 0; i < length; i++)
                payload[i] = side_byte((uint64_t) block->number * block->size + i);
        lw_fake_answer(&response, lw_fake_sent(side->fake, index), 0x45, true);
        if (etag)
                lw_message_add_text(&response, LW_OPTION_ETAG, etag);
        if (sequence >= 0)
                lw_message_add_uint(&response, LW_OPTION_OBSERVE, (uint32_t) sequence);
        lw_message_add_block(&response, LW_OPTION_BLOCK2, block);
        response.payload = payload;
        response.payload_length = length;
        lw_fake_response(side->fake, &response, side->now);
}

static size_t last(const Side *side)
{
        return lw_fake_count(side->fake) - 1;
}

static const char *sent(const Side *side)
{
        return side_text(lw_fake_last(side->fake));
}

static bool has_whole_body(const Side *side, size_t length)
{
        return side->done_body->len == length && side_is_body(side->done_body->data, length, 0);
}

/** 4.01 with an Echo option of so many bytes; 0: an empty one. */
static void ask_for_echo(Side *side, size_t length)
{
        static const uint8_t bytes[LW_ECHO_MAX + 1] = { 0xca, 0xfe };
        LwMessage response;

        lw_fake_answer(&response, lw_fake_last(side->fake),
                        lw_status_to_code(LW_STATUS_UNAUTHORIZED), false);
        lw_message_add(&response, LW_OPTION_ECHO, bytes, length);
        lw_fake_response(side->fake, &response, side->now);
}

static size_t echo_length(const Side *side)
{
        const LwOption *echo = lw_message_find(lw_fake_last(side->fake), LW_OPTION_ECHO);

        return echo ? echo->length : 0;
}

START_TEST(an_echo_is_given_once)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "rd", NULL, 60, 0);
        ask_for_echo(side, 8);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        ck_assert_uint_eq(echo_length(side), 8);
        ck_assert_int_eq(lw_message_find(lw_fake_last(side->fake), LW_OPTION_ECHO)->value[0], 0xca);
        ck_assert_uint_eq(side->dones, 0);
        ask_for_echo(side, 8);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_UNAUTHORIZED);
}
END_TEST

START_TEST(blocks_begin_anew_with_the_echo)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        ask_for_echo(side, LW_ECHO_MAX);
        ck_assert(g_str_has_prefix(sent(side), "CON POST /rd"));
        ck_assert_uint_eq(echo_length(side), LW_ECHO_MAX);
        ck_assert_ptr_nonnull(strstr(sent(side), "block1=0/1/1024 [1024]"));
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        ck_assert_ptr_nonnull(strstr(sent(side), "block1=1/1/1024 [1024]"));
        ck_assert_uint_eq(echo_length(side), LW_ECHO_MAX);
}
END_TEST

static const size_t bad_echoes[] = { 0, LW_ECHO_MAX + 1 };

START_TEST(an_echo_of_a_wrong_length_is_none)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_POST, "rd", NULL, 60, 0);
        ask_for_echo(side, bad_echoes[_i]);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_UNAUTHORIZED);
}
END_TEST

START_TEST(a_short_body_goes_whole)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(1024);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        ck_assert_str_eq(sent(side), "CON POST /rd [1024]");
}
END_TEST

START_TEST(a_long_body_goes_in_blocks)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);
        uint32_t size = 0;

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        ck_assert_str_eq(sent(side), "CON POST /rd block1=0/1/1024 [1024]");
        ck_assert(lw_message_find_uint(lw_fake_last(side->fake), LW_OPTION_SIZE1, &size));
        ck_assert_uint_eq(size, 2500);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=1/1/1024 [1024]");
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 1, true, 1024 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=2/0/1024 [452]");
        ck_assert(side_is_body(lw_fake_last(side->fake)->payload, 452, 2048));
        ck_assert_uint_eq(side->dones, 0);
        answer_block1(side, LW_STATUS_CREATED, &(LwBlock){ 2, false, 1024 });
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_CREATED);
}
END_TEST

START_TEST(the_smaller_blocks_of_the_peer_are_taken)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 256 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=4/1/256 [256]");
        ck_assert(side_is_body(lw_fake_last(side->fake)->payload, 256, 1024));
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 4, true, 256 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=5/1/256 [256]");
}
END_TEST

START_TEST(too_large_with_a_smaller_block_is_tried_again)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(600);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        ck_assert_str_eq(sent(side), "CON POST /rd [600]");
        answer_block1(side, LW_STATUS_TOO_LARGE, &(LwBlock){ 0, true, 256 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=0/1/256 [256]");
        answer_block1(side, LW_STATUS_TOO_LARGE, &(LwBlock){ 0, true, 256 });
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_TOO_LARGE);
}
END_TEST

START_TEST(incomplete_is_begun_anew_once)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        answer_block1(side, LW_STATUS_INCOMPLETE, NULL);
        ck_assert_str_eq(sent(side), "CON POST /rd block1=0/1/1024 [1024]");
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        answer_block1(side, LW_STATUS_INCOMPLETE, NULL);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_INCOMPLETE);
        ck_assert_uint_eq(lw_fake_count(side->fake), 4);
}
END_TEST

START_TEST(an_error_or_an_early_answer_ends_the_blocks)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_FORBIDDEN, &(LwBlock){ 0, true, 1024 });
        ck_assert_int_eq(side->done_status, LW_STATUS_FORBIDDEN);
        ck_assert_uint_eq(lw_fake_count(side->fake), 1);
}
END_TEST

START_TEST(a_peer_that_never_has_enough_is_not_followed)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(1500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 1, true, 1024 });
        ck_assert(side->done_failed);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
}
END_TEST

START_TEST(the_deadline_covers_all_blocks)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(2500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        side_wait(side, 59);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        side_wait(side, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_TIMEOUT);
}
END_TEST

START_TEST(the_second_request_waits_for_all_blocks_of_the_first)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(1500);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        side_ask(side, LW_METHOD_POST, "dp", NULL, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=1/0/1024 [476]");
        answer_block1(side, LW_STATUS_CHANGED, NULL);
        ck_assert_str_eq(sent(side), "CON POST /dp");
}
END_TEST

/* Long answers */

START_TEST(a_long_answer_is_joined)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 1024 }, 1024, "a", -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/1024");
        ck_assert_mem_ne(lw_fake_sent(side->fake, 0)->token, lw_fake_sent(side->fake, 1)->token, 8);
        answer_block2(side, 0, &(LwBlock){ 0, true, 1024 }, 1024, "a", -1); /* late: not ours now */
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
        answer_block2(side, 1, &(LwBlock){ 1, true, 1024 }, 1024, "a", -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=2/0/1024");
        answer_block2(side, 2, &(LwBlock){ 2, false, 1024 }, 452, "a", -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_CONTENT);
        ck_assert(has_whole_body(side, 2500));
}
END_TEST

START_TEST(the_blocks_may_become_smaller)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 128 }, 128, NULL, -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/128");
        answer_block2(side, 1, &(LwBlock){ 2, true, 64 }, 64, NULL, -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=3/0/64");
        answer_block2(side, 2, &(LwBlock){ 3, false, 64 }, 5, NULL, -1);
        ck_assert(has_whole_body(side, 197));
}
END_TEST

START_TEST(a_fetch_repeats_its_body_with_each_block)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(40);

        side_ask(side, LW_METHOD_FETCH, "", body, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, NULL, -1);
        ck_assert_str_eq(sent(side), "CON FETCH block2=1/0/64 [40]");
}
END_TEST

START_TEST(an_answer_that_changes_is_fetched_anew_once)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "a", -1);
        answer_block2(side, 1, &(LwBlock){ 1, true, 64 }, 64, "b", -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=0/0/64");
        answer_block2(side, 2, &(LwBlock){ 0, true, 64 }, 64, "b", -1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/64");
        if (_i == 0) {
                answer_block2(side, 3, &(LwBlock){ 1, false, 64 }, 10, "b", -1);
                ck_assert(has_whole_body(side, 74));
        } else {
                answer_block2(side, 3, &(LwBlock){ 1, false, 64 }, 10, "c", -1);
                ck_assert(side->done_failed);
                ck_assert_int_eq(side->done_status, LW_STATUS_INCOMPLETE);
        }
        ck_assert_uint_eq(side->dones, 1);
}
END_TEST

/* Blocks that do not make an answer. */
static const struct {
        LwBlock block;
        size_t length;
        LwStatus status;
} wrong[] = {
        { { 2, true, 64 }, 64, LW_STATUS_INCOMPLETE },
        { { 0, true, 64 }, 64, LW_STATUS_INCOMPLETE },
        { { 1, true, 64 }, 63, LW_STATUS_BAD_REQUEST },
        { { 1, false, 64 }, 65, LW_STATUS_BAD_REQUEST },
};

START_TEST(a_wrong_block_fails)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, NULL, -1);
        answer_block2(side, 1, &wrong[_i].block, wrong[_i].length, NULL, -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(side->done_failed);
        ck_assert_int_eq(side->done_status, wrong[_i].status);
}
END_TEST

START_TEST(an_answer_does_not_begin_in_the_middle)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 1, false, 64 }, 64, NULL, -1);
        ck_assert(side->done_failed);
}
END_TEST

START_TEST(an_answer_without_end_is_too_large)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        for (uint32_t i = 0; i <= LW_BODY_MAX / 1024; i++)
                answer_block2(side, i, &(LwBlock){ i, true, 1024 }, 1024, NULL, -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(side->done_failed);
        ck_assert_int_eq(side->done_status, LW_STATUS_TOO_LARGE);
}
END_TEST

/* Bodies that travel in another way */

START_TEST(blocks_are_as_small_as_it_was_told)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(40);

        side->how.block_size = 16;
        side_ask(side, LW_METHOD_POST, "3", body, 60, 0);
        ck_assert_str_eq(sent(side), "CON POST /3 block2=0/0/16 block1=0/1/16 [16]");
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        ck_assert_str_eq(sent(side), "CON POST /3 block2=0/0/16 block1=1/1/16 [16]");
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 1, true, 16 });
        ck_assert_str_eq(sent(side), "CON POST /3 block2=0/0/16 block1=2/0/16 [8]");
        answer_block1(side, LW_STATUS_CHANGED, &(LwBlock){ 2, false, 16 });
        ck_assert_int_eq(side->done_status, LW_STATUS_CHANGED);
}
END_TEST

/* A Register with a long list of objects, over a link that takes little. Source: RFC 7959, 2.5. */
START_TEST(our_blocks_are_as_large_as_the_link_takes)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(100);

        side->fake->limit = 100;
        lw_fake_up(side->fake, side->now);
        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        for (uint32_t i = 0; i < 3; i++) {
                ck_assert_uint_le(lw_message_size(lw_fake_last(side->fake)), 100);
                ck_assert_uint_eq(lw_fake_last(side->fake)->payload_length, 32);
                answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ i, true, 32 });
        }
        ck_assert_str_eq(sent(side), "CON POST /rd block1=3/0/32 [4]");
        side_ask(side, LW_METHOD_GET, "rd", NULL, 60, LW_EXCHANGE_URGENT);
        ck_assert_str_eq(sent(side), "CON GET /rd block2=0/0/32"); /* what is asked for fits, too */
}
END_TEST

START_TEST(a_block_that_is_too_large_comes_again_in_smaller_ones)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(3000);

        side_ask(side, LW_METHOD_POST, "rd", body, 60, 0);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 1024 });
        answer_block1(side, LW_STATUS_TOO_LARGE, &(LwBlock){ 1, true, 256 });
        ck_assert_str_eq(sent(side), "CON POST /rd block1=4/1/256 [256]");
        ck_assert(side_is_body(lw_fake_last(side->fake)->payload, 256, 1024));
        answer_block1(side, LW_STATUS_TOO_LARGE, &(LwBlock){ 4, true, 256 }); /* no smaller */
        ck_assert_int_eq(side->done_status, LW_STATUS_TOO_LARGE);
}
END_TEST

START_TEST(an_answer_may_be_longer_than_is_usual)
{
        g_autoptr(Side) side = side_new(false);
        uint64_t had = 0, received = 0;
        LwErrand errand;

        side->how.answer_max = LW_BODY_MAX + 1024;
        errand = side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        for (uint32_t i = 0; i < LW_BODY_MAX / 1024; i++)
                answer_block2(side, i, &(LwBlock){ i, true, 1024 }, 1024, NULL, -1);
        ck_assert(lw_exchange_progress(side->exchange, errand, &had, &received));
        ck_assert_uint_eq(had, 0);
        ck_assert_uint_eq(received, LW_BODY_MAX);
        answer_block2(side, LW_BODY_MAX / 1024, &(LwBlock){ LW_BODY_MAX / 1024, _i == 1, 1024 },
                        1024, NULL, -1);
        if (_i == 1)
                answer_block2(side, LW_BODY_MAX / 1024 + 1,
                                &(LwBlock){ LW_BODY_MAX / 1024 + 1, false, 1024 }, 1, NULL, -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, _i == 1 ? LW_STATUS_TOO_LARGE : LW_STATUS_CONTENT);
        ck_assert(!lw_exchange_progress(side->exchange, errand, &had, &received));
}
END_TEST

START_TEST(an_answer_is_taken_piece_by_piece)
{
        g_autoptr(Side) side = side_new(false);

        side->how.take = side_take;
        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "a", -1);
        ck_assert_uint_eq(side->taken->len, 64);
        answer_block2(side, 1, &(LwBlock){ 1, true, 64 }, 64, "b", -1); /* it changed */
        answer_block2(side, 2, &(LwBlock){ 0, true, 64 }, 64, "b", -1);
        ck_assert_uint_eq(side->taken->len, 64);
        answer_block2(side, 3, &(LwBlock){ 1, false, 64 }, 10, "b", -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_uint_eq(side->done_body->len, 0);
        ck_assert_uint_eq(side->taken->len, 74);
        ck_assert(side_is_body(side->taken->data, 74, 0));
}
END_TEST

START_TEST(a_short_answer_is_taken_whole)
{
        g_autoptr(Side) side = side_new(false);

        side->how.take = side_take;
        side->take_error = _i == 1 ? LW_STATUS_FAILED : (LwStatus) 0;
        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, false, 64 }, 30, "a", -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_failed, _i == 1);
        ck_assert_uint_eq(side->taken->len, _i == 1 ? 0 : 30);
}
END_TEST

START_TEST(an_error_is_not_taken)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage response;

        side->how.take = side_take;
        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        lw_fake_answer(&response, lw_fake_last(side->fake), 0x84, false);
        response.payload = (const uint8_t *) "no";
        response.payload_length = 2;
        lw_fake_response(side->fake, &response, side->now);
        ck_assert_int_eq(side->done_status, LW_STATUS_NOT_FOUND);
        ck_assert_uint_eq(side->taken->len, 0);
        ck_assert_uint_eq(side->done_body->len, 2);
}
END_TEST

START_TEST(a_single_message_has_a_single_answer)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(16);

        side_ask(side, LW_METHOD_PUT, "3", body, 60, LW_EXCHANGE_SINGLE);
        answer_block1(side, LW_STATUS_CONTINUE, &(LwBlock){ 0, true, 16 });
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_CONTINUE);
        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_SINGLE);
        answer_block2(side, last(side), &(LwBlock){ 7, true, 64 }, 64, NULL, -1);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert_uint_eq(side->done_body->len, 64);
        ck_assert_uint_eq(lw_fake_count(side->fake), 2);
}
END_TEST

/* Whoever sends blocks by himself has cut them; the transport says when one is too long. */
START_TEST(a_single_message_is_not_cut)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(LwBlob) body = side_body(1024);
        g_autofree char *path = g_strnfill(255, 'x');
        g_autofree char *long_path = g_strjoin("/", path, path, NULL);

        side_ask(side, LW_METHOD_PUT, long_path, body, 60, LW_EXCHANGE_SINGLE);
        ck_assert_uint_eq(lw_fake_last(side->fake)->payload_length, 1024);
        ck_assert(lw_message_find(lw_fake_last(side->fake), LW_OPTION_BLOCK1) == NULL);
}
END_TEST

START_TEST(an_error_in_the_middle_is_the_answer)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage response;

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, NULL, -1);
        lw_fake_answer(&response, lw_fake_sent(side->fake, 1), 0x84, false);
        lw_fake_response(side->fake, &response, side->now);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_int_eq(side->done_status, LW_STATUS_NOT_FOUND);
        ck_assert_uint_eq(side->done_body->len, 0);
}
END_TEST

/* Long notifications */

static Side *side_observing(void)
{
        Side *side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        answer_block2(side, 0, &(LwBlock){ 0, false, 64 }, 10, "a", 1);
        ck_assert_uint_eq(side->dones, 1);
        return side;
}

START_TEST(a_long_first_notification_is_completed)
{
        g_autoptr(Side) side = side_new(false);

        side_ask(side, LW_METHOD_GET, "3", NULL, 60, LW_EXCHANGE_OBSERVE);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "a", 1);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/64");
        ck_assert_uint_eq(side->dones, 0);
        answer_block2(side, 1, &(LwBlock){ 1, false, 64 }, 7, "a", -1);
        ck_assert_uint_eq(side->dones, 1);
        ck_assert(has_whole_body(side, 71));
        answer_block2(side, 0, &(LwBlock){ 0, false, 64 }, 12, "b", 2);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert(has_whole_body(side, 12));
}
END_TEST

START_TEST(a_long_notification_is_completed_without_observe)
{
        g_autoptr(Side) side = side_observing();

        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "b", 2);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/64");
        ck_assert_mem_ne(lw_fake_sent(side->fake, 0)->token, lw_fake_sent(side->fake, 1)->token, 8);
        answer_block2(side, 1, &(LwBlock){ 1, false, 64 }, 7, "b", -1);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert(has_whole_body(side, 71));
}
END_TEST

START_TEST(a_newer_notification_takes_over)
{
        g_autoptr(Side) side = side_observing();

        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "b", 2);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "c", 3);
        ck_assert_uint_eq(lw_fake_count(side->fake), 3);
        answer_block2(side, 1, &(LwBlock){ 1, false, 64 }, 7, "b", -1); /* of the former one */
        ck_assert_uint_eq(side->dones, 1);
        answer_block2(side, 2, &(LwBlock){ 1, false, 64 }, 9, "c", -1);
        ck_assert_uint_eq(side->dones, 2);
        ck_assert(has_whole_body(side, 73));
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "d", 4);
        answer_block2(side, 0, &(LwBlock){ 0, false, 64 }, 8, "e", 5); /* and a short one */
        ck_assert_uint_eq(side->dones, 3);
        ck_assert(has_whole_body(side, 8));
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
}
END_TEST

START_TEST(what_is_lost_of_a_notification_does_not_end_the_observation)
{
        g_autoptr(Side) side = side_observing();
        LwMessage response;
        side_wait(side, 1000);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "b", 2);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange),
                        side->now.boot + 60 * LW_USEC_PER_SEC);
        if (_i == 0) {
                side_wait(side, 60);
        } else if (_i == 1) {
                lw_fake_failed(side->fake, last(side), LW_TRANSPORT_TIMED_OUT, side->now);
        } else {
                lw_fake_answer(&response, lw_fake_last(side->fake), 0x84, false);
                lw_fake_response(side->fake, &response, side->now);
        }
        ck_assert_uint_eq(side->dones, 1);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
        answer_block2(side, 0, &(LwBlock){ 0, false, 64 }, 12, "c", 3);
        ck_assert_uint_eq(side->dones, 2);
}
END_TEST

START_TEST(the_rest_of_a_notification_waits_for_its_turn)
{
        g_autoptr(Side) side = side_observing();

        side_ask(side, LW_METHOD_POST, "x", NULL, 60, 0);
        side_ask(side, LW_METHOD_POST, "y", NULL, 60, 0);
        answer_block2(side, 0, &(LwBlock){ 0, true, 64 }, 64, "b", 2);
        ck_assert_str_eq(sent(side), "CON POST /x");
        answer_block1(side, LW_STATUS_CHANGED, NULL);
        ck_assert_str_eq(sent(side), "CON GET /3 block2=1/0/64");
        answer_block2(side, last(side), &(LwBlock){ 1, false, 64 }, 7, "b", -1);
        ck_assert_str_eq(sent(side), "CON POST /y");
        ck_assert(has_whole_body(side, 71));
}
END_TEST

TCase *test_errand(void)
{
        TCase *tcase = tcase_create("errand");

        tcase_add_test(tcase, a_short_body_goes_whole);
        tcase_add_test(tcase, an_echo_is_given_once);
        tcase_add_test(tcase, blocks_begin_anew_with_the_echo);
        tcase_add_loop_test(tcase, an_echo_of_a_wrong_length_is_none, 0, G_N_ELEMENTS(bad_echoes));
        tcase_add_test(tcase, a_long_body_goes_in_blocks);
        tcase_add_test(tcase, the_smaller_blocks_of_the_peer_are_taken);
        tcase_add_test(tcase, too_large_with_a_smaller_block_is_tried_again);
        tcase_add_test(tcase, incomplete_is_begun_anew_once);
        tcase_add_test(tcase, an_error_or_an_early_answer_ends_the_blocks);
        tcase_add_test(tcase, a_peer_that_never_has_enough_is_not_followed);
        tcase_add_test(tcase, the_deadline_covers_all_blocks);
        tcase_add_test(tcase, the_second_request_waits_for_all_blocks_of_the_first);
        tcase_add_test(tcase, a_long_answer_is_joined);
        tcase_add_test(tcase, the_blocks_may_become_smaller);
        tcase_add_test(tcase, a_fetch_repeats_its_body_with_each_block);
        tcase_add_loop_test(tcase, an_answer_that_changes_is_fetched_anew_once, 0, 2);
        tcase_add_loop_test(tcase, a_wrong_block_fails, 0, G_N_ELEMENTS(wrong));
        tcase_add_test(tcase, an_answer_does_not_begin_in_the_middle);
        tcase_add_test(tcase, an_answer_without_end_is_too_large);
        tcase_add_test(tcase, blocks_are_as_small_as_it_was_told);
        tcase_add_test(tcase, our_blocks_are_as_large_as_the_link_takes);
        tcase_add_test(tcase, a_block_that_is_too_large_comes_again_in_smaller_ones);
        tcase_add_loop_test(tcase, an_answer_may_be_longer_than_is_usual, 0, 2);
        tcase_add_test(tcase, an_answer_is_taken_piece_by_piece);
        tcase_add_loop_test(tcase, a_short_answer_is_taken_whole, 0, 2);
        tcase_add_test(tcase, an_error_is_not_taken);
        tcase_add_test(tcase, a_single_message_has_a_single_answer);
        tcase_add_test(tcase, a_single_message_is_not_cut);
        tcase_add_test(tcase, an_error_in_the_middle_is_the_answer);
        tcase_add_test(tcase, a_long_first_notification_is_completed);
        tcase_add_test(tcase, a_long_notification_is_completed_without_observe);
        tcase_add_test(tcase, a_newer_notification_takes_over);
        tcase_add_loop_test(
                        tcase, what_is_lost_of_a_notification_does_not_end_the_observation, 0, 3);
        tcase_add_test(tcase, the_rest_of_a_notification_waits_for_its_turn);
        return tcase;
}
