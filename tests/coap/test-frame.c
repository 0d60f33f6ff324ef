/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on a byte stream, by the bytes of RFC 8323 and of the specification's examples. */
#include <string.h>

#include "coap/frame.h"
#include "lib/suite.h"

TCase *test_frame(void);

static GByteArray *from_hex(const char *hex)
{
        GByteArray *bytes = g_byte_array_new();

        for (const char *at = hex; *at != '\0'; at++) {
                uint8_t byte;

                if (*at == ' ')
                        continue;
                byte = (uint8_t) (g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));
                g_byte_array_append(bytes, &byte, 1);
                at++;
        }
        return bytes;
}

static const struct {
        const char *hex;
        const char *text;
} vectors[] = {
        { "40 e1 22 04 80 20", "CON 7.01" }, /* CSM: Max-Message-Size 1152, Block-Wise-Transfer */
        { "00 e2", "CON 7.02" },             /* Ping */
        { "81 02 01 b2 72 64 04 35 61 33 66", "CON POST /rd/5a3f" }, /* Update */
        { "01 43 7f", "CON 2.03" },                                  /* RFC 8323, figure 5 */
        /* RFC 8323, 3.2: 13 to 268 bytes have one more of length, up to 65804 two */
        { "d1 01 45 7f ff 00 01 02 03 04 05 06 07 08 09 0a 0b 0c", "CON 2.05 [13]" },
};

START_TEST(reads_and_writes_what_the_standards_show)
{
        g_autoptr(GByteArray) bytes = from_hex(vectors[_i].hex);
        g_autoptr(GByteArray) written = g_byte_array_new();
        g_autofree char *text = NULL;
        size_t size = 0;
        LwMessage message;

        ck_assert_int_eq(lw_frame_measure(bytes->data, bytes->len, 1400, &size), LW_FRAME_KNOWN);
        ck_assert_uint_eq(size, bytes->len);
        ck_assert(lw_frame_read(bytes->data, size, &message));
        text = lw_message_describe(&message);
        ck_assert_str_eq(text, vectors[_i].text);
        lw_frame_write(&message, written);
        ck_assert_uint_eq(written->len, bytes->len);
        ck_assert_mem_eq(written->data, bytes->data, bytes->len);
}
END_TEST

START_TEST(knows_the_length_from_as_few_bytes_as_say_it)
{
        g_autoptr(GByteArray) bytes = from_hex("d1 01 45 7f ff 00 01 02 03 04 05 06 07 08");
        size_t size = 0;

        ck_assert_int_eq(lw_frame_measure(bytes->data, 0, 1400, &size), LW_FRAME_PARTIAL);
        ck_assert_int_eq(lw_frame_measure(bytes->data, 1, 1400, &size), LW_FRAME_PARTIAL);
        for (size_t length = 2; length <= bytes->len; length++) {
                ck_assert_int_eq(
                                lw_frame_measure(bytes->data, length, 1400, &size), LW_FRAME_KNOWN);
                ck_assert_uint_eq(size, 18);
        }
}
END_TEST

/* Lengths at the borders of the three forms: of a payload with its marker. */
static const size_t lengths[] = { 12, 13, 14, 268, 269, 270, 1300, 65804, 65805, 65806 };

START_TEST(a_payload_of_any_length_comes_back)
{
        size_t payload_length = lengths[_i] - 1, size = 0;
        g_autofree uint8_t *payload = g_malloc0(payload_length);
        g_autoptr(GByteArray) written = g_byte_array_new();
        LwMessage message, back;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_PUT);
        memcpy(message.token, "12345678", 8);
        message.token_length = 8;
        message.payload = payload;
        message.payload_length = payload_length;
        lw_frame_write(&message, written);
        ck_assert_int_eq(lw_frame_measure(written->data, written->len, SIZE_MAX, &size),
                        LW_FRAME_KNOWN);
        ck_assert_uint_eq(size, written->len);
        ck_assert(lw_frame_read(written->data, size, &back));
        ck_assert_uint_eq(back.payload_length, payload_length);
        ck_assert_mem_eq(back.token, "12345678", 8);
        ck_assert_int_eq(lw_frame_measure(written->data, written->len, size - 1, &size),
                        LW_FRAME_BROKEN);
}
END_TEST

static const struct {
        const char *hex;
        LwFrameState state;
} broken[] = {
        { "09 01", LW_FRAME_BROKEN },            /* a token of 9 bytes */
        { "f0 ff ff ff ff", LW_FRAME_BROKEN },   /* 4 GiB */
        { "e0 ff ff 01", LW_FRAME_BROKEN },      /* 65804 bytes */
        { "10 01 ff", LW_FRAME_KNOWN },          /* a marker without payload */
        { "10 01 f0", LW_FRAME_KNOWN },          /* delta 15 is reserved */
        { "10 01 0f", LW_FRAME_KNOWN },          /* so is length 15 */
        { "10 01 b5", LW_FRAME_KNOWN },          /* an option that is longer than the rest */
        { "20 01 d0", LW_FRAME_PARTIAL },        /* what it says is not there */
        { "10 01 d0", LW_FRAME_KNOWN },          /* half of a delta */
        { "40 01 e0 ff ff 00", LW_FRAME_KNOWN }, /* an option beyond 65535 */
};

START_TEST(what_is_malformed_is_no_message)
{
        g_autoptr(GByteArray) bytes = from_hex(broken[_i].hex);
        LwFrameState state;
        size_t size = 0;
        LwMessage message;

        state = lw_frame_measure(bytes->data, bytes->len, 1400, &size);
        if (state == LW_FRAME_KNOWN && size > bytes->len)
                state = LW_FRAME_PARTIAL;
        ck_assert_int_eq(state, broken[_i].state);
        if (state == LW_FRAME_KNOWN)
                ck_assert(!lw_frame_read(bytes->data, size, &message));
}
END_TEST

TCase *test_frame(void)
{
        TCase *tcase = tcase_create("frame");

        tcase_add_loop_test(
                        tcase, reads_and_writes_what_the_standards_show, 0, G_N_ELEMENTS(vectors));
        tcase_add_test(tcase, knows_the_length_from_as_few_bytes_as_say_it);
        tcase_add_loop_test(tcase, a_payload_of_any_length_comes_back, 0, G_N_ELEMENTS(lengths));
        tcase_add_loop_test(tcase, what_is_malformed_is_no_message, 0, G_N_ELEMENTS(broken));
        return tcase;
}
