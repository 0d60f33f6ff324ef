/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One operation to be done on a client, and the message that it becomes. */
#include "testserver/ask.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/format.h"
#include "exchange/blockwise.h"
#include "exchange/operation.h"
#include "model/status.h"
#include "testserver/choice.h"

static LwValues *copy_values(const LwValues *from)
{
        LwValues *copy = from != NULL ? lw_values_new() : NULL;

        if (copy != NULL)
                lw_values_append(copy, from);
        return copy;
}

LwTestAsk lw_test_ask_keep(const LwTestAsk *self)
{
        return (LwTestAsk){
                .operation = self->operation,
                .path = self->path,
                .paths = copy_values(self->paths),
                .queries = g_strdupv(self->queries),
                .format = self->format,
                .accept = self->accept,
                .way = { .timeout_usec = self->way.timeout_usec },
        };
}

void lw_test_ask_clear(LwTestAsk *self)
{
        g_clear_pointer(&self->paths, lw_values_free);
        g_clear_pointer(&self->queries, g_strfreev);
}

char *lw_test_ask_subject(const LwTestAsk *self)
{
        GString *subject = g_string_new(NULL);
        char text[LW_PATH_TEXT_MAX];

        for (size_t i = 0; self->paths != NULL && i < lw_values_count(self->paths); i++) {
                lw_path_print(&lw_values_at(self->paths, i)->path, text);
                g_string_append_printf(subject, "%s%s", i > 0 ? " " : "", text);
        }
        if (self->paths == NULL) {
                lw_path_print(&self->path, text);
                g_string_append(subject, text);
        }
        return g_string_free(subject, false);
}

static bool is_path_listed(const LwObjectList *objects, const LwPath *path)
{
        LwPath wanted = lw_path_prefix(path, MIN(path->length, LW_LEVEL_INSTANCE));

        for (size_t i = 0; i < lw_object_list_count(objects); i++)
                if (lw_path_contains(&wanted, &lw_object_list_at(objects, i)->path))
                        return true;
        return false;
}

bool lw_test_ask_is_listed(const LwTestAsk *self, const LwObjectList *objects)
{
        if (self->paths == NULL)
                return is_path_listed(objects, &self->path);
        for (size_t i = 0; i < lw_values_count(self->paths); i++)
                if (is_path_listed(objects, &lw_values_at(self->paths, i)->path))
                        return true;
        return false;
}

bool lw_test_ask_observes(const LwTestAsk *self)
{
        return self->operation == LW_OPERATION_OBSERVE ||
               self->operation == LW_OPERATION_OBSERVE_COMPOSITE;
}

/* The client's alternate path goes before the operation's own. The options point into both. */
static bool add_prefix(LwMessage *message, const LwMessage *operation, char *const *prefix)
{
        bool ok = true;

        lw_message_init(message, operation->type, operation->code);
        for (; *prefix != NULL; prefix++)
                ok = ok && lw_message_add_text(message, LW_OPTION_URI_PATH, *prefix);
        for (unsigned i = 0; i < operation->option_count; i++)
                ok = ok &&
                     lw_message_add(message, operation->options[i].number,
                                     operation->options[i].value, operation->options[i].length);
        return ok;
}

static bool encode(const LwTestAsk *self, int32_t format, LwRegistry *registry, LwWriter *writer,
                GError **error)
{
        if (lw_codec_find(format) == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "values cannot be written as %s; a Request takes any content",
                                lw_format_name(format));
                return false;
        }
        if (self->paths != NULL)
                return lw_format_encode_paths(format, self->paths, writer, error);
        lw_values_sort(self->values);
        return lw_format_encode(format, self->values, &self->path, registry, writer, error);
}

static bool make_body(const LwTestAsk *self, int32_t format, LwRegistry *registry,
                LwBlob **ret_body, GError **error)
{
        g_auto(LwWriter) writer = {};
        g_autoptr(GBytes) bytes = NULL;

        if (self->content != NULL) {
                *ret_body = lw_blob_ref(self->content);
        } else if (self->arguments != NULL && self->arguments[0] != '\0') {
                *ret_body = lw_blob_new_copy(self->arguments, strlen(self->arguments));
        } else if (self->values != NULL || self->paths != NULL) {
                if (!encode(self, format, registry, &writer, error))
                        return false;
                bytes = lw_writer_steal(&writer);
                *ret_body = lw_blob_new(bytes);
        }
        return true;
}

static bool can_number(const LwTestAsk *self, const LwBlob *body, GError **error)
{
        uint64_t size = self->way.block_size != 0 ? self->way.block_size : LW_BLOCK_SIZE;

        if (body == NULL || lw_blob_size(body) <= LW_BLOCKS_MAX * size)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                        "%" G_GUINT64_FORMAT " bytes are more than %" G_GUINT64_FORMAT
                        " blocks of %" G_GUINT64_FORMAT " bytes",
                        lw_blob_size(body), LW_BLOCKS_MAX, size);
        return false;
}

bool lw_test_ask_compose(const LwTestAsk *self, const LwTestClient *client, LwRegistry *registry,
                LwTestAsked *ret_asked, GError **error)
{
        LwRequest request = {
                .operation = self->operation,
                .path = self->path,
                .format = self->format,
                .accept = self->accept,
                .query = (const char *const *) self->queries,
                .query_count = self->queries != NULL ? g_strv_length(self->queries) : 0,
        };

        if (request.format == LW_FORMAT_NONE)
                request.format = lw_test_choose_format(self, client, registry);
        if (!lw_operation_compose(&request, &ret_asked->operation, error))
                return false;
        if (!add_prefix(&ret_asked->message, &ret_asked->operation,
                            lw_object_list_prefix(client->objects))) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a message has at most %d options, those of the client's "
                                "alternate path among them",
                                LW_OPTIONS_MAX);
                return false;
        }
        return make_body(self, request.format, registry, &ret_asked->body, error) &&
               can_number(self, ret_asked->body, error);
}

void lw_test_asked_clear(LwTestAsked *self)
{
        lw_blob_unref(self->body);
        self->body = NULL;
}
