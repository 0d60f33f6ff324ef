/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values as CBOR, each in its shortest form. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "codec/cbor.h"
#include "codec/objlnk.h"
#include "codec/opaque.h"

/* The major types, in the place where they stand in a head. Source: RFC 8949, 3.1. */
enum {
        UNSIGNED = 0 << 5,
        NEGATIVE = 1 << 5,
        DATA = 2 << 5,
        TEXT = 3 << 5,
        ARRAY = 4 << 5,
        MAP = 5 << 5,
};

/* Major type 7, and where the argument in a head is as many bytes. */
#define FALSE_BYTE 0xf4
#define TRUE_BYTE 0xf5
#define NULL_BYTE 0xf6
#define HALF_BYTE 0xf9
#define SINGLE_BYTE 0xfa
#define DOUBLE_BYTE 0xfb
#define IN_HEAD_MAX 23
#define ONE_BYTE 24

static void write_head(LwWriter *writer, unsigned major, uint64_t argument)
{
        uint8_t *head = lw_writer_reserve(writer, 9);
        unsigned log = argument <= UINT8_MAX    ? 0
                       : argument <= UINT16_MAX ? 1
                       : argument <= UINT32_MAX ? 2
                                                : 3;

        if (argument <= IN_HEAD_MAX) {
                *head = (uint8_t) (major | argument);
                writer->length++;
                return;
        }
        *head++ = (uint8_t) (major | (ONE_BYTE + log));
        for (unsigned shift = 8u << log; shift > 0; shift -= 8)
                *head++ = (uint8_t) (argument >> (shift - 8));
        writer->length += 1 + (1u << log);
}

void lw_cbor_write_array(LwWriter *writer, uint64_t count)
{
        write_head(writer, ARRAY, count);
}

void lw_cbor_write_map(LwWriter *writer, uint64_t count)
{
        write_head(writer, MAP, count);
}

void lw_cbor_write_integer(LwWriter *writer, int64_t value)
{
        if (value >= 0)
                write_head(writer, UNSIGNED, (uint64_t) value);
        else
                write_head(writer, NEGATIVE, (uint64_t) (-1 - value));
}

void lw_cbor_write_text(LwWriter *writer, const char *text, size_t length)
{
        write_head(writer, TEXT, length);
        lw_writer_put(writer, text, length);
}

/* The bits of `number` as binary16 where nothing is lost. Source: RFC 8949, appendix D, reversed.
 */
static bool to_half(float number, uint16_t *ret_bits)
{
        uint32_t bits, fraction;
        int exponent, lost;

        memcpy(&bits, &number, sizeof(bits));
        exponent = (int) (bits >> 23 & 0xff) - 127;
        fraction = bits & 0x7fffff;
        *ret_bits = (uint16_t) (bits >> 16 & 0x8000);
        if ((bits & 0x7fffffff) == 0)
                return true;
        if (exponent == 128) { /* infinity; NaN has one form here */
                *ret_bits = fraction ? 0x7e00 : *ret_bits | 0x7c00;
                return true;
        }
        if (exponent > 15 || exponent < -24)
                return false;
        if (exponent >= -14) {
                *ret_bits |= (uint16_t) ((unsigned) (exponent + 15) << 10 | fraction >> 13);
                return (fraction & 0x1fff) == 0;
        }
        lost = -exponent - 1; /* subnormal: in units of 2^-24 */
        fraction |= 0x800000;
        *ret_bits |= (uint16_t) (fraction >> lost);
        return (fraction & ((1u << lost) - 1)) == 0;
}

static void write_float(LwWriter *writer, double number)
{
        bool fits = !isfinite(number) || fabs(number) <= (double) FLT_MAX;
        float single = fits ? (float) number : 0;
        uint32_t bits32;
        uint64_t bits64;
        uint16_t half;

        if (fits && isfinite(number) && (double) single != number)
                fits = false;
        if (fits && to_half(single, &half)) {
                lw_writer_u8(writer, HALF_BYTE);
                lw_writer_uint(writer, half, sizeof(half));
        } else if (fits) {
                memcpy(&bits32, &single, sizeof(bits32));
                lw_writer_u8(writer, SINGLE_BYTE);
                lw_writer_uint(writer, bits32, sizeof(bits32));
        } else {
                memcpy(&bits64, &number, sizeof(bits64));
                lw_writer_u8(writer, DOUBLE_BYTE);
                lw_writer_uint(writer, bits64, sizeof(bits64));
        }
}

static bool write_data(LwWriter *writer, const LwValue *value, GError **error)
{
        size_t size = 0;

        if (!lw_opaque_size(value, &size, error))
                return false;
        write_head(writer, DATA, size);
        return lw_opaque_write(writer, value, error);
}

static void write_link(LwWriter *writer, LwObjlnk link)
{
        char text[LW_OBJLNK_TEXT_MAX];

        lw_cbor_write_text(writer, text, lw_objlnk_print(link, text));
}

bool lw_cbor_write_value(LwWriter *writer, const LwValue *value, GError **error)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                lw_writer_u8(writer, NULL_BYTE);
                break;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                lw_cbor_write_text(writer, value->text, value->length);
                break;
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                lw_cbor_write_integer(writer, value->integer);
                break;
        case LW_TYPE_UNSIGNED:
                write_head(writer, UNSIGNED, value->unsigned_integer);
                break;
        case LW_TYPE_FLOAT:
                write_float(writer, value->number);
                break;
        case LW_TYPE_BOOLEAN:
                lw_writer_u8(writer, value->boolean ? TRUE_BYTE : FALSE_BYTE);
                break;
        case LW_TYPE_OPAQUE:
                return write_data(writer, value, error);
        case LW_TYPE_OBJLNK:
                write_link(writer, value->link);
                break;
        }
        return true;
}
