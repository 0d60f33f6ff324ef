/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One operation to be done on a client, and the message that it becomes. */
#include "testserver/ask.h"

#include <string.h>

#include "base/bytes.h"
#include "codec/format.h"
#include "exchange/operation.h"
#include "model/status.h"

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

/* Whether a Write has one value, and this is all that its path can have. */
static bool is_single(const LwTestAsk *self, LwRegistry *registry)
{
        const LwResourceDef *def;

        if (self->operation != LW_OPERATION_WRITE || lw_values_count(self->values) != 1 ||
                        !lw_path_equal(&lw_values_at(self->values, 0)->path, &self->path))
                return false;
        def = lw_registry_resource(registry, self->path.ids[0], self->path.ids[2]);
        return def == NULL || !def->multiple || self->path.length == LW_LEVEL_RESOURCE_INSTANCE;
}

/* Of the payload. A Write's is what every client of that version must understand. */
static bool choose_format(const LwTestAsk *self, LwVersion version, LwRegistry *registry,
                int32_t *ret_format, GError **error)
{
        bool single = self->values != NULL && is_single(self, registry);
        LwType type = single ? (LwType) lw_values_at(self->values, 0)->value.type : LW_TYPE_NONE;
        bool has_arguments = self->arguments != NULL && self->arguments[0] != '\0';

        if (self->values != NULL && self->format == LW_FORMAT_NONE)
                return lw_format_choose(LW_FORMAT_NONE, version, single, type, ret_format, error);
        *ret_format = has_arguments && self->format == LW_FORMAT_NONE ? LW_FORMAT_TEXT
                                                                      : self->format;
        return true;
}

static bool make_body(const LwTestAsk *self, int32_t format, LwRegistry *registry,
                LwBlob **ret_body, GError **error)
{
        g_auto(LwWriter) writer = {};
        g_autoptr(GBytes) bytes = NULL;

        if (self->arguments != NULL && self->arguments[0] != '\0')
                *ret_body = lw_blob_new_copy(self->arguments, strlen(self->arguments));
        if (self->values == NULL)
                return true;
        if (!lw_format_encode(format, self->values, &self->path, registry, &writer, error))
                return false;
        bytes = lw_writer_steal(&writer);
        *ret_body = lw_blob_new(bytes);
        return true;
}

bool lw_test_ask_compose(const LwTestAsk *self, const LwTestClient *client, LwRegistry *registry,
                LwTestAsked *ret_asked, GError **error)
{
        LwRequest request = {
                .operation = self->operation, .path = self->path, .accept = self->accept
        };

        if (!choose_format(self, client->version, registry, &request.format, error) ||
                        !lw_operation_compose(&request, &ret_asked->operation, error))
                return false;
        if (!add_prefix(&ret_asked->message, &ret_asked->operation,
                            lw_object_list_prefix(client->objects))) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the client's alternate path is too long");
                return false;
        }
        return make_body(self, request.format, registry, &ret_asked->body, error);
}

void lw_test_asked_clear(LwTestAsked *self)
{
        lw_blob_unref(self->body);
        self->body = NULL;
}
