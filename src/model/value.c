/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwValue: one typed value. */
#include "model/value.h"

#include <math.h>
#include <string.h>

#include "base/quote.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/status.h"

static const char base64_alphabet[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

LwValue lw_value_string(const char *text)
{
        return (LwValue){
                .text = text,
                .length = (uint32_t) strlen(text),
                .type = LW_TYPE_STRING,
        };
}

LwValue lw_value_data(const void *data, size_t length)
{
        g_assert(length <= UINT32_MAX);
        return (LwValue){ .data = data, .length = (uint32_t) length, .type = LW_TYPE_OPAQUE };
}

LwValue lw_value_blob(LwBlob *blob)
{
        return (LwValue){ .blob = blob, .type = LW_TYPE_OPAQUE, .is_blob = true };
}

const char *lw_type_name(LwType type)
{
        switch (type) {
        case LW_TYPE_NONE:
                return "nothing";
        case LW_TYPE_STRING:
                return "string";
        case LW_TYPE_INTEGER:
                return "integer";
        case LW_TYPE_UNSIGNED:
                return "unsigned integer";
        case LW_TYPE_FLOAT:
                return "float";
        case LW_TYPE_BOOLEAN:
                return "boolean";
        case LW_TYPE_OPAQUE:
                return "opaque";
        case LW_TYPE_TIME:
                return "time";
        case LW_TYPE_OBJLNK:
                return "object link";
        case LW_TYPE_CORELNK:
                return "CoRE link";
        }
        g_assert_not_reached();
}

bool lw_type_is_number(LwType type)
{
        return type == LW_TYPE_INTEGER || type == LW_TYPE_UNSIGNED || type == LW_TYPE_FLOAT ||
               type == LW_TYPE_TIME;
}

static bool same_bytes(const void *a, size_t a_length, const void *b, size_t b_length)
{
        return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

bool lw_value_equal(const LwValue *a, const LwValue *b)
{
        if (a->type != b->type)
                return false;
        switch ((LwType) a->type) {
        case LW_TYPE_NONE:
                return true;
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return a->integer == b->integer;
        case LW_TYPE_UNSIGNED:
                return a->unsigned_integer == b->unsigned_integer;
        case LW_TYPE_FLOAT:
                return a->number == b->number || (isnan(a->number) && isnan(b->number));
        case LW_TYPE_BOOLEAN:
                return a->boolean == b->boolean;
        case LW_TYPE_OBJLNK:
                return a->link.object == b->link.object && a->link.instance == b->link.instance;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return same_bytes(a->text, a->length, b->text, b->length);
        case LW_TYPE_OPAQUE:
                if (a->is_blob || b->is_blob)
                        return a->is_blob && b->is_blob && a->blob == b->blob;
                return same_bytes(a->data, a->length, b->data, b->length);
        }
        g_assert_not_reached();
}

static bool to_signed(const LwValue *self, int64_t *ret_integer)
{
        if (self->type == LW_TYPE_UNSIGNED) {
                *ret_integer = (int64_t) self->unsigned_integer;
                return self->unsigned_integer <= INT64_MAX;
        }
        if (self->type == LW_TYPE_FLOAT) {
                double number = self->number;

                if (!(number >= -0x1p63 && number < 0x1p63))
                        return false;
                *ret_integer = (int64_t) number;
                return (double) *ret_integer == number;
        }
        *ret_integer = self->integer;
        return true;
}

static bool to_unsigned(const LwValue *self, uint64_t *ret_integer)
{
        if (self->type == LW_TYPE_UNSIGNED) {
                *ret_integer = self->unsigned_integer;
                return true;
        }
        if (self->type == LW_TYPE_FLOAT) {
                double number = self->number;

                if (!(number >= 0 && number < 0x1p64))
                        return false;
                *ret_integer = (uint64_t) number;
                return (double) *ret_integer == number;
        }
        *ret_integer = (uint64_t) self->integer;
        return self->integer >= 0;
}

static double to_float(const LwValue *self)
{
        return self->type == LW_TYPE_FLOAT      ? self->number
               : self->type == LW_TYPE_UNSIGNED ? (double) self->unsigned_integer
                                                : (double) self->integer;
}

static bool convert_number(const LwValue *self, LwType type, LwValue *value)
{
        if (!lw_type_is_number(self->type))
                return false;
        if (type == LW_TYPE_UNSIGNED)
                return to_unsigned(self, &value->unsigned_integer);
        if (type != LW_TYPE_FLOAT)
                return to_signed(self, &value->integer);
        value->number = to_float(self);
        return true;
}

static bool convert(const LwValue *self, LwType type, LwValue *value)
{
        bool from_text = self->type == LW_TYPE_STRING || self->type == LW_TYPE_CORELNK;

        switch (type) {
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_FLOAT:
        case LW_TYPE_TIME:
                return convert_number(self, type, value);
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                value->text = self->text;
                value->length = self->length;
                return from_text;
        case LW_TYPE_OBJLNK:
                return from_text && lw_objlnk_parse(self->text, self->length, &value->link);
        case LW_TYPE_NONE:
        case LW_TYPE_BOOLEAN:
        case LW_TYPE_OPAQUE:
                return false;
        }
        g_assert_not_reached();
}

/* The value as a message shows it; never what is opaque, as that may be a key. */
static char *show(const LwValue *self)
{
        g_autoptr(GString) text = g_string_new(NULL);

        if (self->type == LW_TYPE_OPAQUE || !lw_value_print(self, text, NULL))
                return g_strdup("");
        return lw_quote(text->str, text->len);
}

bool lw_value_convert(const LwValue *self, LwType type, LwValue *ret_value, GError **error)
{
        LwValue value = { .type = (uint8_t) type };
        g_autofree char *shown = NULL;

        if (self->type == type) {
                *ret_value = *self;
                return true;
        }
        if (convert(self, type, &value)) {
                *ret_value = value;
                return true;
        }
        shown = show(self);
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s%s%s does not fit type %s",
                        lw_type_name(self->type), shown[0] != '\0' ? " " : "", shown,
                        lw_type_name(type));
        return false;
}

bool lw_objlnk_parse(const char *text, size_t length, LwObjlnk *ret_link)
{
        const char *colon = memchr(text, ':', length);
        uint64_t object, instance;
        size_t split;

        if (colon == NULL)
                return false;
        split = (size_t) (colon - text);
        if (!lw_number_parse_unsigned(text, split, &object) ||
                        !lw_number_parse_unsigned(colon + 1, length - split - 1, &instance) ||
                        object > UINT16_MAX || instance > UINT16_MAX)
                return false;
        *ret_link = (LwObjlnk){ (uint16_t) object, (uint16_t) instance };
        return true;
}

static bool parse_boolean(const char *text, size_t length, bool *ret_boolean)
{
        if (length != 1 || (*text != '0' && *text != '1'))
                return false;
        *ret_boolean = *text == '1';
        return true;
}

static bool parse_string(const char *text, size_t length, LwValue *value)
{
        value->text = text;
        value->length = (uint32_t) length;
        return length <= LW_STRING_MAX && g_utf8_validate_len(text, length, NULL);
}

static GBytes *decode_base64(const char *text, size_t length)
{
        g_autofree uint8_t *data = NULL;
        size_t digits = length;
        unsigned save = 0;
        int state = 0;

        if (length % 4 != 0)
                return NULL;
        while (digits > 0 && length - digits < 2 && text[digits - 1] == '=')
                digits--;
        /* GLib's decoder steps over what it does not know */
        for (size_t i = 0; i < digits; i++)
                if (text[i] == '\0' || strchr(base64_alphabet, text[i]) == NULL)
                        return NULL;
        data = g_malloc(length / 4 * 3 + 1);
        length = g_base64_decode_step(text, length, data, &state, &save);
        return g_bytes_new_take(g_steal_pointer(&data), length);
}

static bool parse_opaque(const char *text, size_t length, LwValue *value, GBytes **ret_storage)
{
        GBytes *bytes = decode_base64(text, length);

        if (bytes == NULL)
                return false;
        value->data = g_bytes_get_data(bytes, NULL);
        value->length = (uint32_t) g_bytes_get_size(bytes);
        *ret_storage = bytes;
        return true;
}

/* What would have been right, for the message. */
static const char *written_like(LwType type)
{
        switch (type) {
        case LW_TYPE_NONE:
                return "which takes no value";
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return "which is UTF-8 without NUL, at most 65535 bytes";
        case LW_TYPE_INTEGER:
                return "from -9223372036854775808 to 9223372036854775807";
        case LW_TYPE_UNSIGNED:
                return "from 0 to 18446744073709551615";
        case LW_TYPE_FLOAT:
                return "written like -23.5";
        case LW_TYPE_BOOLEAN:
                return "which is 0 or 1";
        case LW_TYPE_OPAQUE:
                return "which is base64 with padding";
        case LW_TYPE_TIME:
                return "which is in seconds since 1970";
        case LW_TYPE_OBJLNK:
                return "written like 66:0";
        }
        g_assert_not_reached();
}

static bool parse(const char *text, size_t length, LwValue *value, GBytes **ret_storage)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                return false;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return parse_string(text, length, value);
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return lw_number_parse_integer(text, length, &value->integer);
        case LW_TYPE_UNSIGNED:
                return lw_number_parse_unsigned(text, length, &value->unsigned_integer);
        case LW_TYPE_FLOAT:
                return lw_number_parse_float(text, length, &value->number);
        case LW_TYPE_BOOLEAN:
                return parse_boolean(text, length, &value->boolean);
        case LW_TYPE_OPAQUE:
                return parse_opaque(text, length, value, ret_storage);
        case LW_TYPE_OBJLNK:
                return lw_objlnk_parse(text, length, &value->link);
        }
        g_assert_not_reached();
}

