/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client's methods take and give: values, paths, links. */
#include "testserver/face-values.h"

#include <string.h>

#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"

#define ARRAY "a{qv}"

/* Values to write */

/* The type that the variant itself shows; a string is text, as we know no better. */
static LwType guess_type(const char *signature)
{
        switch (signature[0]) {
        case 't':
                return LW_TYPE_UNSIGNED;
        case 'd':
                return LW_TYPE_FLOAT;
        case 'b':
                return LW_TYPE_BOOLEAN;
        case 's':
                return LW_TYPE_STRING;
        case '(':
                return LW_TYPE_OBJLNK;
        case 'a':
        case 'h':
                return LW_TYPE_OPAQUE;
        default:
                return LW_TYPE_INTEGER;
        }
}

/*
 * What the resource is, as far as writing needs it. An executable is taken for what was given: the
 * client is to refuse it, not we.
 */
static LwResourceDef describe(LwRegistry *registry, const LwPath *path, const char *signature)
{
        const LwResourceDef *known = lw_registry_resource(registry, path->ids[0], path->ids[2]);
        bool is_array = strcmp(signature, ARRAY) == 0;
        LwResourceDef def = { .id = path->ids[2], .operations = LW_READABLE | LW_WRITABLE };

        if (known != NULL && known->type != LW_TYPE_NONE) {
                def.type = known->type;
                def.multiple = known->multiple;
                return def;
        }
        def.type = is_array ? LW_TYPE_STRING : guess_type(signature);
        def.multiple = is_array || path->length == LW_LEVEL_RESOURCE_INSTANCE;
        return def;
}

static bool fail_bus(GError **error, int r)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "the message cannot be read: %s",
                        g_strerror(-r));
        return false;
}

static bool read_one(sd_bus_message *m, const LwPath *path, const char *signature,
                LwRegistry *registry, LwValues *values, GError **error)
{
        LwResourceDef def = describe(registry, path, signature);

        return lw_variant_read(m, path, &def, LW_VARIANT_PERSON, values, error);
}

/* Gives 1 for an element, 0 behind the last, or a negative errno (-1 with `error` set). */
static int read_element(sd_bus_message *m, const LwPath *resource, LwRegistry *registry,
                LwValues *values, GError **error)
{
        const char *signature;
        LwPath path;
        uint16_t id;
        int r = sd_bus_message_enter_container(m, 'e', "qv");

        if (r <= 0)
                return r;
        r = sd_bus_message_read_basic(m, 'q', &id);
        if (r < 0 || (r = sd_bus_message_peek_type(m, NULL, &signature)) < 0)
                return r;
        path = lw_path_child(resource, id);
        if (id > LW_ID_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%u is no id; those are 0 to %d", id, LW_ID_MAX);
                return -1;
        }
        if (!read_one(m, &path, signature, registry, values, error))
                return -1;
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}

/* An array that has no definition: each of its elements shows its own type. */
static bool read_unknown_array(sd_bus_message *m, const LwPath *resource, LwRegistry *registry,
                LwValues *values, GError **error)
{
        LwValue none = lw_value_none();
        g_autoptr(GError) reason = NULL;
        size_t before = lw_values_count(values);
        int r = sd_bus_message_enter_container(m, 'v', ARRAY);

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "{qv}");
        while (r > 0)
                r = read_element(m, resource, registry, values, &reason);
        if (reason != NULL) {
                g_propagate_error(error, g_steal_pointer(&reason));
                return false;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0 && lw_values_count(values) == before)
                lw_values_add(values, resource, &none);
        return r >= 0 || fail_bus(error, r);
}

static bool read_resource(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        const LwResourceDef *known = lw_registry_resource(registry, path->ids[0], path->ids[2]);
        const char *signature;
        int r = sd_bus_message_peek_type(m, NULL, &signature);

        if (r < 0)
                return fail_bus(error, r);
        if (known == NULL && strcmp(signature, ARRAY) == 0 && path->length == LW_LEVEL_RESOURCE)
                return read_unknown_array(m, path, registry, values, error);
        return read_one(m, path, signature, registry, values, error);
}

