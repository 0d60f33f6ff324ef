/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as tokens, over items. */
#include "codec/cbor.h"

#include <limits.h>
#include <string.h>

#include "codec/cbor-item.h"
#include "model/number.h"
#include "model/status.h"

static bool fail(const LwCbor *self, LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "CBOR, byte %zu: %s",
                        self->length - self->reader.left, what);
        return false;
}
static bool read_item(LwCbor *self, LwCborItem *ret_item, GError **error)
{
        const char *wrong = lw_cbor_item_read(&self->reader, ret_item);

        return !wrong || fail(self, LW_STATUS_BAD_REQUEST, wrong, error);
}

/* Joins the pieces of an indefinite string. */
static bool read_pieces(LwCbor *self, LwType type, LwValue *ret_value, GError **error)
{
        size_t start = self->joined_length;
        LwCborItem item;

        if (!self->joined)
                self->joined = g_malloc(self->reader.left + 1);
        for (;;) {
                if (!read_item(self, &item, error))
                        return false;
                if (item.sight == LW_CBOR_BREAK)
                        break;
                if (item.sight != LW_CBOR_VALUE || item.value.type != type)
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
static bool take_integer(
                const LwCbor *self, const LwCborItem *item, LwValue *ret_value, GError **error)
{
        if (item->sight == LW_CBOR_UNSIGNED)
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
        LwCborItem item;

        if (!read_item(self, &item, error))
                return false;
        if (item.sight == LW_CBOR_UNSIGNED || item.sight == LW_CBOR_NEGATIVE)
                return take_integer(self, &item, ret_value, error);
        return fail(self, LW_STATUS_BAD_REQUEST, "a decimal fraction is made of two integers",
                        error);
}

/* Tag 4: [exponent, mantissa] to the base of ten. Source: RFC 8949, 3.4.4. */
static bool read_decimal(LwCbor *self, const LwCborItem *array, LwValue *ret_value, GError **error)
{
        LwValue exponent = {}, mantissa = {};
        char text[2 * LW_INTEGER_TEXT_MAX];
        double number;
        size_t length;

        if (array->sight != LW_CBOR_ARRAY || array->count != 2)
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
static bool take_item(LwCbor *self, const LwCborItem *item, LwToken *ret_token, GError **error)
{
        LwValue *value = &ret_token->value;

        ret_token->kind = LW_TOKEN_VALUE;
        switch (item->sight) {
        case LW_CBOR_VALUE:
                *value = item->value;
                break;
        case LW_CBOR_UNSIGNED:
        case LW_CBOR_NEGATIVE:
                return take_integer(self, item, value, error);
        case LW_CBOR_INDEFINITE_TEXT:
                if (!read_pieces(self, LW_TYPE_STRING, value, error))
                        return false;
                break;
        case LW_CBOR_INDEFINITE_DATA:
                return read_pieces(self, LW_TYPE_OPAQUE, value, error);
        case LW_CBOR_ARRAY:
        case LW_CBOR_INDEFINITE_ARRAY:
                ret_token->kind = LW_TOKEN_ARRAY;
                return true;
        case LW_CBOR_MAP:
        case LW_CBOR_INDEFINITE_MAP:
                ret_token->kind = LW_TOKEN_MAP;
                return true;
        case LW_CBOR_NOTHING:
        case LW_CBOR_TAG:
        case LW_CBOR_BREAK:
                return fail(self, LW_STATUS_BAD_REQUEST, "an item that has no meaning here", error);
        }
        return value->type != LW_TYPE_STRING ||
               g_utf8_validate_len(value->text, value->length, NULL) ||
               fail(self, LW_STATUS_BAD_REQUEST, "text that is not UTF-8, or has a NUL", error);
}

static bool open_frame(LwCbor *self, const LwCborItem *item, GError **error)
{
        bool map = item->sight == LW_CBOR_MAP || item->sight == LW_CBOR_INDEFINITE_MAP;

        if (self->depth == LW_CBOR_DEPTH_MAX)
                return fail(self, LW_STATUS_TOO_LARGE, "nested too deep", error);
        /* each item has at least one byte */
        if (item->count > self->reader.left)
                return fail(self, LW_STATUS_BAD_REQUEST, "the document ends too early", error);
        self->frames[self->depth++] = (LwCborFrame){
                .left = map ? item->count * 2 : item->count,
                .indefinite = item->sight == LW_CBOR_INDEFINITE_ARRAY ||
                              item->sight == LW_CBOR_INDEFINITE_MAP,
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
        info = head & LW_CBOR_INFO_MASK;
        *ret_number = info;
        return info < LW_CBOR_INFO_ONE_BYTE ||
               (info <= LW_CBOR_INFO_EIGHT_BYTES &&
                               lw_reader_uint(&self->reader, 1u << (info - LW_CBOR_INFO_ONE_BYTE),
                                               ret_number)) ||
               fail(self, LW_STATUS_BAD_REQUEST, "a tag without its number", error);
}

/* Takes the tags before an item; the last one, and there is mostly none, is `*ret_tag`. */
static bool read_tagged(LwCbor *self, LwCborItem *ret_item, int *ret_tag, GError **error)
{
        uint64_t number;

        *ret_tag = -1;
        for (unsigned tags = 0; self->reader.left > 0; tags++) {
                if ((*self->reader.data & LW_CBOR_MAJOR_MASK) != LW_CBOR_MAJOR_TAG)
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
        LwCborItem item;
        int tag;

        if (!read_tagged(self, &item, &tag, error))
                return false;
        if (item.sight == LW_CBOR_BREAK && tag < 0 && frame && frame->indefinite && !frame->odd) {
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
