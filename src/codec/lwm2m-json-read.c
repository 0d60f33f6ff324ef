/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON of LwM2M 1.0, read. */
#include <string.h>

#include "codec/base64.h"
#include "codec/intake.h"
#include "codec/json.h"
#include "codec/lwm2m-json.h"
#include "codec/seconds.h"
#include "model/status.h"

/* Field: what stands in an entry, or around all entries. */
typedef enum Field {
        FIELD_NAME,
        FIELD_TIME,
        FIELD_NUMBER,
        FIELD_BOOLEAN,
        FIELD_STRING,
        FIELD_LINK,
        FIELD_BASE_NAME,
        FIELD_BASE_TIME,
        FIELD_ENTRIES,
        FIELD_UNKNOWN,
} Field;

/* Reader: one document. */
typedef struct Reader {
        LwJson json;
        LwJson ahead; /* what looks for a base name behind the entries; holds the text that it found
                       */
        LwIntake intake;
        size_t first; /* the values of this document begin here */
        LwPath base;
        bool has_base_name;
        bool has_slash; /* at its end */
        bool has_entries;
        bool has_times;
        int64_t base_time_usec;
        LwWriter decoded; /* of base64, of one value */
        /* the entry that is being read */
        unsigned seen; /* one bit a field */
        Field label;   /* of its value */
        LwValue value;
        LwValue name;
        int64_t time_usec;
} Reader;

static bool fail(LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "LwM2M JSON: %s", what);
        return false;
}

static bool malformed(const char *what, GError **error)
{
        return fail(LW_STATUS_BAD_REQUEST, what, error);
}

/* The key of a field; what does not fit where it stands is not known there. */
static Field field_of(const LwValue *key, bool in_entry)
{
        static const struct {
                char name[3];
                bool in_entry;
        } fields[] = {
                [FIELD_NAME] = { "n", true },
                [FIELD_TIME] = { "t", true },
                [FIELD_NUMBER] = { "v", true },
                [FIELD_BOOLEAN] = { "bv", true },
                [FIELD_STRING] = { "sv", true },
                [FIELD_LINK] = { "ov", true },
                [FIELD_BASE_NAME] = { "bn", false },
                [FIELD_BASE_TIME] = { "bt", false },
                [FIELD_ENTRIES] = { "e", false },
        };

        if (key->length == 0 || key->length >= sizeof(fields[0].name))
                return FIELD_UNKNOWN;
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
                if (fields[i].in_entry == in_entry &&
                                strncmp(fields[i].name, key->text, key->length) == 0 &&
                                fields[i].name[key->length] == '\0')
                        return (Field) i;
        return FIELD_UNKNOWN;
}

/* Names */

/* "/3/0/" or "/3/0", as peers send both. */
static bool take_base_name(Reader *self, const LwValue *name, GError **error)
{
        size_t length = name->length;

        if (name->type != LW_TYPE_STRING)
                return malformed("a base name is a string", error);
        if (length == 0) /* as good as none */
                return true;
        self->has_slash = name->text[length - 1] == '/';
        if (self->has_slash && length > 1)
                length--;
        self->has_base_name = true;
        return lw_path_parse_bytes(name->text, length, &self->base, error);
}

/* The base name and the name, joined as they are, or with the slash that neither has. */
static bool resolve_path(const Reader *self, LwPath *ret_path, GError **error)
{
        const char *text = self->name.text;
        size_t length = self->name.length;

        if (length == 0) {
                *ret_path = self->base;
                return true;
        }
        if (text[0] == '/' && !self->has_base_name)
                return lw_path_parse_bytes(text, length, ret_path, error);
        if (text[0] == '/' && !self->has_slash) {
                text++;
                length--;
        }
        return lw_path_parse_below(&self->base, text, length, ret_path) ||
               malformed("a name is made of ids from 0 to 65534, like \"6/0\"", error);
}

/* Entries */

