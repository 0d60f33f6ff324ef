/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of blocks, datagram by datagram. Source: RFC 7959, 2; RFC 8132, 2.1; RFC 9175, 3. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/side.h"
#include "exchange/suite.h"
#include "lib/coap-wire.h"

#define STEPS_MAX 9

/* 16 bytes of payload, and behind the marker the first 48 of what side_body() is. */
#define P16 "000102030405060708090a0b0c0d0e0f"
#define P8 "1011121314151617"
#define B0 "ff 00070e151c232a31383f464d545b6269"
#define B1 "ff 70777e858c939aa1a8afb6bdc4cbd2d9"
#define B2 "ff e0e7eef5fc030a11"
/* PUT /5/0/0 opaque and GET /3; the message id and the token come before them, the block behind. */
#define PUT "b1 35 01 30 01 30 11 2a d1 02"
#define GET "b1 33"
/* ETag "v1" and Content-Format 112 of the answers */
#define HEAD "42 7631 81 70"

typedef struct Step {
        const char *in;  /* NULL: the last one */
        const char *out; /* with a * at its end: only the beginning */
} Step;

/* clang-format off */
/* What a peer sends, and what it gets; `requests` reached whoever answers, the last one with a body
 * of `length` bytes. The status of its answers is `status`, their body has `answer` bytes. */
