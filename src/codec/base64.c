/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64: with the URL alphabet and without padding for SenML, the usual one for LwM2M JSON. */
#include "codec/base64.h"

#include <glib.h>

static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                  for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void write_digits(LwWriter *writer, const char *alphabet, const uint8_t *data, size_t length)
{
        uint8_t *start = lw_writer_reserve(writer, length / 3 * 4 + 4), *at = start;

        for (; length >= 3; data += 3, length -= 3) {
                *at++ = (uint8_t) alphabet[data[0] >> 2];
                *at++ = (uint8_t) alphabet[(data[0] & 3) << 4 | data[1] >> 4];
                *at++ = (uint8_t) alphabet[(data[1] & 15) << 2 | data[2] >> 6];
                *at++ = (uint8_t) alphabet[data[2] & 63];
        }
        if (length > 0) {
                uint8_t second = length == 2 ? data[1] : 0;

                *at++ = (uint8_t) alphabet[data[0] >> 2];
                *at++ = (uint8_t) alphabet[(data[0] & 3) << 4 | second >> 4];
                if (length == 2)
                        *at++ = (uint8_t) alphabet[(second & 15) << 2];
        }
        writer->length += (size_t) (at - start);
}

void lw_base64url_write(LwWriter *writer, const uint8_t *data, size_t length)
{
        write_digits(writer, for_urls, data, length);
}

void lw_base64_write(LwWriter *writer, const uint8_t *data, size_t length)
{
        write_digits(writer, usual, data, length);
        lw_writer_put(writer, "==", (3 - length % 3) % 3);
}

/* What a digit stands for, or -1. */
static int digit_value(char c)
{
        if (g_ascii_isupper(c))
                return c - 'A';
        if (g_ascii_islower(c))
                return c - 'a' + 26;
        if (g_ascii_isdigit(c))
                return c - '0' + 52;
        if (c == '-' || c == '+')
                return 62;
        return c == '_' || c == '/' ? 63 : -1;
}

bool lw_base64_read(LwWriter *writer, const char *text, size_t length)
{
        uint8_t *start = lw_writer_reserve(writer, length / 4 * 3 + 3), *at = start;
        unsigned bits = 0, count = 0;

        if (length % 4 == 0)
                for (int padding = 0; padding < 2 && length > 0 && text[length - 1] == '=';
                                padding++)
                        length--;
        if (length % 4 == 1)
                return false;
        for (size_t i = 0; i < length; i++) {
                int value = digit_value(text[i]);

                if (value < 0)
                        return false;
                bits = bits << 6 | (unsigned) value;
                count += 6;
                if (count >= 8) {
                        count -= 8;
                        *at++ = (uint8_t) (bits >> count);
                }
        }
        writer->length += (size_t) (at - start);
        return true;
}
