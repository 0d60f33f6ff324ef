/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: bytes of a stream, taken apart into messages; each is written, and read again as the
 * same. */
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "coap/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written may be shorter: lengths have long forms that are not needed. */
static void check_again(const LwMessage *message, size_t size)
{
        g_autoptr(GByteArray) written = g_byte_array_new();
        LwMessage again;
        size_t length = 0;

        lw_frame_write(message, written);
        g_assert_cmpint(lw_frame_measure(written->data, written->len, SIZE_MAX, &length), ==,
                        LW_FRAME_KNOWN);
        g_assert_cmpuint(length, ==, written->len);
        g_assert_cmpuint(length, <=, size);
        g_assert_true(lw_frame_read(written->data, length, &again));
        g_assert_cmpuint(message->code, ==, again.code);
        g_assert_cmpmem(message->token, message->token_length, again.token, again.token_length);
        g_assert_cmpuint(message->option_count, ==, again.option_count);
        for (unsigned i = 0; i < message->option_count; i++) {
                g_assert_cmpuint(message->options[i].number, ==, again.options[i].number);
                g_assert_cmpmem(message->options[i].value, message->options[i].length,
                                again.options[i].value, again.options[i].length);
        }
        g_assert_cmpmem(message->payload, message->payload_length, again.payload,
                        again.payload_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        /* of its own, so that a read beyond its end is seen */
        g_autofree uint8_t *copy = g_memdup2(data, size);
        size_t at = 0, length = 0;
        LwMessage message;

        while (lw_frame_measure(copy + at, size - at, LW_MESSAGE_MAX, &length) == LW_FRAME_KNOWN &&
                        length <= size - at) {
                if (lw_frame_read(copy + at, length, &message))
                        check_again(&message, length);
                at += length;
        }
        return 0;
}