bool lw_value_parse(const char *text, size_t length, LwType type, LwValue *ret_value,
                GBytes **ret_storage, GError **error)
{
        LwValue value = { .type = (uint8_t) type };
        g_autofree char *quoted = NULL;

        if (parse(text, length, &value, ret_storage)) {
                *ret_value = value;
                return true;
        }
        /* what was meant to be opaque may be a key */
        quoted = type == LW_TYPE_OPAQUE ? g_strdup("the text") : lw_quote(text, length);
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s is not of type %s, %s", quoted,
                        lw_type_name(type), written_like(type));
        return false;
}

static bool print_opaque(const LwValue *self, GString *text, GError **error)
{
        uint64_t length = self->is_blob ? lw_blob_size(self->blob) : self->length;
        const uint8_t *data = self->is_blob ? lw_blob_data(self->blob) : self->data;
        g_autofree uint8_t *copy = NULL;
        g_autofree char *encoded = NULL;

        if (self->is_blob && length > LW_BODY_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                                "an opaque value of more than %u bytes has no text form; read it "
                                "as opaque",
                                LW_BODY_MAX);
                return false;
        }
        if (self->is_blob && data == NULL) {
                data = copy = g_malloc(length + 1);
                if (!lw_blob_read(self->blob, 0, copy, length, error))
                        return false;
        }
        encoded = g_base64_encode(data, length);
        g_string_append(text, encoded);
        return true;
}

