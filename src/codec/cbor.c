/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as tokens: a thin coat on libcbor's streaming decoder, which has no memory of its own. */
#include "codec/cbor.h"

#include <limits.h>
#include <string.h>

#include <cbor.h>

#include "model/number.h"
#include "model/status.h"

/* The head of an item: three bits of major type, and its argument or how many bytes say it. */
#define MAJOR_MASK 0xe0
#define MAJOR_UNSIGNED 0x00
#define MAJOR_NEGATIVE 0x20
#define MAJOR_DATA 0x40
#define MAJOR_TEXT 0x60
#define MAJOR_ARRAY 0x80
#define MAJOR_MAP 0xa0
#define MAJOR_TAG 0xc0
#define INFO_MASK 0x1f
#define ONE_BYTE 24
#define EIGHT_BYTES 27

static bool fail(const LwCbor *self, LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "CBOR, byte %zu: %s",
                        self->length - self->reader.left, what);
        return false;
}

/* What libcbor sees: one item, or the head of one. */
typedef enum Sight {
        SIGHT_NOTHING, /* undefined, which libcbor tells us of and we do not know */
        SIGHT_VALUE,
        SIGHT_NEGATIVE, /* -1 - count */
        SIGHT_UNSIGNED, /* count */
        SIGHT_ARRAY,
        SIGHT_MAP,
        SIGHT_INDEFINITE_ARRAY,
        SIGHT_INDEFINITE_MAP,
        SIGHT_INDEFINITE_TEXT,
        SIGHT_INDEFINITE_DATA,
        SIGHT_TAG, /* where none may stand: before an item they are taken off */
        SIGHT_BREAK,
} Sight;

typedef struct Item {
        Sight sight;
        uint64_t count;
        LwValue value;
} Item;

/* Each callback writes what its sight needs and no more: five of them make a record. */
static void see(void *user, Sight sight, uint64_t count)
{
        Item *item = user;

        item->sight = sight;
        item->count = count;
}

static void see_unsigned(void *user, uint64_t value)
{
        see(user, SIGHT_UNSIGNED, value);
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
        see(user, SIGHT_NEGATIVE, value);
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
        Item *item = user;

        item->sight = SIGHT_VALUE;
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
        see(user, SIGHT_NOTHING, 0);
}

static void see_array(void *user, size_t count)
{
        see(user, SIGHT_ARRAY, count);
}

static void see_map(void *user, size_t count)
{
        see(user, SIGHT_MAP, count);
}

static void see_indefinite_array(void *user)
{
        see(user, SIGHT_INDEFINITE_ARRAY, 0);
}

static void see_indefinite_map(void *user)
{
        see(user, SIGHT_INDEFINITE_MAP, 0);
}

static void see_indefinite_text(void *user)
{
        see(user, SIGHT_INDEFINITE_TEXT, 0);
}

static void see_indefinite_data(void *user)
{
        see(user, SIGHT_INDEFINITE_DATA, 0);
}

static void see_tag(void *user, uint64_t number)
{
        see(user, SIGHT_TAG, number);
}

