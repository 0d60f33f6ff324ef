/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client answered. */
#include "testserver/answer.h"

#include "codec/format.h"

LwTestAnswer lw_test_answer(const LwMessage *message)
{
        uint32_t format;
        bool has_format = lw_message_find_uint(message, LW_OPTION_CONTENT_FORMAT, &format);

        return (LwTestAnswer){
                .status = lw_status_from_code(message->code),
                .format = has_format ? (int32_t) MIN(format, (uint32_t) UINT16_MAX)
                                     : LW_FORMAT_NONE,
                .message = message,
        };
}

static bool decode(const LwTestAnswer *self, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error)
{
        const LwMessage *message = self->message;
        LwDecode how = { .base = *path, .registry = registry, .keep_unknown = true };

        if (self->format != LW_FORMAT_NONE)
                return lw_format_decode(self->format, message->payload, message->payload_length,
                                &how, values, error);
        if (message->payload_length == 0)
                return true;
        g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED, "it has no Content-Format");
        return false;
}

bool lw_test_answer_read(
                LwTestAnswer *self, const LwPath *path, LwRegistry *registry, GError **error)
{
        g_autoptr(LwValues) values = NULL;
        g_autoptr(GError) reason = NULL;
        char text[LW_PATH_TEXT_MAX];

        if (self->status != LW_STATUS_CONTENT || self->format == LW_FORMAT_LINK)
                return true;
        values = lw_values_new();
        if (decode(self, path, registry, values, &reason)) {
                self->values = g_steal_pointer(&values);
                return true;
        }
        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                        "the content for %s in %s cannot be read: %s", text,
                        self->format == LW_FORMAT_NONE ? "no format" : lw_format_name(self->format),
                        reason->message);
        return false;
}

void lw_test_answer_clear(LwTestAnswer *self)
{
        lw_values_free(self->values);
        self->values = NULL;
}