static bool take_value(Reader *self, Field label, const LwValue *value, GError **error)
{
        bool fits = label == FIELD_NUMBER    ? lw_type_is_number((LwType) value->type)
                    : label == FIELD_BOOLEAN ? value->type == LW_TYPE_BOOLEAN
                                             : value->type == LW_TYPE_STRING;

        if (self->label != FIELD_UNKNOWN)
                return malformed("an entry with more than one value", error);
        if (!fits)
                return malformed("a value of another type than its field's", error);
        self->label = label;
        self->value = *value;
        return true;
}

static bool take_field(Reader *self, Field field, const LwValue *value, GError **error)
{
        switch (field) {
        case FIELD_NAME:
                self->name = *value;
                return value->type == LW_TYPE_STRING || malformed("a name is a string", error);
        case FIELD_TIME:
                return lw_seconds_read(value, &self->time_usec, error);
        case FIELD_NUMBER:
        case FIELD_BOOLEAN:
        case FIELD_STRING:
        case FIELD_LINK:
                return take_value(self, field, value, error);
        case FIELD_BASE_NAME:
                return take_base_name(self, value, error);
        case FIELD_BASE_TIME:
                return lw_seconds_read(value, &self->base_time_usec, error);
        case FIELD_ENTRIES:
        case FIELD_UNKNOWN:
                break;
        }
        return true;
}

static bool mark_seen(unsigned *seen, Field field, GError **error)
{
        unsigned bit = 1u << field;

        if (*seen & bit)
                return malformed("a field that is there twice", error);
        *seen |= bit;
        return true;
}

/* The rest of a field whose key said what it is. */
static bool read_field(Reader *self, LwTokens *tokens, Field field, unsigned *seen, GError **error)
{
        LwToken token;

        if (!lw_tokens_next(tokens, &token, error))
                return false;
        if (field == FIELD_UNKNOWN)
                return lw_tokens_skip(tokens, &token, error);
        if (token.kind != LW_TOKEN_VALUE)
                return malformed("a field has a single value", error);
        return mark_seen(seen, field, error) && take_field(self, field, &token.value, error);
}

/* The value in the type that its field shows, or that the definition knows. */
static bool show_value(Reader *self, LwValue *ret_value, GError **error)
{
        const LwResourceDef *resource = self->intake.resource;

        *ret_value = self->value;
        if (self->label == FIELD_LINK)
                return lw_value_convert(&self->value, LW_TYPE_OBJLNK, ret_value, error);
        if (self->label == FIELD_STRING && resource && resource->type == LW_TYPE_OPAQUE) {
                self->decoded.length = 0;
                if (!lw_base64_read(&self->decoded, self->value.text, self->value.length))
                        return malformed("opaque bytes are base64", error);
                *ret_value = lw_value_data(self->decoded.data, self->decoded.length);
        }
        return true;
}

static bool add_value(Reader *self, const LwPath *path, GError **error)
{
        LwValue value;

        if (!show_value(self, &value, error) || !lw_intake_add(&self->intake, path, &value, error))
                return false;
        if (self->time_usec == 0)
                return true;
        self->has_times = true;
        lw_values_set_time(self->intake.values, lw_values_count(self->intake.values) - 1,
                        self->time_usec);
        return true;
}

