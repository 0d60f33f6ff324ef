/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A datagram codec for raw peers: CoAP bytes to LwMessage and back. */
#include "lib/coap-wire.h"

#include <string.h>

#include "base/bytes.h"

#define PAYLOAD_MARKER 0xff

/* A nibble of 13 means one more byte, 14 two more; 15 is reserved. Source: RFC 7252, 3.1. */

static bool read_extended(LwReader *reader, unsigned nibble, uint32_t *ret_value)
{
        uint64_t more = 0;

        if (nibble == 15 || (nibble == 13 && !lw_reader_uint(reader, 1, &more)) ||
                        (nibble == 14 && !lw_reader_uint(reader, 2, &more)))
                return false;
        *ret_value = nibble < 13    ? nibble
                     : nibble == 13 ? (uint32_t) more + 13
                                    : (uint32_t) more + 269;
        return true;
}

static bool read_options(LwReader *reader, LwMessage *message)
{
        uint32_t number = 0, delta, length;
        const uint8_t *value;
        uint8_t head;

        while (reader->left > 0 && reader->data[0] != PAYLOAD_MARKER) {
                if (!lw_reader_u8(reader, &head) || !read_extended(reader, head >> 4, &delta) ||
                                !read_extended(reader, head & 15, &length) ||
                                !lw_reader_take(reader, length, &value))
                        return false;
                number += delta;
                if (number > UINT16_MAX ||
                                !lw_message_add(message, (uint16_t) number, value, length))
                        return false;
        }
        return true;
}

bool lw_coap_wire_decode(const uint8_t *data, size_t length, LwMessage *ret_message)
{
        LwReader reader = lw_reader(data, length);
        const uint8_t *head, *token;

        if (!lw_reader_take(&reader, 4, &head) || head[0] >> 6 != 1 || (head[0] & 15) > 8 ||
                        !lw_reader_take(&reader, head[0] & 15, &token))
                return false;
        if (head[1] == 0 && length > 4)
                return false;
        lw_message_init(ret_message, (LwMessageType) (head[0] >> 4 & 3), head[1]);
        ret_message->mid = (uint16_t) (head[2] << 8 | head[3]);
        ret_message->token_length = head[0] & 15;
        memcpy(ret_message->token, token, ret_message->token_length);
        if (!read_options(&reader, ret_message))
                return false;
        if (reader.left == 0)
                return true;
        if (reader.left == 1)
                return false;
        ret_message->payload = reader.data + 1;
        ret_message->payload_length = reader.left - 1;
        return true;
}

static unsigned nibble_of(uint32_t value)
{
        return value < 13 ? value : value < 269 ? 13 : 14;
}

static void write_extended(LwWriter *writer, uint32_t value)
{
        if (value >= 269)
                lw_writer_uint(writer, value - 269, 2);
        else if (value >= 13)
                lw_writer_uint(writer, value - 13, 1);
}

static void write_message(LwWriter *writer, const LwMessage *message)
{
        uint32_t number = 0;

        lw_writer_u8(writer,
                        (uint8_t) (0x40 | (unsigned) message->type << 4 | message->token_length));
        lw_writer_u8(writer, message->code);
        lw_writer_uint(writer, message->mid, 2);
        lw_writer_put(writer, message->token, message->token_length);
        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                uint32_t delta = option->number - number;

                lw_writer_u8(writer, (uint8_t) (nibble_of(delta) << 4 | nibble_of(option->length)));
                write_extended(writer, delta);
                write_extended(writer, option->length);
                lw_writer_put(writer, option->value, option->length);
                number = option->number;
        }
        if (message->payload_length > 0) {
                lw_writer_u8(writer, PAYLOAD_MARKER);
                lw_writer_put(writer, message->payload, message->payload_length);
        }
}

size_t lw_coap_wire_encode(const LwMessage *message, uint8_t *data, size_t size)
{
        g_auto(LwWriter) writer = {};

        write_message(&writer, message);
        if (writer.length > size)
                return 0;
        memcpy(data, writer.data, writer.length);
        return writer.length;
}
