/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML, read. */
#include <string.h>

#include "codec/base64.h"
#include "codec/cbor.h"
#include "codec/intake.h"
#include "codec/json.h"
#include "codec/seconds.h"
#include "codec/senml-label.h"
#include "codec/senml.h"
#include "model/limits.h"
#include "model/status.h"

#define USEC_PER_SECOND 1000000
/* The version of SenML that RFC 8428 is, 4.1. */
#define VERSION_MAX 10

/* Reader: one pack; the base values hold from the record that has them to the next that has. */
typedef struct Reader {
        LwTokens *tokens;
        LwIntake intake;
        bool json;
        LwValue base_name;
        bool base_is_path; /* with a slash behind it: then `base_path` is that path */
        LwPath base_path;
        int64_t base_time_usec;
        LwWriter decoded; /* of base64, of one value */
        /* the record that is being read */
        unsigned seen; /* one bit a field */
        LwSenmlLabel label;
        LwValue value;
        LwValue name;
        int64_t time_usec;
} Reader;

static bool fail(LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "SenML: %s", what);
        return false;
}

static bool malformed(const char *what, GError **error)
{
        return fail(LW_STATUS_BAD_REQUEST, what, error);
}

/* Labels */

#define NAMED(a, b, c, d)                                                                          \
        ((uint32_t) (a) << 24 | (uint32_t) (b) << 16 | (uint32_t) (c) << 8 | (uint32_t) (d))

static LwSenmlLabel label_from_text(const LwValue *text)
{
        uint32_t packed = 0;

        if (text->length > 4)
                return LW_SENML_UNKNOWN;
        for (uint32_t i = 0; i < text->length; i++)
                packed = packed << 8 | (unsigned char) text->text[i];
        switch (packed) {
        case NAMED(0, 0, 0, 'n'):
                return LW_SENML_NAME;
        case NAMED(0, 0, 0, 'v'):
                return LW_SENML_VALUE;
        case NAMED(0, 0, 'v', 's'):
                return LW_SENML_STRING;
        case NAMED(0, 0, 'v', 'b'):
                return LW_SENML_BOOLEAN;
        case NAMED(0, 0, 'v', 'd'):
                return LW_SENML_DATA;
        case NAMED(0, 'v', 'l', 'o'):
                return LW_SENML_LINK;
        case NAMED(0, 0, 0, 't'):
                return LW_SENML_TIME;
        case NAMED(0, 0, 'b', 'n'):
                return LW_SENML_BASE_NAME;
        case NAMED(0, 0, 'b', 't'):
                return LW_SENML_BASE_TIME;
        case NAMED(0, 0, 'b', 'v'):
                return LW_SENML_BASE_VALUE;
        case NAMED('b', 'v', 'e', 'r'):
                return LW_SENML_BASE_VERSION;
        }
        return LW_SENML_UNKNOWN; /* units and sums too, which say nothing to us */
}

/* Integers in CBOR, where "vlo" alone has kept its name; names in JSON. */
static bool read_label(
                const Reader *self, const LwValue *key, LwSenmlLabel *ret_label, GError **error)
{
        *ret_label = LW_SENML_UNKNOWN;
        if (key->type == LW_TYPE_STRING) {
                LwSenmlLabel label = label_from_text(key);

                if (self->json || label == LW_SENML_LINK)
                        *ret_label = label;
                if (key->length > 0 && key->text[key->length - 1] == '_')
                        return malformed("a field that must be understood, and is not", error);
                return true;
        }
        if (key->type != LW_TYPE_INTEGER && key->type != LW_TYPE_UNSIGNED)
                return malformed("a label is an integer or a text", error);
        if (key->type == LW_TYPE_INTEGER && key->integer >= LW_SENML_BASE_SUM &&
                        key->integer <= LW_SENML_DATA)
                *ret_label = (LwSenmlLabel) key->integer;
        return true;
}

/* Fields */

static bool read_name(const LwValue *value, LwValue *ret_name, GError **error)
{
        if (value->type != LW_TYPE_STRING)
                return malformed("a name is a text", error);
        *ret_name = *value;
        return true;
}

/* A base name like "/3/0/" is taken apart once: what follows it are ids. */
static void prepare_base(Reader *self)
{
        const LwValue *name = &self->base_name;

        self->base_is_path =
                        name->length > 1 && name->text[name->length - 1] == '/' &&
                        lw_path_parse_bytes(name->text, name->length - 1, &self->base_path, NULL);
}

