/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request made from words, whatever they mean. */
#include "testserver/request.h"

#include <string.h>

#include "model/request.h"
#include "model/status.h"

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