static void see_break(void *user)
{
        see(user, SIGHT_BREAK, 0);
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
static bool read_short(LwCbor *self, Item *item)
{
        const uint8_t *data = self->reader.data;
        size_t taken = 1, left = self->reader.left;
        unsigned argument = left > 0 ? *data & INFO_MASK : ONE_BYTE;

        if (argument >= ONE_BYTE)
                return false;
        switch (*data & MAJOR_MASK) {
        case MAJOR_UNSIGNED:
                see(item, SIGHT_UNSIGNED, argument);
                break;
        case MAJOR_NEGATIVE:
                see(item, SIGHT_NEGATIVE, argument);
                break;
        case MAJOR_DATA:
        case MAJOR_TEXT:
                taken += argument;
                if (taken > left)
                        return false;
                ((*data & MAJOR_MASK) == MAJOR_TEXT ? see_text : see_data)(
                                item, data + 1, argument);
                break;
        case MAJOR_ARRAY:
                see(item, SIGHT_ARRAY, argument);
                break;
        case MAJOR_MAP:
                see(item, SIGHT_MAP, argument);
                break;
        default:
                return false;
        }
        self->reader.data += taken;
        self->reader.left -= taken;
        return true;
}

static bool read_item(LwCbor *self, Item *ret_item, GError **error)
{
        struct cbor_decoder_result result;

        if (read_short(self, ret_item))
                return true;
        ret_item->sight = SIGHT_NOTHING;
        result = cbor_stream_decode(self->reader.data, self->reader.left, &callbacks, ret_item);
        switch (result.status) {
        case CBOR_DECODER_FINISHED:
                self->reader.data += result.read;
                self->reader.left -= result.read;
                return true;
        case CBOR_DECODER_NEDATA:
                return fail(self, LW_STATUS_BAD_REQUEST, "the document ends too early", error);
        case CBOR_DECODER_ERROR:
                break;
        }
        return fail(self, LW_STATUS_BAD_REQUEST, "not CBOR", error);
}

/* Joins the pieces of an indefinite string. */
static bool read_pieces(LwCbor *self, LwType type, LwValue *ret_value, GError **error)
{
        size_t start = self->joined_length;
        Item item;

        if (!self->joined)
                self->joined = g_malloc(self->reader.left + 1);
        for (;;) {
                if (!read_item(self, &item, error))
                        return false;
                if (item.sight == SIGHT_BREAK)
                        break;
                if (item.sight != SIGHT_VALUE || item.value.type != type)
                        return fail(self, LW_STATUS_BAD_REQUEST, "a string made of something else",
                                        error);
                if (item.value.length > 0)
                        memcpy(self->joined + self->joined_length, item.value.data,
                                        item.value.length);
                self->joined_length += item.value.length;
        }
        *ret_value = lw_value_data(self->joined + start, self->joined_length - start);
        ret_value->type = (uint8_t) type;
        return true;
}

/* An integer as the value that it is; below -2^63 there is no type for it. */
static bool take_integer(const LwCbor *self, const Item *item, LwValue *ret_value, GError **error)
{
        if (item->sight == SIGHT_UNSIGNED)
                *ret_value = item->count > INT64_MAX ? lw_value_unsigned(item->count)
                                                     : lw_value_integer((int64_t) item->count);
        else if (item->count <= INT64_MAX)
                *ret_value = lw_value_integer(-1 - (int64_t) item->count);
        else
                return fail(self, LW_STATUS_BAD_REQUEST, "an integer below -2^63", error);
        return true;
}

static bool read_integer(LwCbor *self, LwValue *ret_value, GError **error)
{
        Item item;

        if (!read_item(self, &item, error))
                return false;
        if (item.sight == SIGHT_UNSIGNED || item.sight == SIGHT_NEGATIVE)
                return take_integer(self, &item, ret_value, error);
        return fail(self, LW_STATUS_BAD_REQUEST, "a decimal fraction is made of two integers",
                        error);
}

/* Tag 4: [exponent, mantissa] to the base of ten. Source: RFC 8949, 3.4.4. */
static bool read_decimal(LwCbor *self, const Item *array, LwValue *ret_value, GError **error)
{
        LwValue exponent = {}, mantissa = {};
        char text[2 * LW_INTEGER_TEXT_MAX];
        double number;
        size_t length;

        if (array->sight != SIGHT_ARRAY || array->count != 2)
                return fail(self, LW_STATUS_BAD_REQUEST,
                                "a decimal fraction is an array of two integers", error);
        if (!read_integer(self, &exponent, error) || !read_integer(self, &mantissa, error))
                return false;
        length = mantissa.type == LW_TYPE_UNSIGNED
                                 ? lw_number_print_unsigned(mantissa.unsigned_integer, text)
                                 : lw_number_print_integer(mantissa.integer, text);
        text[length++] = 'e';
        if (exponent.type == LW_TYPE_UNSIGNED)
                return fail(self, LW_STATUS_BAD_REQUEST, "a number out of range", error);
        length += lw_number_print_integer(exponent.integer, text + length);
        if (!lw_number_parse_float(text, length, &number))
                return fail(self, LW_STATUS_BAD_REQUEST, "a number out of range", error);
        *ret_value = lw_value_float(number);
        return true;
}

/* Tags 0 and 1: a point in time as text or as seconds since 1970. Source: RFC 8949, 3.4.1, 3.4.2.
 */
static bool take_time(const LwCbor *self, LwValue *value, GError **error)
{
        g_autoptr(GDateTime) date = NULL;
        g_autofree char *text = NULL;

        if (lw_type_is_number((LwType) value->type))
                return lw_value_convert(value, LW_TYPE_TIME, value, error);
        if (value->type == LW_TYPE_STRING) {
                text = g_strndup(value->text, value->length);
                date = g_date_time_new_from_iso8601(text, NULL);
        }
        if (!date)
                return fail(self, LW_STATUS_BAD_REQUEST,
                                "a date is a number, or text like 2013-05-02T10:40:15Z", error);
        *value = lw_value_time(g_date_time_to_unix(date));
        return true;
}

/* What the head of an item begins, or the value that it is. */
static bool take_item(LwCbor *self, const Item *item, LwToken *ret_token, GError **error)
{
        LwValue *value = &ret_token->value;

        ret_token->kind = LW_TOKEN_VALUE;
        switch (item->sight) {
        case SIGHT_VALUE:
                *value = item->value;
                break;
        case SIGHT_UNSIGNED:
        case SIGHT_NEGATIVE:
                return take_integer(self, item, value, error);
        case SIGHT_INDEFINITE_TEXT:
                if (!read_pieces(self, LW_TYPE_STRING, value, error))
                        return false;
                break;
        case SIGHT_INDEFINITE_DATA:
                return read_pieces(self, LW_TYPE_OPAQUE, value, error);
        case SIGHT_ARRAY:
        case SIGHT_INDEFINITE_ARRAY:
                ret_token->kind = LW_TOKEN_ARRAY;
                return true;
        case SIGHT_MAP:
        case SIGHT_INDEFINITE_MAP:
                ret_token->kind = LW_TOKEN_MAP;
                return true;
        case SIGHT_NOTHING:
        case SIGHT_TAG:
        case SIGHT_BREAK:
                return fail(self, LW_STATUS_BAD_REQUEST, "an item that has no meaning here", error);
        }
        return value->type != LW_TYPE_STRING ||
               g_utf8_validate_len(value->text, value->length, NULL) ||
               fail(self, LW_STATUS_BAD_REQUEST, "text that is not UTF-8, or has a NUL", error);
}

static bool open_frame(LwCbor *self, const Item *item, GError **error)
{
        bool map = item->sight == SIGHT_MAP || item->sight == SIGHT_INDEFINITE_MAP;

        if (self->depth == LW_CBOR_DEPTH_MAX)
                return fail(self, LW_STATUS_TOO_LARGE, "nested too deep", error);
        /* each item has at least one byte */
        if (item->count > self->reader.left)
                return fail(self, LW_STATUS_BAD_REQUEST, "the document ends too early", error);
        self->frames[self->depth++] = (LwCborFrame){
                .left = map ? item->count * 2 : item->count,
                .indefinite = item->sight == SIGHT_INDEFINITE_ARRAY ||
                              item->sight == SIGHT_INDEFINITE_MAP,
                .map = map,
        };
        return true;
}

/* Takes one tag, if one comes next. libcbor would refuse those that had no meaning when it was
 * written. */
static bool take_tag(LwCbor *self, uint64_t *ret_number, GError **error)
{
        uint8_t head = 0;
        unsigned info;

        lw_reader_u8(&self->reader, &head);
        info = head & INFO_MASK;
        *ret_number = info;
        return info < ONE_BYTE ||
               (info <= EIGHT_BYTES && lw_reader_uint(&self->reader, 1u << (info - ONE_BYTE),
                                                       ret_number)) ||
               fail(self, LW_STATUS_BAD_REQUEST, "a tag without its number", error);
}

/* Takes the tags before an item; the last one, and there is mostly none, is `*ret_tag`. */
static bool read_tagged(LwCbor *self, Item *ret_item, int *ret_tag, GError **error)
{
        uint64_t number;

        *ret_tag = -1;
        for (unsigned tags = 0; self->reader.left > 0; tags++) {
                if ((*self->reader.data & MAJOR_MASK) != MAJOR_TAG)
                        break;
                if (tags == LW_CBOR_DEPTH_MAX)
                        return fail(self, LW_STATUS_TOO_LARGE, "too many tags at one item", error);
                if (!take_tag(self, &number, error))
                        return false;
                *ret_tag = number <= INT_MAX ? (int) number : INT_MAX;
        }
        return read_item(self, ret_item, error);
}

static bool read_token(LwCbor *self, LwToken *ret_token, GError **error)
{
        LwCborFrame *frame = self->depth > 0 ? &self->frames[self->depth - 1] : NULL;
        Item item;
        int tag;

        if (!read_tagged(self, &item, &tag, error))
                return false;
        if (item.sight == SIGHT_BREAK && tag < 0 && frame && frame->indefinite && !frame->odd) {
                ret_token->kind = LW_TOKEN_CLOSE;
                self->depth--;
                return true;
        }
        if (frame) {
                frame->left -= !frame->indefinite;
                frame->odd = frame->indefinite && frame->map && !frame->odd;
        }
        if (tag == 4) {
                ret_token->kind = LW_TOKEN_VALUE;
                return read_decimal(self, &item, &ret_token->value, error);
        }
        if (!take_item(self, &item, ret_token, error))
                return false;
        if (ret_token->kind != LW_TOKEN_VALUE)
                return open_frame(self, &item, error);
        return (tag != 0 && tag != 1) || take_time(self, &ret_token->value, error);
}

static bool next(LwTokens *tokens, LwToken *ret_token, GError **error)
{
        LwCbor *self = (LwCbor *) tokens;

        if (self->depth > 0) {
                const LwCborFrame *frame = &self->frames[self->depth - 1];

                if (frame->indefinite || frame->left > 0)
                        return read_token(self, ret_token, error);
                ret_token->kind = LW_TOKEN_CLOSE;
                self->depth--;
                return true;
        }
        if (!self->started) {
                self->started = true;
                return read_token(self, ret_token, error);
        }
        if (self->reader.left > 0)
                return fail(self, LW_STATUS_BAD_REQUEST, "bytes behind the end of the document",
                                error);
        ret_token->kind = LW_TOKEN_END;
        return true;
}

void lw_cbor_init(LwCbor *self, const uint8_t *data, size_t length)
{
        self->tokens.next = next;
        self->reader = lw_reader(data, length);
        self->length = length;
        self->joined = NULL;
        self->joined_length = 0;
        self->started = false;
        self->depth = 0;
}

void lw_cbor_clear(LwCbor *self)
{
        g_clear_pointer(&self->joined, g_free);
}
