/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoRE link format, for Register, Update and Discover. */
#include "codec/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/limits.h"
#include "model/status.h"

/* Writing */

/* What may stand in a path unescaped. Source: RFC 3986, 3.3 (pchar). */
static bool is_path_char(char c)
{
        return g_ascii_isalnum(c) || (c != '\0' && strchr("/-._~!$&'()*+,;=:@", c));
}

void lw_link_write(LwWriter *writer, const char *target)
{
        static const char digits[] = "0123456789ABCDEF";
        uint8_t *start = lw_writer_reserve(writer, 3 * strlen(target) + 3), *end = start;

        if (writer->length > 0)
                *end++ = ',';
        *end++ = '<';
        for (; *target; target++) {
                uint8_t c = (uint8_t) *target;

                if (is_path_char(*target)) {
                        *end++ = c;
                        continue;
                }
                *end++ = '%';
                *end++ = (uint8_t) digits[c >> 4];
                *end++ = (uint8_t) digits[c & 15];
        }
        *end++ = '>';
        writer->length += (size_t) (end - start);
}

void lw_link_write_token(LwWriter *writer, const char *name, const char *value)
{
        lw_writer_u8(writer, ';');
        lw_writer_text(writer, name);
        if (value) {
                lw_writer_u8(writer, '=');
                lw_writer_text(writer, value);
        }
}

void lw_link_write_number(LwWriter *writer, const char *name, uint64_t value)
{
        char text[21];

        snprintf(text, sizeof(text), "%" PRIu64, value);
        lw_link_write_token(writer, name, text);
}

void lw_link_write_quoted(LwWriter *writer, const char *name, const char *value)
{
        lw_link_write_token(writer, name, "\"");
        for (; *value; value++) {
                if (*value == '"' || *value == '\\')
                        lw_writer_u8(writer, '\\');
                lw_writer_u8(writer, (uint8_t) *value);
        }
        lw_writer_u8(writer, '"');
}

/* Reading */

/**
 * Parser: the document, and the link that is being read.
 *
 * Shape: `next` runs from `text` to `end`. What the handler gets lies in `storage`, each piece with
 *        a NUL; no link needs more there than it has characters, as each piece had a delimiter.
 */
typedef struct Parser {
        const char *text, *next, *end;
        char *storage;
        size_t stored;
        const char *names[LW_LINK_ATTRIBUTES_MAX];
        const char *values[LW_LINK_ATTRIBUTES_MAX];
        size_t count;
} Parser;

static bool fail(const Parser *self, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "link format, byte %td: %s",
                        self->next - self->text, what);
        return false;
}

static void skip_space(Parser *self)
{
        while (self->next < self->end && strchr(" \t\r\n", *self->next) && *self->next != '\0')
                self->next++;
}

static bool skip_char(Parser *self, char c)
{
        if (self->next == self->end || *self->next != c)
                return false;
        self->next++;
        return true;
}

static void store(Parser *self, char c)
{
        self->storage[self->stored++] = c;
}

/* Ends the piece that began at `start`; what a peer puts there must be text. */
static bool finish(Parser *self, size_t start, const char **ret_text, GError **error)
{
        if (!g_utf8_validate(self->storage + start, (gssize) (self->stored - start), NULL))
                return fail(self, "not UTF-8, or a NUL character", error);
        store(self, '\0');
        *ret_text = self->storage + start;
        return true;
}

/* One character of a target, percent-decoded where it is so encoded. */
static bool read_target_char(Parser *self, char *ret_char, GError **error)
{
        char c = *self->next;

        if (g_ascii_iscntrl(c) || c == ' ' || c == '<' || c == '"')
                return fail(self, "a character that a link target cannot have", error);
        if (c == '%') {
                if (self->end - self->next < 3 || !g_ascii_isxdigit(self->next[1]) ||
                                !g_ascii_isxdigit(self->next[2]))
                        return fail(self, "'%' without two hexadecimal digits", error);
                c = (char) (g_ascii_xdigit_value(self->next[1]) << 4 |
                                g_ascii_xdigit_value(self->next[2]));
                self->next += 2;
        }
        self->next++;
        *ret_char = c;
        return true;
}

static bool read_target(Parser *self, const char **ret_target, GError **error)
{
        size_t start = self->stored;

        if (!skip_char(self, '<'))
                return fail(self, "expected '<' where a link begins", error);
        if (self->next < self->end && *self->next != '/')
                store(self, '/'); /* "<3/0>" */
        while (self->next < self->end && *self->next != '>') {
                char c = '\0';

                if (!read_target_char(self, &c, error))
                        return false;
                store(self, c);
        }
        if (!skip_char(self, '>'))
                return fail(self, "a link target without its '>'", error);
        while (self->stored > start + 1 && self->storage[self->stored - 1] == '/')
                self->stored--; /* "</0/1/>" */
        return finish(self, start, ret_target, error);
}

static bool is_token_char(char c)
{
        return !g_ascii_iscntrl(c) && c != '\0' && !strchr(" ,;=<>\"", c);
}

static bool read_quoted(Parser *self, const char **ret_value, GError **error)
{
        size_t start = self->stored;

        while (self->next < self->end && *self->next != '"') {
                if (*self->next == '\\' && ++self->next == self->end)
                        break;
                store(self, *self->next++);
        }
        if (!skip_char(self, '"'))
                return fail(self, "a quoted value without its closing quote", error);
        return finish(self, start, ret_value, error);
}

static bool read_token(Parser *self, const char *what, const char **ret_token, GError **error)
{
        size_t start = self->stored;

        while (self->next < self->end && is_token_char(*self->next))
                store(self, *self->next++);
        if (self->stored == start)
                return fail(self, what, error);
        return finish(self, start, ret_token, error);
}

static bool read_attribute(Parser *self, GError **error)
{
        const char *value = NULL;

        if (self->count == LW_LINK_ATTRIBUTES_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "link format: more than %d attributes at one link",
                                LW_LINK_ATTRIBUTES_MAX);
                return false;
        }
        if (!read_token(self, "an attribute without a name", &self->names[self->count], error))
                return false;
        if (skip_char(self, '=')) {
                bool ok = skip_char(self, '"') ? read_quoted(self, &value, error)
                                               : read_token(self, "an attribute without its value",
                                                                 &value, error);

                if (!ok)
                        return false;
        }
        self->values[self->count++] = value;
        return true;
}

static bool read_link(Parser *self, LwLinkHandler handler, void *user, GError **error)
{
        const char *target = NULL;

        self->stored = 0;
        self->count = 0;
        if (!read_target(self, &target, error))
                return false;
        skip_space(self);
        while (skip_char(self, ';')) {
                skip_space(self);
                if (!read_attribute(self, error))
                        return false;
                skip_space(self);
        }
        return handler(user, target, self->names, self->values, self->count, error);
}

bool lw_link_parse(
                const char *text, size_t length, LwLinkHandler handler, void *user, GError **error)
{
        g_autofree char *storage = g_malloc(length + 2);
        Parser self = { .storage = storage };

        /* no bytes may have no address either */
        self.text = self.next = length > 0 ? text : "";
        self.end = self.text + length;
        skip_space(&self);
        for (size_t links = 0; self.next < self.end; links++) {
                if (links == LW_LINKS_MAX) {
                        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                        "link format: more than %d links", LW_LINKS_MAX);
                        return false;
                }
                if (!read_link(&self, handler, user, error))
                        return false;
                if (self.next == self.end)
                        break;
                if (!skip_char(&self, ','))
                        return fail(&self, "expected ',' or ';' behind a link", error);
                skip_space(&self);
        }
        return true;
}
