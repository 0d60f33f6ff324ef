/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers: diagnostics, and what is longer than a block. Source: RFC 7959, 2.4. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/answer.h"
#include "exchange/side.h"
#include "exchange/suite.h"

START_TEST(diagnostics_are_cut_between_characters)
{
        g_autoptr(Side) side = side_new(false);
        g_autoptr(GString) text = g_string_new("x");
        LwMessage message;

        while (text->len < 2 * LW_DEDUP_REPLY_MAX)
                g_string_append(text, "ü");
        side->answers_later = true;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_POST, 7, "3/0/4");
        lw_fake_request(side->fake, &message, side->now);
        lw_exchange_reply_status(side->exchange, side->ticket, LW_STATUS_NOT_FOUND, text->str);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "CON 4.04 [255]");
        ck_assert(g_utf8_validate((const char *) lw_fake_last(side->fake)->payload, 255, NULL));
}
END_TEST

/* Long answers. Source: RFC 7959, 2.4. */

/** GET, with Block2 unless `size` is 0. */
static const LwMessage *get_block(
                Side *side, uint16_t mid, const char *path, uint32_t number, uint16_t size)
{
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, mid, path);
        if (size > 0)
                lw_message_add_block(&message, LW_OPTION_BLOCK2, &(LwBlock){ number, false, size });
        lw_fake_request(side->fake, &message, side->now);
        return lw_fake_last(side->fake);
}

START_TEST(a_long_answer_is_cut_and_served_from_its_snapshot)
{
        g_autoptr(Side) side = side_new(false);
        const LwMessage *message;
        uint8_t etag[8];
        uint32_t size;

        side->answer = side_body(2500);
        message = get_block(side, 1, "3", 0, 0);
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=0/1/1024 [1024]");
        ck_assert(lw_message_find_uint(message, LW_OPTION_SIZE2, &size));
        ck_assert_uint_eq(size, 2500);
        ck_assert_uint_eq(lw_message_find(message, LW_OPTION_ETAG)->length, 8);
        memcpy(etag, lw_message_find(message, LW_OPTION_ETAG)->value, 8);
        lw_blob_unref(side->answer);
        side->answer = lw_blob_new_copy("new", 3);

        message = get_block(side, 2, "3", 1, 1024);
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=1/1/1024 [1024]");
        ck_assert(side_is_body(message->payload, 1024, 1024));
        ck_assert_mem_eq(lw_message_find(message, LW_OPTION_ETAG)->value, etag, 8);
        ck_assert(!lw_message_find_uint(message, LW_OPTION_SIZE2, &size));
        message = get_block(side, 3, "3", 2, 1024);
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=2/0/1024 [452]");
        ck_assert(side_is_body(message->payload, 452, 2048));
        message = get_block(side, 4, "3", 77, 32); /* another size, as the peer likes it */
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=77/1/32 [32]");
        ck_assert(side_is_body(message->payload, 32, 77 * 32));
        ck_assert_uint_eq(side->requests, 1);

        message = get_block(side, 5, "3", 3, 1024);
        ck_assert_uint_eq(message->code, lw_status_to_code(LW_STATUS_BAD_OPTION));
        message = get_block(side, 6, "3", 0, 1024); /* from the start: what is true now */
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=0/0/1024 [3]");
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(the_size_that_is_asked_for_is_taken)
{
        g_autoptr(Side) side = side_new(false);

        side->answer = side_body(100);
        ck_assert_str_eq(side_text(get_block(side, 1, "3", 0, 64)),
                        "ACK 2.05 ct=112 block2=0/1/64 [64]");
        ck_assert_str_eq(side_text(get_block(side, 2, "3", 1, 64)),
                        "ACK 2.05 ct=112 block2=1/0/64 [36]");
        ck_assert_str_eq(side_text(get_block(side, 3, "4", 0, 128)),
                        "ACK 2.05 ct=112 block2=0/0/128 [100]");
}
END_TEST

START_TEST(snapshots_are_told_apart_by_what_was_asked)
{
        g_autoptr(Side) side = side_new(false);

        side->answer = side_body(2500);
        get_block(side, 1, "3", 0, 0);
        lw_blob_unref(side->answer);
        side->answer = side_body(1500);
        get_block(side, 2, "4", 0, 0);
        ck_assert_str_eq(side_text(get_block(side, 3, "3", 2, 1024)),
                        "ACK 2.05 ct=112 block2=2/0/1024 [452]");
        ck_assert_str_eq(side_text(get_block(side, 4, "4", 1, 1024)),
                        "ACK 2.05 ct=112 block2=1/0/1024 [476]");
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(an_idle_snapshot_goes_and_the_whole_is_asked_for_again)
{
        g_autoptr(Side) side = side_new(false);
        LwUsec start = side->now.boot;
        const LwMessage *message;
        uint8_t etag[8];

        side->answer = side_body(2500);
        message = get_block(side, 1, "3", 0, 0);
        memcpy(etag, lw_message_find(message, LW_OPTION_ETAG)->value, 8);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange),
                        start + LW_TRANSFER_IDLE_SECONDS * LW_USEC_PER_SEC);
        side_wait(side, 200);
        get_block(side, 2, "3", 1, 1024);
        side_wait(side, 200);
        get_block(side, 3, "3", 1, 1024);
        ck_assert_uint_eq(side->requests, 1);
        side_wait(side, LW_TRANSFER_IDLE_SECONDS);
        ck_assert_uint_eq(lw_exchange_deadline(side->exchange), LW_USEC_NEVER);
        message = get_block(side, 4, "3", 2, 1024);
        ck_assert_uint_eq(side->requests, 2);
        ck_assert_str_eq(side_text(message), "ACK 2.05 ct=112 block2=2/0/1024 [452]");
        ck_assert(side_is_body(message->payload, 452, 2048));
        ck_assert_mem_eq(lw_message_find(message, LW_OPTION_ETAG)->value, etag, 8);
        ck_assert_ptr_null(lw_message_find(message, LW_OPTION_SIZE2));
}
END_TEST

