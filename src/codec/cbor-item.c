/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One item of CBOR, or the head of one: libcbor's streaming decoder, and a short way past it. */
#include "codec/cbor-item.h"

#include <cbor.h>

#define MAJOR_UNSIGNED 0x00
#define MAJOR_NEGATIVE 0x20
#define MAJOR_DATA 0x40
#define MAJOR_TEXT 0x60
#define MAJOR_ARRAY 0x80
#define MAJOR_MAP 0xa0

/* Each callback writes what its sight needs and no more: five of them make a record. */
static void see(void *user, LwCborSight sight, uint64_t count)
{
        LwCborItem *item = user;

        item->sight = sight;
        item->count = count;
}

static void see_unsigned(void *user, uint64_t value)
{
        see(user, LW_CBOR_UNSIGNED, value);
}

static void see_uint8(void *user, uint8_t value)
{
        see_unsigned(user, value);
}

static void see_uint16(void *user, uint16_t value)
{
        see_unsigned(user, value);
}

static void see_uint32(void *user, uint32_t value)
{
        see_unsigned(user, value);
}

static void see_negative(void *user, uint64_t value)
{
        see(user, LW_CBOR_NEGATIVE, value);
}

static void see_negint8(void *user, uint8_t value)
{
        see_negative(user, value);
}

static void see_negint16(void *user, uint16_t value)
{
        see_negative(user, value);
}

static void see_negint32(void *user, uint32_t value)
{
        see_negative(user, value);
}

static void see_value(void *user, LwValue value)
{
        LwCborItem *item = user;

        item->sight = LW_CBOR_VALUE;
        item->value = value;
}

static void see_data(void *user, cbor_data data, size_t length)
{
        see_value(user, lw_value_data(data, length));
}

static void see_text(void *user, cbor_data text, size_t length)
{
        LwValue value = lw_value_data(text, length);

        value.type = LW_TYPE_STRING;
        see_value(user, value);
}

static void see_float(void *user, float number)
{
        see_value(user, lw_value_float((double) number));
}

static void see_double(void *user, double number)
{
        see_value(user, lw_value_float(number));
}

static void see_boolean(void *user, bool boolean)
{
        see_value(user, lw_value_boolean(boolean));
}

static void see_null(void *user)
{
        see_value(user, lw_value_none());
}

static void see_undefined(void *user)
{
        see(user, LW_CBOR_NOTHING, 0);
}

static void see_array(void *user, size_t count)
{
        see(user, LW_CBOR_ARRAY, count);
}

static void see_map(void *user, size_t count)
{
        see(user, LW_CBOR_MAP, count);
}

static void see_indefinite_array(void *user)
{
        see(user, LW_CBOR_INDEFINITE_ARRAY, 0);
}

static void see_indefinite_map(void *user)
{
        see(user, LW_CBOR_INDEFINITE_MAP, 0);
}

static void see_indefinite_text(void *user)
{
        see(user, LW_CBOR_INDEFINITE_TEXT, 0);
}

static void see_indefinite_data(void *user)
{
        see(user, LW_CBOR_INDEFINITE_DATA, 0);
}

static void see_tag(void *user, uint64_t number)
{
        see(user, LW_CBOR_TAG, number);
}

static void see_break(void *user)
{
        see(user, LW_CBOR_BREAK, 0);
}

static const struct cbor_callbacks callbacks = {
        .uint8 = see_uint8,
        .uint16 = see_uint16,
        .uint32 = see_uint32,
        .uint64 = see_unsigned,
        .negint8 = see_negint8,
        .negint16 = see_negint16,
        .negint32 = see_negint32,
        .negint64 = see_negative,
        .byte_string = see_data,
        .byte_string_start = see_indefinite_data,
        .string = see_text,
        .string_start = see_indefinite_text,
        .array_start = see_array,
        .indef_array_start = see_indefinite_array,
        .map_start = see_map,
        .indef_map_start = see_indefinite_map,
        .tag = see_tag,
        .float2 = see_float,
        .float4 = see_float,
        .float8 = see_double,
        .undefined = see_undefined,
        .null = see_null,
        .boolean = see_boolean,
        .indef_break = see_break,
};

/*
 * The items whose head is a single byte, which are most: what libcbor would say of them, without
 * the calls there and back. False for all others.
 */
static bool read_short(LwReader *reader, LwCborItem *item)
{
        const uint8_t *data = reader->data;
        size_t taken = 1, left = reader->left;
        unsigned argument = left > 0 ? *data & LW_CBOR_INFO_MASK : LW_CBOR_INFO_ONE_BYTE;

        if (argument >= LW_CBOR_INFO_ONE_BYTE)
                return false;
        switch (*data & LW_CBOR_MAJOR_MASK) {
        case MAJOR_UNSIGNED:
                see(item, LW_CBOR_UNSIGNED, argument);
                break;
        case MAJOR_NEGATIVE:
                see(item, LW_CBOR_NEGATIVE, argument);
                break;
        case MAJOR_DATA:
        case MAJOR_TEXT:
                taken += argument;
                if (taken > left)
                        return false;
                ((*data & LW_CBOR_MAJOR_MASK) == MAJOR_TEXT ? see_text : see_data)(
                                item, data + 1, argument);
                break;
        case MAJOR_ARRAY:
                see(item, LW_CBOR_ARRAY, argument);
                break;
        case MAJOR_MAP:
                see(item, LW_CBOR_MAP, argument);
                break;
        default:
                return false;
        }
        reader->data += taken;
        reader->left -= taken;
        return true;
}
const char *lw_cbor_item_read(LwReader *reader, LwCborItem *ret_item)
{
        struct cbor_decoder_result result;

        if (read_short(reader, ret_item))
                return NULL;
        ret_item->sight = LW_CBOR_NOTHING;
        result = cbor_stream_decode(reader->data, reader->left, &callbacks, ret_item);
        switch (result.status) {
        case CBOR_DECODER_FINISHED:
                reader->data += result.read;
                reader->left -= result.read;
                return NULL;
        case CBOR_DECODER_NEDATA:
                return "the document ends too early";
        case CBOR_DECODER_ERROR:
                break;
        }
        return "not CBOR";
}
