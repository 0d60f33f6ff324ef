/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as tokens. */
#include "codec/json.h"

#include <string.h>

#include "model/number.h"
#include "model/status.h"

static bool fail(const LwJson *self, LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "JSON, byte %td: %s", self->next - self->text,
                        what);
        return false;
}

static bool malformed(const LwJson *self, const char *what, GError **error)
{
        return fail(self, LW_STATUS_BAD_REQUEST, what, error);
}

static void skip_space(LwJson *self)
{
        while (self->next < self->end &&
                        (*self->next == ' ' || *self->next == '\t' || *self->next == '\n' ||
                                        *self->next == '\r'))
                self->next++;
}

static bool skip_char(LwJson *self, char c)
{
        if (self->next == self->end || *self->next != c)
                return false;
        self->next++;
        return true;
}

/* Strings */

static bool read_hex(LwJson *self, uint32_t *ret_unit, GError **error)
{
        uint32_t unit = 0;

        if (self->end - self->next < 4)
                return malformed(self, "the text ends in an escape", error);
        for (int i = 0; i < 4; i++, self->next++) {
                int digit = g_ascii_xdigit_value(*self->next);

                if (digit < 0)
                        return malformed(self, "\\u wants four hexadecimal digits", error);
                unit = unit << 4 | (uint32_t) digit;
        }
        *ret_unit = unit;
        return true;
}

/* What follows "\u": one unit, or two that make a character beyond 16 bits. */
static bool read_unicode(LwJson *self, GError **error)
{
        uint32_t unit = 0, low = 0;

        if (!read_hex(self, &unit, error))
                return false;
        if (unit >= 0xd800 && unit < 0xdc00) {
                if (!skip_char(self, '\\') || !skip_char(self, 'u'))
                        return malformed(self, "half of a surrogate pair", error);
                if (!read_hex(self, &low, error))
                        return false;
                if (low < 0xdc00 || low > 0xdfff)
                        return malformed(self, "half of a surrogate pair", error);
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        } else if (unit >= 0xdc00 && unit <= 0xdfff) {
                return malformed(self, "half of a surrogate pair", error);
        }
        if (unit == 0)
                return malformed(self, "a string cannot have a NUL", error);
        self->decoded_length +=
                        (size_t) g_unichar_to_utf8(unit, self->decoded + self->decoded_length);
        return true;
}

static bool read_escape(LwJson *self, GError **error)
{
        static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
        const char *escape;

        if (self->next == self->end)
                return malformed(self, "the text ends in an escape", error);
        if (skip_char(self, 'u'))
                return read_unicode(self, error);
        escape = memchr(escapes, *self->next, sizeof(escapes) - 1);
        if (!escape)
                return malformed(self, "an unknown escape", error);
        self->decoded[self->decoded_length++] = meanings[escape - escapes];
        self->next++;
        return true;
}