START_TEST(a_late_long_answer_is_cut_as_well)
{
        g_autoptr(Side) side = side_new(false);

        side->answers_later = true;
        side->answer = side_body(2500);
        get_block(side, 1, "3", 0, 512);
        side_answer(side, side->ticket);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)),
                        "CON 2.05 ct=112 block2=0/1/512 [512]");
        ck_assert_str_eq(side_text(get_block(side, 2, "3", 4, 512)),
                        "ACK 2.05 ct=112 block2=4/0/512 [452]");
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(the_tag_of_whoever_answers_is_kept)
{
        g_autoptr(Side) side = side_new(false);
        const LwOption *etag;

        side->etag = "v1";
        side->answer = side_body(2500);
        etag = lw_message_find(get_block(side, 1, "3", 0, 0), LW_OPTION_ETAG);
        ck_assert_uint_eq(etag->length, 2);
        ck_assert_mem_eq(etag->value, "v1", 2);
        etag = lw_message_find(get_block(side, 2, "3", 1, 1024), LW_OPTION_ETAG);
        ck_assert_uint_eq(etag->length, 2);
        ck_assert_mem_eq(etag->value, "v1", 2);
}
END_TEST

START_TEST(an_answer_lasts_as_long_as_the_event)
{
        g_autoptr(Side) side = side_new(false);
        const LwMessage *message;

        side->etag = "v1";
        side->answers_once = true;
        side->answer = side_body(100);
        message = get_block(side, 1, "3", 0, 0);
        ck_assert_ptr_null(side->answer);
        ck_assert(side_is_body(message->payload, 100, 0));
        ck_assert_mem_eq(lw_message_find(message, LW_OPTION_ETAG)->value, "v1", 2);
}
END_TEST

START_TEST(an_unsafe_request_does_not_run_again_for_a_lost_block)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_POST, 1, "3");
        lw_message_add_block(&message, LW_OPTION_BLOCK2, &(LwBlock){ 1, false, 64 });
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(side->requests, 0);
        ck_assert_uint_eq(lw_fake_last(side->fake)->code, lw_status_to_code(LW_STATUS_INCOMPLETE));
}
END_TEST

static bool read_bytes(
                void *user, uint64_t offset, uint8_t *ret_data, size_t length, GError **error)
{
        unsigned *reads = user;

        if (offset >= 3000) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED, "a bad sector");
                return false;
        }
        (*reads)++;
        for (size_t i = 0; i < length; i++)
                ret_data[i] = side_byte(offset + i);
        return true;
}