static const struct {
        const char *name;
        LwStatus status;
        unsigned answer, requests, length;
        uint16_t limit; /* of our messages; 0: as always */
        Step steps[STEPS_MAX];
} dialogues[] = {
        { "blocks in order are one body", LW_STATUS_CHANGED, 0, 1, 40, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "18 ff" P16, "615f000202 d10e 18" },
          { "4103000303" PUT "20 ff" P8, "6144000303 d10e 20" },
        } },
        { "each may come twice", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "10 ff" P8, "6144000202 d10e 10" },
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "10 ff" P8, "6144000202 d10e 10" },
        } },
        { "a gap is 4.08", LW_STATUS_CHANGED, 0, 0, 0, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "28 ff" P16, "6188000202 d10e 28 ff*" },
          { "4103000303" PUT "20 ff" P8, "6188000303 d10e 20 ff*" },
        } },
        { "no beginning is 4.08", LW_STATUS_CHANGED, 0, 0, 0, 0, {
          { "4103000101" PUT "18 ff" P16, "6188000101 d10e 18 ff*" },
          { "4103000202" PUT "10 ff" P8, "6188000202 d10e 10 ff*" },
        } },
        { "block 0 begins anew", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "18 ff" P16, "615f000202 d10e 18" },
          { "4103000303" PUT "08 ff" P16, "615f000303 d10e 08" },
          { "4103000404" PUT "28 ff" P16, "6188000404 d10e 28 ff*" },
          { "4103000505" PUT "10 ff" P8, "6144000505 d10e 10" },
        } },
        { "blocks may get smaller", LW_STATUS_CHANGED, 0, 1, 56, 0, {
          { "4103000101" PUT "09 ff" P16 P16, "615f000101 d10e 09" },
          { "4103000202" PUT "28 ff" P16, "615f000202 d10e 28" },
          { "4103000303" PUT "30 ff" P8, "6144000303 d10e 30" },
        } },
        { "a short block that has more behind it is 4.00", LW_STATUS_CHANGED, 0, 0, 0, 0, {
          { "4103000101" PUT "08 ff" P8, "6180000101 d10e 08 ff*" },
        } },
        { "a last block that is too long is 4.00", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "10 ff" P16 P8, "6180000202 d10e 10 ff*" },
          { "4103000303" PUT "10 ff" P8, "6144000303 d10e 10" },
        } },
        { "the size 7 is 4.02", LW_STATUS_CHANGED, 0, 0, 0, 0, {
          { "4103000101" PUT "0f ff" P16, "6182000101 ff*" },
        } },
        { "what announces too much is 4.13, with what would do", LW_STATUS_CHANGED, 0, 0, 0, 0, {
          { "4103000101" PUT "08 d314 100000 ff" P16, "618d000101 d10e 08 d314 010000 ff*" },
          { "4103000202" PUT "10 ff" P8, "6188000202 d10e 10 ff*" },
        } },
        { "another Content-Format is 4.08, and the body goes on", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202 b1 35 01 30 01 30 11 70 d102 10 ff" P8, "6188000202 d10e 10 ff*" },
          { "4103000303" PUT "10 ff" P8, "6144000303 d10e 10" },
        } },
        { "bodies of two Request-Tags go on beside each other", LW_STATUS_CHANGED, 0, 2, 24, 0, {
          { "4103000101" PUT "08 d1fc 0a ff" P16, "615f000101 d10e 08" },
          { "4103000202" PUT "08 d1fc 0b ff" P16, "615f000202 d10e 08" },
          { "4103000303" PUT "10 ff" P8, "6188000303 d10e 10 ff*" },
          { "4103000404" PUT "10 d1fc 0a ff" P8, "6144000404 d10e 10" },
          { "4103000505" PUT "10 d1fc 0b ff" P8, "6144000505 d10e 10" },
        } },
        { "bodies of two paths go on beside each other", LW_STATUS_CHANGED, 0, 2, 24, 0, {
          { "4103000101" PUT "08 ff" P16, "615f000101 d10e 08" },
          { "4103000202 b1 31 01 30 11 2a d102 08 ff" P16, "615f000202 d10e 08" },
          { "4103000303" PUT "10 ff" P8, "6144000303 d10e 10" },
          { "4103000404 b1 31 01 30 11 2a d102 10 ff" P8, "6144000404 d10e 10" },
        } },
        { "Create", LW_STATUS_CREATED, 0, 1, 24, 0, {
          { "4102000101 b433333033 11 70 d102 08 ff" P16, "615f000101 d10e 08" },
          { "4102000202 b433333033 11 70 d102 10 ff" P8, "6141000202 d10e 10" },
        } },
        { "Execute", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4102000101 b133 0130 0134 d103 08 ff" P16, "615f000101 d10e 08" },
          { "4102000202 b133 0130 0134 d103 10 ff" P8, "6144000202 d10e 10" },
        } },
        { "iPATCH", LW_STATUS_CHANGED, 0, 1, 24, 0, {
          { "4107000101 c170 d102 08 ff" P16, "615f000101 d10e 08" },
          { "4107000202 c170 d102 10 ff" P8, "6144000202 d10e 10" },
          { "4107000202 c170 d102 10 ff" P8, "6144000202 d10e 10" },
        } },
        { "FETCH: a long list and a long answer", LW_STATUS_CONTENT, 40, 1, 24, 0, {
          { "4105000101 c170 b0 41 08 ff" P16, "615f000101 d10e 08" },
          { "4105000202 c170 b0 41 10 ff" P8, "6145000202" HEAD "b1 08 41 10 11 28" B0 },
          { "4105000202 c170 b0 41 10 ff" P8, "6145000202" HEAD "b1 08 41 10 11 28" B0 },
          { "4105000303 c170 b1 10", "6145000303" HEAD "b1 18" B1 },
          { "4105000404 c170 b1 20", "6145000404" HEAD "b1 20" B2 },
        } },
        { "iPATCH whose answer is lost is not done again for it", LW_STATUS_CONTENT, 40, 0, 0, 0, {
          { "4107000101 c170 b1 10 ff" P8, "6188000101 ff*" },
        } },
        { "an answer in blocks", LW_STATUS_CONTENT, 40, 1, 0, 0, {
          { "4101000101" GET "c0", "6145000101" HEAD "b1 08 51 28" B0 },
          { "4101000202" GET "c1 10", "6145000202" HEAD "b1 18" B1 },
          { "4101000303" GET "c1 20", "6145000303" HEAD "b1 20" B2 },
          { "4101000404" GET "c1 10", "6145000404" HEAD "b1 18" B1 },
          { "4101000505" GET "c1 30", "6182000505 ff*" },
        } },
        { "block 0 anew is another Read", LW_STATUS_CONTENT, 40, 2, 0, 0, {
          { "4101000101" GET "c0", "6145000101" HEAD "b1 08 51 28" B0 },
          { "4101000202" GET "c1 10", "6145000202" HEAD "b1 18" B1 },
          { "4101000303" GET "c0", "6145000303" HEAD "b1 08 51 28" B0 },
        } },
        { "block 0 that comes twice is the same Read", LW_STATUS_CONTENT, 40, 1, 0, 0, {
          { "4101000101" GET "c0", "6145000101" HEAD "b1 08 51 28" B0 },
          { "4101000202" GET "c1 10", "6145000202" HEAD "b1 18" B1 },
          { "4101000101" GET "c0", "6145000101" HEAD "b1 08 51 28" B0 },
        } },
        { "a later block of nothing that is kept is of a Read of now", LW_STATUS_CONTENT, 40, 1, 0, 0, {
          { "4101000101" GET "c1 20", "6145000101" HEAD "b1 20" B2 },
          { "4101000202" GET "c1 10", "6145000202" HEAD "b1 18" B1 },
        } },
        { "the first 2.31 says what the link takes", LW_STATUS_CHANGED, 0, 1, 112, 80, {
          { "4103000101" PUT "0a ff" P16 P16 P16 P16, "615f000101 d10e 09" },
          { "4103000202" PUT "29 ff" P16 P16, "615f000202 d10e 29" },
          { "4103000303" PUT "31 ff" P16, "6144000303 d10e 31" },
        } },
        { "an answer is cut to what the link takes", LW_STATUS_CONTENT, 40, 2, 0, 64, {
          { "4101000101" GET, "6145000101" HEAD "b1 08 51 28" B0 },
          { "4101000202" GET "c1 01", "6145000202" HEAD "b1 08 51 28" B0 },
          { "4101000303" GET "c1 11", "6145000303" HEAD "b1 20" B2 },
        } },
};
/* clang-format on */