static bool check_version(const LwValue *value, GError **error)
{
        LwValue number;

        if (!lw_value_convert(value, LW_TYPE_FLOAT, &number, error))
                return false;
        return number.number <= VERSION_MAX || malformed("a version that is not known", error);
}

/* Whether a field of this label can have such a value. */
static bool fits(const Reader *self, LwSenmlLabel label, const LwValue *value)
{
        if (label == LW_SENML_VALUE)
                return value->type == LW_TYPE_NONE || lw_type_is_number((LwType) value->type);
        if (label == LW_SENML_BOOLEAN)
                return value->type == LW_TYPE_BOOLEAN;
        if (label == LW_SENML_DATA && !self->json)
                return value->type == LW_TYPE_OPAQUE;
        return value->type == LW_TYPE_STRING;
}

static bool take_value(Reader *self, LwSenmlLabel label, const LwValue *value, GError **error)
{
        if (self->label != LW_SENML_UNKNOWN)
                return malformed("a record with more than one value", error);
        if (!fits(self, label, value))
                return malformed("a value of another type than its field's", error);
        self->label = label;
        self->value = *value;
        return true;
}

static bool take_field(Reader *self, LwSenmlLabel label, const LwValue *value, GError **error)
{
        switch (label) {
        case LW_SENML_BASE_NAME:
                if (!read_name(value, &self->base_name, error))
                        return false;
                prepare_base(self);
                return true;
        case LW_SENML_BASE_TIME:
                return lw_seconds_read(value, &self->base_time_usec, error);
        case LW_SENML_BASE_VALUE:
                return malformed("a base value, which is not supported", error);
        case LW_SENML_BASE_VERSION:
                return check_version(value, error);
        case LW_SENML_NAME:
                return read_name(value, &self->name, error);
        case LW_SENML_TIME:
                return lw_seconds_read(value, &self->time_usec, error);
        case LW_SENML_VALUE:
        case LW_SENML_STRING:
        case LW_SENML_BOOLEAN:
        case LW_SENML_DATA:
        case LW_SENML_LINK:
                return take_value(self, label, value, error);
        case LW_SENML_BASE_SUM:
        case LW_SENML_BASE_UNIT:
        case LW_SENML_UNIT:
        case LW_SENML_SUM:
        case LW_SENML_UPDATE_TIME:
        case LW_SENML_UNKNOWN:
                break;
        }
        return true;
}

/* One field whose label is `key`. */
static bool read_field(Reader *self, const LwToken *key, GError **error)
{
        LwSenmlLabel label = LW_SENML_UNKNOWN;
        LwToken token;
        unsigned bit;

        if (key->kind != LW_TOKEN_VALUE)
                return malformed("a label is no array and no map", error);
        if (!read_label(self, &key->value, &label, error))
                return false;
        if (!lw_tokens_next(self->tokens, &token, error))
                return false;
        if (label == LW_SENML_UNKNOWN)
                return lw_tokens_skip(self->tokens, &token, error);
        if (token.kind != LW_TOKEN_VALUE)
                return malformed("a field has a single value", error);
        bit = 1u << (label - LW_SENML_BASE_SUM);
        if (self->seen & bit)
                return malformed("a field that is there twice", error);
        self->seen |= bit;
        return take_field(self, label, &token.value, error);
}

/* Records */

/* The alternate path that names have to begin with, and that is no part of the path. */
static bool skip_prefix(const char *prefix, const char **text, size_t *length, GError **error)
{
        size_t skipped = prefix ? strlen(prefix) : 0;

        if (skipped > *length || (skipped > 0 && memcmp(*text, prefix, skipped) != 0))
                return malformed("a name without the alternate path", error);
        *text += skipped;
        *length -= skipped;
        return true;
}

static bool resolve_path(const Reader *self, LwPath *ret_path, GError **error)
{
        char text[LW_PATH_TEXT_MAX + LW_PREFIX_MAX];
        size_t base = self->base_name.length, name = self->name.length, length = base + name;
        const char *path = text;

        if (self->base_is_path && !self->intake.how->prefix &&
                        lw_path_parse_below(&self->base_path, self->name.text, name, ret_path))
                return true;
        if (base > sizeof(text) || name > sizeof(text) - base)
                return malformed("a name that is longer than any path", error);
        memcpy(text, self->base_name.text, base);
        memcpy(text + base, self->name.text, name);
        return skip_prefix(self->intake.how->prefix, &path, &length, error) &&
               lw_path_parse_bytes(path, length, ret_path, error);
}

