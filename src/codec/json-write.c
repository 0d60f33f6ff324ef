/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values as JSON. */
#include <math.h>
#include <string.h>

#include "codec/json.h"
#include "codec/opaque.h"
#include "model/number.h"
#include "model/status.h"

/* Strings */

static bool is_plain(char c)
{
        return (unsigned char) c >= ' ' && c != '"' && c != '\\';
}

static void write_escaped(LwWriter *writer, char c)
{
        static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt",
                          digits[] = "0123456789abcdef";
        const char *place = memchr(named, c, sizeof(named) - 1);

        if (place) {
                lw_writer_u8(writer, '\\');
                lw_writer_u8(writer, (uint8_t) names[place - named]);
                return;
        }
        lw_writer_text(writer, "\\u00");
        lw_writer_u8(writer, (uint8_t) digits[(unsigned char) c >> 4]);
        lw_writer_u8(writer, (uint8_t) digits[c & 15]);
}

void lw_json_write_string(LwWriter *writer, const char *text, size_t length)
{
        size_t begin = 0;

        lw_writer_u8(writer, '"');
        for (size_t i = 0; i < length; i++) {
                if (is_plain(text[i]))
                        continue;
                lw_writer_put(writer, text + begin, i - begin);
                write_escaped(writer, text[i]);
                begin = i + 1;
        }
        lw_writer_put(writer, text + begin, length - begin);
        lw_writer_u8(writer, '"');
}

/* Numbers */

#define INTEGERS_END 0x1p63

static bool write_float(LwWriter *writer, double number, GError **error)
{
        if (!isfinite(number)) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                                "JSON has neither infinity nor NaN");
                return false;
        }
        writer->length += lw_number_print_float(
                        number, (char *) lw_writer_reserve(writer, LW_FLOAT_TEXT_MAX));
        /* without a point, Leshan takes it for an integer, and those have 64 bits there */
        if (fabs(number) >= INTEGERS_END)
                lw_writer_put(writer, ".0", 2);
        return true;
}

bool lw_json_write_number(LwWriter *writer, const LwValue *value, GError **error)
{
        char *text;

        if (value->type == LW_TYPE_FLOAT)
                return write_float(writer, value->number, error);
        text = (char *) lw_writer_reserve(writer, LW_INTEGER_TEXT_MAX);
        writer->length += value->type == LW_TYPE_UNSIGNED
                                          ? lw_number_print_unsigned(value->unsigned_integer, text)
                                          : lw_number_print_integer(value->integer, text);
        return true;
}

/* Opaque */

bool lw_json_write_data(LwWriter *writer, const LwValue *value,
                void (*base64)(LwWriter *writer, const uint8_t *data, size_t length),
                GError **error)
{
        g_auto(LwWriter) read = {};
        const uint8_t *data = value->data;
        size_t size = 0;

        if (!lw_opaque_size(value, &size, error))
                return false;
        if (value->is_blob) {
                if (!lw_opaque_write(&read, value, error))
                        return false;
                data = read.data;
        }
        lw_writer_u8(writer, '"');
        base64(writer, data, size);
        lw_writer_u8(writer, '"');
        return true;
}