/** The bytes of hexadecimal digits up to a *. */
static GByteArray *bytes_of(const char *text)
{
        GByteArray *bytes = g_byte_array_new();
        int high = -1;

        for (; *text && *text != '*'; text++) {
                uint8_t byte;

                if (*text == ' ')
                        continue;
                ck_assert_msg(g_ascii_isxdigit(*text), "'%c' is no digit", *text);
                if (high < 0) {
                        high = g_ascii_xdigit_value(*text);
                        continue;
                }
                byte = (uint8_t) (high << 4 | g_ascii_xdigit_value(*text));
                g_byte_array_append(bytes, &byte, 1);
                high = -1;
        }
        ck_assert_int_eq(high, -1);
        return bytes;
}

static char *hex_of(const uint8_t *data, size_t length)
{
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < length; i++)
                g_string_append_printf(text, "%02x", data[i]);
        return g_string_free(text, FALSE);
}

static void take_step(Side *side, const char *name, unsigned number, const Step *step)
{
        g_autoptr(GByteArray) in = bytes_of(step->in), out = bytes_of(step->out);
        bool is_beginning = g_str_has_suffix(step->out, "*");
        g_autofree char *wanted = hex_of(out->data, out->len), *got = NULL;
        uint8_t answer[LW_MESSAGE_MAX];
        LwMessage message;
        size_t length;

        ck_assert_msg(lw_coap_wire_decode(in->data, in->len, &message), "%s, %u: %s is no message",
                        name, number, step->in);
        ck_assert_msg(lw_fake_request(side->fake, &message, side->now), "%s, %u: no answer", name,
                        number);
        length = lw_coap_wire_encode(lw_fake_last(side->fake), answer, sizeof(answer));
        if (side->fake->limit < LW_MESSAGE_MAX && message.code == LW_METHOD_GET)
                ck_assert_uint_le(length, side->fake->limit);
        got = hex_of(answer, is_beginning ? MIN(length, out->len) : length);
        ck_assert_msg(g_str_equal(got, wanted), "%s, %u: %s instead of %s", name, number, got,
                        wanted);
}

