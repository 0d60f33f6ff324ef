/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client's methods take and give: values to write, links, requests as they stand. */
#include "testserver/face-values.h"

#include <string.h>

#include "bus/variant.h"
#include "model/request.h"
#include "model/status.h"

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
 * What the resource is, as far as writing needs it. An array without a definition is taken for one
 * of strings, and an executable for what was given: the client is to refuse it, not we.
 */
static LwResourceDef describe(LwRegistry *registry, const LwPath *path, const char *signature)
{
        const LwResourceDef *known = lw_registry_resource(registry, path->ids[0], path->ids[2]);
        bool is_array = strcmp(signature, "a{qv}") == 0;
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

static bool read_resource(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        LwResourceDef def;
        const char *signature;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &signature);

        if (r < 0)
                return fail_bus(error, r);
        def = describe(registry, path, signature);
        return lw_variant_read(m, path, &def, LW_VARIANT_PERSON, values, error);
}

/* "7", "/3/0/7" or "/3/0/7/1" for the instance /3/0. */
static bool read_key(const char *text, const LwPath *instance, LwPath *ret_path, GError **error)
{
        LwPath path;
        uint16_t id;

        if (lw_id_parse(text, strlen(text), &id)) {
                *ret_path = lw_path_child(instance, id);
                return true;
        }
        if (lw_path_parse(text, &path, NULL) && path.length >= LW_LEVEL_RESOURCE &&
                        lw_path_contains(instance, &path)) {
                *ret_path = path;
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "'%s' is neither a resource id nor the path of a resource of the instance",
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

static bool read_instance(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        g_autoptr(GError) reason = NULL;
        int r = sd_bus_message_enter_container(m, 'v', "a{sv}");

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "{sv}");
        if (r < 0) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "an instance is written with a{sv}, resource ids to values");
                return false;
        }
        do
                r = read_entry(m, path, registry, values, &reason);
        while (r > 0);
        if (reason != NULL) {
                g_propagate_error(error, g_steal_pointer(&reason));
                return false;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
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

/* Requests as they stand */

struct LwTestRequest {
        LwMessage message;
        GPtrArray *texts; /* what the options point to: GBytes */
};

void lw_test_request_free(LwTestRequest *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->texts);
        g_free(self);
}

const LwMessage *lw_test_request_message(const LwTestRequest *self)
{
        return &self->message;
}

static bool find_method(const char *name, uint8_t *ret_code, GError **error)
{
        static const char *const names[] = { "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH",
                "iPATCH" };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (g_ascii_strcasecmp(names[i], name) != 0)
                        continue;
                *ret_code = (uint8_t) (i + LW_METHOD_GET);
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "'%s' is no method; there are GET, POST, PUT, DELETE, FETCH, PATCH, iPATCH",
                        name);
        return false;
}

static bool add_bytes(LwTestRequest *self, uint16_t number, GBytes *bytes)
{
        size_t length;
        const void *data = g_bytes_get_data(bytes, &length);

        g_ptr_array_add(self->texts, g_bytes_ref(bytes));
        return length <= LW_OPTION_LENGTH_MAX &&
               lw_message_add(&self->message, number, data, length);
}

/* One option for each part of `text` between separators, decoded. */
static bool add_parts(LwTestRequest *self, uint16_t number, const char *text, const char *separator)
{
        g_auto(GStrv) parts = g_strsplit(text, separator, -1);
        bool ok = true;

        for (char **part = parts; ok && *part != NULL; part++) {
                g_autoptr(GBytes) bytes = g_uri_unescape_bytes(*part, -1, NULL, NULL);

                ok = bytes != NULL && add_bytes(self, number, bytes);
        }
        return ok;
}

static bool add_path(LwTestRequest *self, const char *path)
{
        const char *query = strchr(path, '?');
        g_autofree char *way =
                        query != NULL ? g_strndup(path, (size_t) (query - path)) : g_strdup(path);

        if (way[0] != '/')
                return false;
        if (way[1] != '\0' && !add_parts(self, LW_OPTION_URI_PATH, way + 1, "/"))
                return false;
        return query == NULL || add_parts(self, LW_OPTION_URI_QUERY, query + 1, "&");
}

static bool add_options(LwTestRequest *self, const LwTestOptions *options)
{
        LwMessage *message = &self->message;
        bool ok = true;

        if (options->has_observe)
                ok = lw_message_add_uint(message, LW_OPTION_OBSERVE, options->observe);
        if (ok && options->format != LW_FORMAT_NONE)
                ok = lw_message_add_uint(
                                message, LW_OPTION_CONTENT_FORMAT, (uint32_t) options->format);
        if (ok && options->accept != LW_FORMAT_NONE)
                ok = lw_message_add_uint(message, LW_OPTION_ACCEPT, (uint32_t) options->accept);
        for (guint i = 0; ok && i < options->raw->len; i++) {
                const LwTestRawOption *raw = &g_array_index(options->raw, LwTestRawOption, i);

                ok = add_bytes(self, raw->number, raw->value);
        }
        return ok;
}

LwTestRequest *lw_test_request_new(
                const char *method, const char *path, const LwTestOptions *options, GError **error)
{
        g_autoptr(LwTestRequest) self = g_new0(LwTestRequest, 1);
        uint8_t code;

        self->texts = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
        if (!find_method(method, &code, error))
                return NULL;
        lw_message_init(&self->message, LW_MESSAGE_CON, code);
        if (!add_path(self, path) || !add_options(self, options)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' is no path as /3/0?depth=1 is, or there are too many options",
                                path);
                return NULL;
        }
        return g_steal_pointer(&self);
}
