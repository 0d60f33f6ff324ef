/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on a byte stream: where one ends, and what it says. */
#include "coap/frame.h"

#include <string.h>

#include "coap/options.h"

#define PAYLOAD_MARKER 0xff

/* The bytes behind the first one that belong to its length nibble, and what they count from.
 * Source: RFC 8323, 3.2. */
static const struct {
        uint8_t bytes;
        uint32_t base;
} extensions[] = {
        [13] = { 1, 13 },
        [14] = { 2, 269 },
        [15] = { 4, 65805 },
};

LwFrameState lw_frame_measure(const uint8_t *data, size_t length, size_t limit, size_t *ret_size)
{
        unsigned nibble, more, token_length;
        uint64_t size;

        if (length == 0)
                return LW_FRAME_PARTIAL;
        nibble = data[0] >> 4;
        token_length = data[0] & 15;
        more = extensions[nibble].bytes;
        if (token_length > LW_TOKEN_MAX)
                return LW_FRAME_BROKEN;
        if (length < 1 + more)
                return LW_FRAME_PARTIAL;
        size = more == 0 ? nibble : 0;
        for (unsigned i = 1; i <= more; i++)
                size = size << 8 | data[i];
        size += extensions[nibble].base + 1 + more + 1 + token_length;
        if (size > limit)
                return LW_FRAME_BROKEN;
        *ret_size = (size_t) size;
        return LW_FRAME_KNOWN;
}

bool lw_frame_read(const uint8_t *data, size_t size, LwMessage *ret_message)
{
        const uint8_t *at = data + 1 + extensions[data[0] >> 4].bytes;

        lw_message_init(ret_message, LW_MESSAGE_CON, *at++);
        ret_message->token_length = data[0] & 15;
        memcpy(ret_message->token, at, ret_message->token_length);
        at += ret_message->token_length;
        return lw_options_read(at, data + size, ret_message);
}

/* Writing. */

/* Of a delta or length of an option: its nibble, and the bytes that follow it. */
static unsigned nibble_of(uint32_t value, uint8_t more[static 2], unsigned *ret_more)
{
        if (value < 13) {
                *ret_more = 0;
                return value;
        }
        if (value < 269) {
                more[0] = (uint8_t) (value - 13);
                *ret_more = 1;
                return 13;
        }
        more[0] = (uint8_t) ((value - 269) >> 8);
        more[1] = (uint8_t) (value - 269);
        *ret_more = 2;
        return 14;
}

static void write_options(const LwMessage *message, GByteArray *out)
{
        unsigned before = 0;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                uint8_t delta_more[2], length_more[2], first;
                unsigned delta_bytes, length_bytes;

                first = (uint8_t) (nibble_of(option->number - before, delta_more, &delta_bytes)
                                   << 4);
                first |= (uint8_t) nibble_of(option->length, length_more, &length_bytes);
                g_byte_array_append(out, &first, 1);
                g_byte_array_append(out, delta_more, delta_bytes);
                g_byte_array_append(out, length_more, length_bytes);
                g_byte_array_append(out, option->value, option->length);
                before = option->number;
        }
}

/* The length counts options, marker and payload, and stands before them. */
static void write_head(const LwMessage *message, size_t length, GByteArray *out)
{
        uint8_t head[6 + LW_TOKEN_MAX];
        unsigned nibble = length < 13      ? (unsigned) length
                          : length < 269   ? 13
                          : length < 65805 ? 14
                                           : 15;
        size_t rest = length - extensions[nibble].base;
        unsigned at = 0;

        head[at++] = (uint8_t) (nibble << 4 | message->token_length);
        for (unsigned i = extensions[nibble].bytes; i-- > 0;)
                head[at++] = (uint8_t) (rest >> (8 * i));
        head[at++] = message->code;
        memcpy(head + at, message->token, message->token_length);
        g_byte_array_append(out, head, at + message->token_length);
}

void lw_frame_write(const LwMessage *message, GByteArray *out)
{
        static const uint8_t marker = PAYLOAD_MARKER;
        size_t length = lw_message_size(message) - 4 - message->token_length;

        write_head(message, length, out);
        write_options(message, out);
        if (message->payload_length == 0)
                return;
        g_byte_array_append(out, &marker, 1);
        g_byte_array_append(out, message->payload, (unsigned) message->payload_length);
}