START_TEST(each_datagram_has_its_answer)
{
        g_autoptr(Side) side = side_new(false);

        side->status = dialogues[_i].status;
        side->etag = dialogues[_i].answer > 0 ? "v1" : NULL;
        side->answer = dialogues[_i].answer > 0 ? side_body(dialogues[_i].answer) : NULL;
        if (dialogues[_i].limit > 0)
                side->fake->limit = dialogues[_i].limit;
        lw_fake_up(side->fake, side->now);
        for (unsigned i = 0; i < STEPS_MAX && dialogues[_i].steps[i].in; i++)
                take_step(side, dialogues[_i].name, i + 1, &dialogues[_i].steps[i]);
        ck_assert_msg(side->requests == dialogues[_i].requests, "%s: %u requests instead of %u",
                        dialogues[_i].name, side->requests, dialogues[_i].requests);
        if (side->requests > 0)
                ck_assert_uint_eq(side->body->len, dialogues[_i].length);
}
END_TEST

/** Block 0 of a body to `path`. */
static LwStatus begin(Side *side, uint16_t mid, const char *path)
{
        LwMessage message;

        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, mid, path);
        side_block1(&message, 0, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        return lw_status_from_code(lw_fake_last(side->fake)->code);
}

START_TEST(one_that_was_given_up_makes_room)
{
        static const char *const paths[] = { "1/0/1", "1/0/2", "1/0/3", "1/0/4" };
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        for (uint16_t i = 0; i < LW_UPLOADS_MAX; i++) {
                ck_assert_int_eq(begin(side, i, paths[i]), LW_STATUS_CONTINUE);
                side_wait(side, 1);
        }
        side_wait(side, LW_TRANSFER_ABANDONED_SECONDS - LW_UPLOADS_MAX - 1);
        ck_assert_int_eq(begin(side, 10, "1/0/5"), LW_STATUS_UNAVAILABLE);
        side_wait(side, 1);
        ck_assert_int_eq(begin(side, 11, "1/0/5"), LW_STATUS_CONTINUE);
        ck_assert_int_eq(begin(side, 12, "1/0/6"), LW_STATUS_UNAVAILABLE);
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 20, "1/0/1"); /* the oldest */
        side_block1(&message, 1, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 4.08 block1=1/1/64 [51]");
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 21, "1/0/2");
        side_block1(&message, 1, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_str_eq(side_text(lw_fake_last(side->fake)), "ACK 2.31 block1=1/1/64");
}
END_TEST

START_TEST(a_sink_is_filled_by_one_body_alone)
{
        static const uint8_t tag = 7;
        SideSink first = {}, second = {};
        g_autoptr(Side) side = side_new(false);
        LwMessage message;

        side->receives = &first;
        ck_assert_int_eq(begin(side, 1, "5/0/0"), LW_STATUS_CONTINUE);
        side->receives = &second;
        side_request(&message, LW_MESSAGE_CON, LW_METHOD_PUT, 2, "5/0/0");
        lw_message_add(&message, 292, &tag, 1);
        side_block1(&message, 0, true, 64);
        lw_fake_request(side->fake, &message, side->now);
        ck_assert_uint_eq(first.aborts, 1);
        ck_assert_uint_eq(second.length, 64);
}
END_TEST

TCase *test_bodies(void)
{
        TCase *tcase = tcase_create("bodies");

        tcase_add_loop_test(tcase, each_datagram_has_its_answer, 0, G_N_ELEMENTS(dialogues));
        tcase_add_test(tcase, one_that_was_given_up_makes_room);
        tcase_add_test(tcase, a_sink_is_filled_by_one_body_alone);
        return tcase;
}