static bool print_float(double number, GString *text, GError **error)
{
        char digits[LW_FLOAT_TEXT_MAX];

        if (!isfinite(number)) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                                "%s has no text form; TLV and CBOR have one",
                                isnan(number) ? "not-a-number" : "an infinite number");
                return false;
        }
        g_string_append_len(text, digits, (gssize) lw_number_print_float(number, digits));
        return true;
}

bool lw_value_print(const LwValue *self, GString *text, GError **error)
{
        char digits[LW_INTEGER_TEXT_MAX];
        size_t length;

        switch ((LwType) self->type) {
        case LW_TYPE_NONE:
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                                "there is no value, and so no text form of it");
                return false;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                g_string_append_len(text, self->text, self->length);
                return true;
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                length = lw_number_print_integer(self->integer, digits);
                g_string_append_len(text, digits, (gssize) length);
                return true;
        case LW_TYPE_UNSIGNED:
                length = lw_number_print_unsigned(self->unsigned_integer, digits);
                g_string_append_len(text, digits, (gssize) length);
                return true;
        case LW_TYPE_FLOAT:
                return print_float(self->number, text, error);
        case LW_TYPE_BOOLEAN:
                g_string_append_c(text, self->boolean ? '1' : '0');
                return true;
        case LW_TYPE_OPAQUE:
                return print_opaque(self, text, error);
        case LW_TYPE_OBJLNK:
                g_string_append_printf(text, "%u:%u", self->link.object, self->link.instance);
                return true;
        }
        g_assert_not_reached();
}