/* Up to what ends a run of plain characters: a quote, a backslash, or what must not be there. */
static const char *find_special(const LwJson *self, bool *ret_ascii)
{
        static const bool special[256] = { [0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true };
        const char *at = self->next, *end = self->end;
        unsigned char high = 0;

        for (; at < end && !special[(unsigned char) *at]; at++)
                high |= (unsigned char) *at;
        *ret_ascii = high < 0x80;
        return at;
}

/* A string that has escapes, from the first of them on; `start` is where it begins. */
static bool decode_string(LwJson *self, const char *start, LwValue *ret_value, GError **error)
{
        size_t begin;

        if (!self->decoded)
                self->decoded = g_malloc((size_t) (self->end - start) + 1);
        begin = self->decoded_length;
        for (;;) {
                size_t length = (size_t) (self->next - start);
                bool ascii;

                memcpy(self->decoded + self->decoded_length, start, length);
                self->decoded_length += length;
                if (!skip_char(self, '\\'))
                        break;
                if (!read_escape(self, error))
                        return false;
                start = self->next;
                self->next = find_special(self, &ascii);
        }
        *ret_value = lw_value_data(self->decoded + begin, self->decoded_length - begin);
        return true;
}

/* A string behind its opening quote. */
static bool read_string(LwJson *self, LwToken *ret_token, GError **error)
{
        const char *start = self->next;
        LwValue *value = &ret_token->value;
        bool ascii;

        self->next = find_special(self, &ascii);
        if (self->next < self->end && *self->next == '\\') {
                if (!decode_string(self, start, value, error))
                        return false;
                ascii = false;
        } else {
                *value = lw_value_data(start, (size_t) (self->next - start));
        }
        if (self->next < self->end && (unsigned char) *self->next < ' ')
                return malformed(self, "a control character in a string", error);
        if (!skip_char(self, '"'))
                return malformed(self, "a string without its closing quote", error);
        value->type = LW_TYPE_STRING;
        ret_token->kind = LW_TOKEN_VALUE;
        return ascii || g_utf8_validate_len(value->text, value->length, NULL) ||
               malformed(self, "a string that is not UTF-8", error);
}

/* Numbers and words */

static bool skip_digits(LwJson *self)
{
        const char *start = self->next;

        while (self->next < self->end && g_ascii_isdigit(*self->next))
                self->next++;
        return self->next > start;
}

/* Steps over a number as RFC 8259, 6 has it: stricter than ours, no "01". */
static bool skip_number(LwJson *self, bool *ret_integer)
{
        *ret_integer = true;
        skip_char(self, '-');
        if (!skip_char(self, '0') && !skip_digits(self))
                return false;
        if (skip_char(self, '.')) {
                *ret_integer = false;
                if (!skip_digits(self))
                        return false;
        }
        if (skip_char(self, 'e') || skip_char(self, 'E')) {
                *ret_integer = false;
                if (!skip_char(self, '+'))
                        skip_char(self, '-');
                if (!skip_digits(self))
                        return false;
        }
        return true;
}

static bool read_number(LwJson *self, LwValue *value, GError **error)
{
        const char *start = self->next;
        size_t length;
        bool integer;

        if (!skip_number(self, &integer))
                return malformed(self, "not a number", error);
        length = (size_t) (self->next - start);
        if (integer && lw_number_parse_integer(start, length, &value->integer))
                value->type = LW_TYPE_INTEGER;
        else if (integer && lw_number_parse_unsigned(start, length, &value->unsigned_integer))
                value->type = LW_TYPE_UNSIGNED;
        else if (lw_number_parse_float(start, length, &value->number))
                value->type = LW_TYPE_FLOAT;
        else
                return malformed(self, "a number out of range", error);
        /* the one sign that an integer would lose, and the one integer that rounding would bring in
         */
        if (value->type == LW_TYPE_INTEGER && value->integer == 0 && *start == '-')
                *value = lw_value_float(-0.0);
        if (integer && value->type == LW_TYPE_FLOAT && value->number == -0x1p63)
                return malformed(self, "a number out of range", error);
        return true;
}

static bool skip_word(LwJson *self, const char *word)
{
        size_t length = strlen(word);

        if ((size_t) (self->end - self->next) < length || memcmp(self->next, word, length) != 0)
                return false;
        self->next += length;
        return true;
}

static bool read_scalar(LwJson *self, LwToken *ret_token, GError **error)
{
        ret_token->kind = LW_TOKEN_VALUE;
        ret_token->value = lw_value_none();
        if (*self->next == '-' || g_ascii_isdigit(*self->next))
                return read_number(self, &ret_token->value, error);
        if (skip_word(self, "true"))
                ret_token->value = lw_value_boolean(true);
        else if (skip_word(self, "false"))
                ret_token->value = lw_value_boolean(false);
        else if (!skip_word(self, "null"))
                return malformed(self, "a value was expected", error);
        return true;
}

/* Structure */

static bool open_frame(LwJson *self, bool map, LwToken *ret_token, GError **error)
{
        if (self->depth == LW_JSON_DEPTH_MAX)
                return fail(self, LW_STATUS_TOO_LARGE, "nested too deep", error);
        self->frames[self->depth++] = (LwJsonFrame){ .map = map };
        ret_token->kind = map ? LW_TOKEN_MAP : LW_TOKEN_ARRAY;
        return true;
}

static bool read_value(LwJson *self, LwToken *ret_token, GError **error)
{
        if (self->next == self->end)
                return malformed(self, "the text ends too early", error);
        if (skip_char(self, '"'))
                return read_string(self, ret_token, error);
        if (skip_char(self, '{'))
                return open_frame(self, true, ret_token, error);
        if (skip_char(self, '['))
                return open_frame(self, false, ret_token, error);
        return read_scalar(self, ret_token, error);
}

/* The next token within the innermost object or array. */
static bool read_inside(LwJson *self, LwToken *ret_token, GError **error)
{
        LwJsonFrame *frame = &self->frames[self->depth - 1];

        if (frame->after_key) {
                if (!skip_char(self, ':'))
                        return malformed(self, "expected ':' behind a name", error);
                frame->after_key = false;
                skip_space(self);
                return read_value(self, ret_token, error);
        }
        if (skip_char(self, frame->map ? '}' : ']')) {
                ret_token->kind = LW_TOKEN_CLOSE;
                self->depth--;
                return true;
        }
        if (frame->begun) {
                if (!skip_char(self, ','))
                        return malformed(self, "expected ',' or the end of an array or object",
                                        error);
                skip_space(self);
        }
        frame->begun = true;
        if (!frame->map)
                return read_value(self, ret_token, error);
        frame->after_key = true;
        return skip_char(self, '"') ? read_string(self, ret_token, error)
                                    : malformed(self, "expected a name in quotes", error);
}

static bool next(LwTokens *tokens, LwToken *ret_token, GError **error)
{
        LwJson *self = (LwJson *) tokens;

        skip_space(self);
        if (self->depth > 0)
                return read_inside(self, ret_token, error);
        if (!self->started) {
                self->started = true;
                return read_value(self, ret_token, error);
        }
        if (self->next < self->end)
                return malformed(self, "more behind the end of the document", error);
        ret_token->kind = LW_TOKEN_END;
        return true;
}

void lw_json_init(LwJson *self, const uint8_t *data, size_t length)
{
        self->tokens.next = next;
        self->text = self->next = length > 0 ? (const char *) data : "";
        self->end = self->text + length;
        self->decoded = NULL;
        self->decoded_length = 0;
        self->started = false;
        self->depth = 0;
}

void lw_json_clear(LwJson *self)
{
        g_clear_pointer(&self->decoded, g_free);
}
