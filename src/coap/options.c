/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options and payload of a message, as they stand on the wire. */
#include "coap/options.h"

#include <stddef.h>

#define PAYLOAD_MARKER 0xff

/* A delta or length whose nibble says that one or two bytes more follow. Source: RFC 7252, 3.1. */
static bool extend(const uint8_t **at, const uint8_t *end, uint32_t *value)
{
        if (*value < 13)
                return true;
        if (*value == 13 && end - *at >= 1) {
                *value = 13 + (uint32_t) (*at)[0];
                *at += 1;
                return true;
        }
        if (*value == 14 && end - *at >= 2) {
                *value = 269 + (uint32_t) ((*at)[0] << 8 | (*at)[1]);
                *at += 2;
                return true;
        }
        return false;
}

bool lw_options_read(const uint8_t *at, const uint8_t *end, LwMessage *message)
{
        uint32_t number = 0;

        while (at < end && *at != PAYLOAD_MARKER) {
                uint32_t delta = *at >> 4;
                uint32_t length = *at & 15;

                at++;
                if (!extend(&at, end, &delta) || !extend(&at, end, &length) ||
                                length > (size_t) (end - at))
                        return false;
                number += delta;
                if (number > UINT16_MAX || message->option_count == LW_OPTIONS_MAX)
                        return false;
                message->options[message->option_count++] =
                                (LwOption){ (uint16_t) number, (uint16_t) length, at };
                at += length;
        }
        if (at == end)
                return true;
        message->payload = at + 1;
        message->payload_length = (size_t) (end - at) - 1;
        return message->payload_length > 0;
}