/* "7", "/3/0/7" or "/3/0/7/1" for the instance /3/0; for the root a path alone. */
static bool read_key(const char *text, const LwPath *base, LwPath *ret_path, GError **error)
{
        bool is_instance = base->length == LW_LEVEL_INSTANCE;
        LwPath path;
        uint16_t id;

        if (is_instance && lw_id_parse(text, strlen(text), &id)) {
                *ret_path = lw_path_child(base, id);
                return true;
        }
        if (lw_path_parse(text, &path, NULL) && path.length >= LW_LEVEL_RESOURCE &&
                        lw_path_contains(base, &path)) {
                *ret_path = path;
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        is_instance ? "'%s' must be a resource id as 7, or the path of a resource "
                                      "or resource instance of this instance"
                                    : "'%s' must be the path of a resource or resource instance",
                        text);
        return false;
}

/* Gives 1 for an entry, 0 behind the last, or a negative errno (-1 with `error` set). */
static int read_entry(sd_bus_message *m, const LwPath *path, LwRegistry *registry, LwValues *values,
                GError **error)
{
        LwPath resource;
        const char *key;
        int r = sd_bus_message_enter_container(m, 'e', "sv");

        if (r <= 0)
                return r;
        r = sd_bus_message_read_basic(m, 's', &key);
        if (r < 0)
                return r;
        if (!read_key(key, path, &resource, error) ||
                        !read_resource(m, &resource, registry, values, error))
                return -1;
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}

bool lw_test_read_entries(sd_bus_message *m, const LwPath *base, LwRegistry *registry,
                LwValues *values, GError **error)
{
        g_autoptr(GError) reason = NULL;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r > 0)
                r = read_entry(m, base, registry, values, &reason);
        if (reason != NULL) {
                g_propagate_error(error, g_steal_pointer(&reason));
                return false;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        return r >= 0 || fail_bus(error, r);
}

static bool read_instance(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        int r = sd_bus_message_enter_container(m, 'v', "a{sv}");

        if (r < 0) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "an instance is written with a{sv}, resource ids to values");
                return false;
        }
        if (!lw_test_read_entries(m, path, registry, values, error))
                return false;
        r = sd_bus_message_exit_container(m);
        return r >= 0 || fail_bus(error, r);
}

bool lw_test_read_values(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        if (path->length == LW_LEVEL_INSTANCE)
                return read_instance(m, path, registry, values, error);
        if (path->length >= LW_LEVEL_RESOURCE)
                return read_resource(m, path, registry, values, error);
        g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "Write goes to an instance, a resource or a resource instance");
        return false;
}

/* Paths */

bool lw_test_read_paths(sd_bus_message *m, LwValues *paths, GError **error)
{
        LwValue none = lw_value_none();
        const char *text;
        LwPath path;
        int r = sd_bus_message_enter_container(m, 'a', "s");

        while (r >= 0 && (r = sd_bus_message_read_basic(m, 's', &text)) > 0) {
                if (!lw_path_parse(text, &path, error))
                        return false;
                if (lw_values_count(paths) == LW_ENTRIES_MAX) {
                        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "more than %d paths",
                                        LW_ENTRIES_MAX);
                        return false;
                }
                lw_values_add(paths, &path, &none);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        return r >= 0 || fail_bus(error, r);
}

/* Links */

char **lw_test_split_links(const char *text, size_t length)
{
        g_autoptr(GPtrArray) links = g_ptr_array_new();
        bool quoted = false, in_target = false;
        size_t start = 0;

        for (size_t i = 0; i <= length; i++) {
                char c = i < length ? text[i] : ',';

                if (quoted && c == '\\') {
                        i++;
                        continue;
                }
                if (c == '"' && !in_target)
                        quoted = !quoted;
                else if (c == '<' || c == '>')
                        in_target = !quoted && c == '<';
                if (i < length && (c != ',' || quoted || in_target))
                        continue;
                if (i > start)
                        g_ptr_array_add(links,
                                        g_utf8_make_valid(text + start, (gssize) (i - start)));
                start = i + 1;
        }
        g_ptr_array_add(links, NULL);
        return (char **) g_ptr_array_free(g_steal_pointer(&links), false);
}