static bool finish_entry(Reader *self, GError **error)
{
        LwPath path;

        if (self->label == FIELD_UNKNOWN)
                return malformed("an entry without a value", error);
        if (!resolve_path(self, &path, error))
                return false;
        switch (lw_intake_place(&self->intake, &path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        return add_value(self, &path, error);
}

static bool read_entry(Reader *self, GError **error)
{
        LwTokens *tokens = &self->json.tokens;

        self->seen = 0;
        self->label = FIELD_UNKNOWN;
        self->name = lw_value_string("");
        self->time_usec = 0;
        for (;;) {
                LwToken key;

                if (!lw_tokens_next(tokens, &key, error))
                        return false;
                if (key.kind == LW_TOKEN_CLOSE)
                        return finish_entry(self, error);
                if (!read_field(self, tokens, field_of(&key.value, true), &self->seen, error))
                        return false;
        }
}

/* Documents */

/* The base name stands mostly before the entries, but need not. `token` begins the entries. */
static bool look_ahead(Reader *self, const LwToken *token, GError **error)
{
        LwTokens *tokens = &self->ahead.tokens;
        LwToken key;

        self->ahead = self->json;
        self->ahead.decoded = NULL; /* it has its own */
        self->ahead.decoded_length = 0;
        if (!lw_tokens_skip(tokens, token, error))
                return false;
        for (;;) {
                unsigned seen = 0;
                Field field;

                if (!lw_tokens_next(tokens, &key, error))
                        return false;
                if (key.kind == LW_TOKEN_CLOSE)
                        return true;
                field = field_of(&key.value, false);
                if (field == FIELD_BASE_NAME)
                        return read_field(self, tokens, field, &seen, error);
                if (!read_field(self, tokens, FIELD_UNKNOWN, &seen, error))
                        return false;
        }
}

static bool read_entries(Reader *self, bool has_base_name, GError **error)
{
        LwToken token;

        if (!lw_tokens_next(&self->json.tokens, &token, error))
                return false;
        if (token.kind != LW_TOKEN_ARRAY)
                return malformed("\"e\" is an array of entries", error);
        if (!has_base_name && !look_ahead(self, &token, error))
                return false;
        for (;; self->has_entries = true) {
                if (!lw_tokens_next(&self->json.tokens, &token, error))
                        return false;
                if (token.kind == LW_TOKEN_CLOSE)
                        return true;
                if (token.kind != LW_TOKEN_MAP)
                        return malformed("an entry is an object", error);
                if (!read_entry(self, error))
                        return false;
        }
}

/* The base time may come last: until then the entries have only theirs. */
static void resolve_times(const Reader *self)
{
        LwValues *values = self->intake.values;

        if (self->base_time_usec == 0 && !self->has_times)
                return;
        for (size_t i = self->first; i < lw_values_count(values); i++) {
                int64_t usec = self->base_time_usec + lw_values_time(values, i);

                if (usec < 0)
                        usec += self->intake.how->now_real_usec;
                lw_values_set_time(values, i, usec);
        }
}

static bool read_document(Reader *self, GError **error)
{
        LwTokens *tokens = &self->json.tokens;
        unsigned seen = 0;
        LwToken key;

        if (!lw_tokens_next(tokens, &key, error))
                return false;
        if (key.kind != LW_TOKEN_MAP)
                return malformed("a document is an object", error);
        for (;;) {
                Field field;
                bool ok;

                if (!lw_tokens_next(tokens, &key, error))
                        return false;
                if (key.kind == LW_TOKEN_CLOSE)
                        break;
                field = field_of(&key.value, false);
                ok = field == FIELD_ENTRIES
                                     ? mark_seen(&seen, field, error) &&
                                                       read_entries(self,
                                                                       seen & 1u << FIELD_BASE_NAME,
                                                                       error)
                                     : read_field(self, tokens, field, &seen, error);
                if (!ok)
                        return false;
        }
        if (!(seen & 1u << FIELD_ENTRIES))
                return malformed("a document without \"e\", its entries", error);
        return lw_tokens_next(tokens, &key, error); /* nothing but the end can follow */
}

bool lw_lwm2m_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        Reader self = {
                .intake = lw_intake(how, ret_values),
                .first = lw_values_count(ret_values),
                .base = how->base,
        };
        bool ok;

        if (how->paths_only || how->base.length == LW_LEVEL_ROOT)
                return fail(LW_STATUS_UNSUPPORTED_FORMAT, "not for a composite operation", error);
        lw_json_init(&self.json, data, length);
        ok = length == 0 || read_document(&self, error);
        if (ok && !self.has_entries)
                ok = lw_intake_nothing(&self.intake, error);
        if (ok)
                resolve_times(&self);
        lw_writer_clear(&self.decoded);
        lw_json_clear(&self.json);
        lw_json_clear(&self.ahead);
        return ok;
}