/* The value in the type that its field shows. */
static bool show_value(Reader *self, LwValue *ret_value, GError **error)
{
        *ret_value = self->value;
        if (self->label == LW_SENML_LINK)
                return lw_value_convert(&self->value, LW_TYPE_OBJLNK, ret_value, error);
        if (self->label == LW_SENML_DATA && self->json) {
                self->decoded.length = 0;
                if (!lw_base64_read(&self->decoded, self->value.text, self->value.length))
                        return malformed("\"vd\" is base64url", error);
                *ret_value = lw_value_data(self->decoded.data, self->decoded.length);
        }
        return true;
}

static void set_time(Reader *self)
{
        int64_t usec = self->base_time_usec + self->time_usec;

        if (usec == 0)
                return;
        if (ABS(usec) < (int64_t) LW_SENML_ABSOLUTE_TIME * USEC_PER_SECOND)
                usec += self->intake.how->now_real_usec;
        lw_values_set_time(self->intake.values, lw_values_count(self->intake.values) - 1, usec);
}

static bool add_value(Reader *self, const LwPath *path, GError **error)
{
        LwValue value;

        if (!show_value(self, &value, error) || !lw_intake_add(&self->intake, path, &value, error))
                return false;
        set_time(self);
        return true;
}

/* A value for a path, or null: "remove it". */
static bool take_entry(Reader *self, const LwPath *path, GError **error)
{
        bool null = self->value.type == LW_TYPE_NONE;

        if (self->label == LW_SENML_UNKNOWN)
                return malformed("a record without a value", error);
        if (null && (!self->intake.how->nulls || path->length != LW_LEVEL_RESOURCE_INSTANCE))
                return malformed(
                                "null is for resource instances in an iPATCH of SenML-ETCH", error);
        switch (lw_intake_place(&self->intake, path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        return null ? lw_intake_add_none(&self->intake, path, error) : add_value(self, path, error);
}

static bool finish_record(Reader *self, GError **error)
{
        LwPath path;

        if (!resolve_path(self, &path, error))
                return false;
        if (!self->intake.how->paths_only)
                return take_entry(self, &path, error);
        if (self->label != LW_SENML_UNKNOWN)
                return malformed("a request for values that brings values", error);
        return lw_intake_add_none(&self->intake, &path, error);
}

static bool read_record(Reader *self, GError **error)
{
        self->seen = 0;
        self->label = LW_SENML_UNKNOWN;
        self->name = lw_value_string("");
        self->time_usec = 0;
        for (;;) {
                LwToken key;

                if (!lw_tokens_next(self->tokens, &key, error))
                        return false;
                if (key.kind == LW_TOKEN_CLOSE)
                        return finish_record(self, error);
                if (!read_field(self, &key, error))
                        return false;
        }
}

static bool read_pack(Reader *self, GError **error)
{
        bool empty = true;
        LwToken token;

        if (!lw_tokens_next(self->tokens, &token, error))
                return false;
        if (token.kind != LW_TOKEN_ARRAY)
                return malformed("a pack is an array of records", error);
        for (;; empty = false) {
                if (!lw_tokens_next(self->tokens, &token, error))
                        return false;
                if (token.kind == LW_TOKEN_CLOSE)
                        break;
                if (token.kind != LW_TOKEN_MAP)
                        return malformed("a record is a map", error);
                if (!read_record(self, error))
                        return false;
        }
        return lw_tokens_next(self->tokens, &token, error) && /* nothing but the end can follow */
               (!empty || lw_intake_nothing(&self->intake, error));
}

static bool decode(LwTokens *tokens, bool json, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        Reader self = {
                .tokens = tokens,
                .intake = lw_intake(how, ret_values),
                .json = json,
                .base_name = lw_value_string(""),
        };
        bool ok = length == 0 ? lw_intake_nothing(&self.intake, error) : read_pack(&self, error);

        lw_writer_clear(&self.decoded);
        return ok;
}

bool lw_senml_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        g_auto(LwJson) json;

        lw_json_init(&json, data, length);
        return decode(&json.tokens, true, length, how, ret_values, error);
}

bool lw_senml_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        g_auto(LwCbor) cbor;

        lw_cbor_init(&cbor, data, length);
        return decode(&cbor.tokens, false, length, how, ret_values, error);
}

static bool is_composite(const LwDecode *how, GError **error)
{
        return how->paths_only || how->nulls ||
               fail(LW_STATUS_UNSUPPORTED_FORMAT, "SenML-ETCH is for composite operations", error);
}

bool lw_etch_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        return is_composite(how, error) &&
               lw_senml_json_decode(data, length, how, ret_values, error);
}

bool lw_etch_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        return is_composite(how, error) &&
               lw_senml_cbor_decode(data, length, how, ret_values, error);
}