START_TEST(a_body_behind_a_callback_is_read_block_by_block)
{
        g_autoptr(Side) side = side_new(false);
        const LwMessage *message;
        unsigned reads = 0;

        side->answer = lw_blob_new_reader(5000, read_bytes, &reads, NULL);
        message = get_block(side, 1, "3", 0, 0);
        ck_assert_uint_eq(reads, 1);
        ck_assert(side_is_body(message->payload, 1024, 0));
        message = get_block(side, 2, "3", 1, 1024);
        ck_assert(side_is_body(message->payload, 1024, 1024));
        ck_assert_uint_eq(reads, 2);
        message = get_block(side, 3, "3", 3, 1024);
        ck_assert_uint_eq(message->code, lw_status_to_code(LW_STATUS_FAILED));
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

START_TEST(a_newer_short_answer_ends_an_older_long_one)
{
        g_autoptr(Side) side = side_new(false);

        side->answer = side_body(2500);
        get_block(side, 1, "3", 0, 0);
        lw_blob_unref(side->answer);
        side->answer = side_body(100);
        get_block(side, 2, "3", 0, 0);
        ck_assert_str_eq(side_text(get_block(side, 2, "3", 0, 0)), "ACK 2.05 ct=112 [100]");
        ck_assert_uint_eq(get_block(side, 3, "3", 1, 1024)->code,
                        lw_status_to_code(LW_STATUS_BAD_OPTION));
}
END_TEST

START_TEST(an_observe_that_comes_twice_has_its_sequence_number)
{
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side->answer = side_body(2500);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_GET, 1, "3");
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 0);
        lw_fake_request(side->fake, &message, side->now);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(side->requests, 2);
}
END_TEST

START_TEST(an_answer_is_as_long_as_memory_may_hold)
{
        g_autoptr(Side) side = side_new(false);

        side->answer = side_body(LW_REPLY_MAX + (unsigned) _i);
        ck_assert_uint_eq(get_block(side, 1, "3", 0, 0)->code,
                        lw_status_to_code(_i == 0 ? LW_STATUS_CONTENT : LW_STATUS_FAILED));
}
END_TEST

/* A Read of a long answer over a link that takes little: every message fits, all of it comes. */
START_TEST(blocks_are_as_large_as_the_link_takes)
{
        static const struct {
                uint16_t limit, size;
        } links[] = { { 1400, 1024 }, { 1100, 1024 }, { 1060, 512 }, { 600, 512 }, { 128, 64 },
                { 100, 32 }, { 64, 16 } };
        g_autoptr(Side) side = side_new(false);
        const LwMessage *message;
        uint32_t blocks;

        side->fake->limit = links[_i].limit;
        lw_fake_up(side->fake, side->now);
        side->answer = side_body(2500);
        blocks = 2500 / links[_i].size;
        for (uint32_t i = 0; i <= blocks; i++) {
                message = get_block(side, (uint16_t) i, "3", i, i == 0 ? 0 : links[_i].size);
                ck_assert_uint_le(lw_message_size(message), links[_i].limit);
                ck_assert(side_is_body(message->payload, message->payload_length,
                                (uint64_t) i * links[_i].size));
                ck_assert_uint_eq(message->payload_length,
                                i < blocks ? links[_i].size : 2500 % links[_i].size);
        }
        ck_assert_uint_eq(side->requests, 1);
}
END_TEST

TCase *test_answer(void)
{
        TCase *tcase = tcase_create("answer");

        tcase_add_test(tcase, diagnostics_are_cut_between_characters);
        tcase_add_test(tcase, a_long_answer_is_cut_and_served_from_its_snapshot);
        tcase_add_test(tcase, the_size_that_is_asked_for_is_taken);
        tcase_add_test(tcase, snapshots_are_told_apart_by_what_was_asked);
        tcase_add_test(tcase, an_idle_snapshot_goes_and_the_whole_is_asked_for_again);
        tcase_add_test(tcase, a_late_long_answer_is_cut_as_well);
        tcase_add_test(tcase, the_tag_of_whoever_answers_is_kept);
        tcase_add_test(tcase, an_answer_lasts_as_long_as_the_event);
        tcase_add_test(tcase, an_unsafe_request_does_not_run_again_for_a_lost_block);
        tcase_add_test(tcase, a_body_behind_a_callback_is_read_block_by_block);
        tcase_add_test(tcase, a_newer_short_answer_ends_an_older_long_one);
        tcase_add_test(tcase, an_observe_that_comes_twice_has_its_sequence_number);
        tcase_add_loop_test(tcase, an_answer_is_as_long_as_memory_may_hold, 0, 2);
        tcase_add_loop_test(tcase, blocks_are_as_large_as_the_link_takes, 0, 7);
        return tcase;
}
