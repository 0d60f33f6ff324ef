/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPath: the address of a node in the tree of objects. */
#include "model/path.h"

#include <string.h>

#include "base/quote.h"
#include "model/status.h"

/* Takes the digits of an id at `*at`, as many as there are; false where they make none. */
static inline bool take_id(const char **at, const char *end, uint16_t *ret_id)
{
        const char *start = *at;
        unsigned id = 0;

        for (; *at < end && g_ascii_isdigit(**at) && *at - start <= 5; (*at)++)
                id = id * 10 + (unsigned) (**at - '0');
        if (*at == start || (*start == '0' && *at - start > 1) || id > LW_ID_MAX)
                return false;
        *ret_id = (uint16_t) id;
        return true;
}

bool lw_id_parse(const char *text, size_t length, uint16_t *ret_id)
{
        const char *at = text;
        uint16_t id;

        if (!take_id(&at, text + length, &id) || at != text + length)
                return false;
        *ret_id = id;
        return true;
}

static bool refuse(const char *text, size_t length, const char *reason, GError **error)
{
        g_autofree char *quoted = lw_quote(text, length);

        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "path %s %s", quoted, reason);
        return false;
}

bool lw_path_parse_bytes(const char *text, size_t length, LwPath *ret_path, GError **error)
{
        const char *end = text + length, *at = text;
        LwPath path = {};

        if (length == 0 || *text != '/')
                return refuse(text, length, "does not start with '/'", error);
        if (length == 1) {
                *ret_path = path;
                return true;
        }
        while (at < end) {
                const char *id = at + 1;

                at = memchr(id, '/', (size_t) (end - id));
                if (at == NULL)
                        at = end;
                if (path.length == G_N_ELEMENTS(path.ids))
                        return refuse(text, length, "has more than four ids", error);
                if (!lw_id_parse(id, (size_t) (at - id), &path.ids[path.length]))
                        return refuse(text, length,
                                        "is not made of ids from 0 to 65534, like '/3/0/9'", error);
                path.length++;
                if (at + 1 == end)
                        return refuse(text, length, "ends in '/'", error);
        }
        *ret_path = path;
        return true;
}

bool lw_path_parse_below(const LwPath *parent, const char *text, size_t length, LwPath *ret_path)
{
        const char *at = text, *end = text + length;
        LwPath path = *parent;

        while (path.length < G_N_ELEMENTS(path.ids) && take_id(&at, end, &path.ids[path.length])) {
                path.length++;
                if (at == end) {
                        *ret_path = path;
                        return true;
                }
                if (*at++ != '/')
                        return false;
        }
        return false;
}

bool lw_path_parse(const char *text, LwPath *ret_path, GError **error)
{
        return lw_path_parse_bytes(text, strlen(text), ret_path, error);
}

static char *print_id(char *at, unsigned id)
{
        char digits[5];
        unsigned count = 0;

        do {
                digits[count++] = (char) ('0' + id % 10);
                id /= 10;
        } while (id > 0);
        while (count > 0)
                *at++ = digits[--count];
        return at;
}

size_t lw_path_print(const LwPath *self, char text[static LW_PATH_TEXT_MAX])
{
        char *at = text;

        if (self->length == 0)
                *at++ = '/';
        for (unsigned i = 0; i < self->length; i++) {
                *at++ = '/';
                at = print_id(at, self->ids[i]);
        }
        *at = '\0';
        return (size_t) (at - text);
}

size_t lw_path_print_below(const LwPath *self, unsigned level, char text[static LW_PATH_TEXT_MAX])
{
        char *at = text;

        for (unsigned i = level; i < self->length; i++) {
                if (i > level)
                        *at++ = '/';
                at = print_id(at, self->ids[i]);
        }
        *at = '\0';
        return (size_t) (at - text);
}

LwPath lw_path_prefix(const LwPath *self, unsigned length)
{
        LwPath path = *self;

        g_assert(length <= path.length);
        while (path.length > length)
                path.ids[--path.length] = 0;
        return path;
}
