/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client answered. */
#include "testserver/answer.h"

#include <string.h>

#include "base/quote.h"
#include "codec/format.h"
#include "model/limits.h"

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

/* Text with its line ends; what is no text is quoted, so that the bus takes it. */
char *lw_test_answer_diagnostic(const LwTestAnswer *self)
{
        const char *text = (const char *) self->message->payload;
        size_t length = MIN(self->message->payload_length, LW_DIAGNOSTIC_MAX);
        const char *end;

        if (lw_status_is_success(self->status) || length == 0)
                return g_strdup("");
        if (g_utf8_validate(text, (gssize) length, &end))
                return g_strndup(text, length);
        /* it may be cut in the middle of a character */
        if (length == LW_DIAGNOSTIC_MAX && text + length - end < 4)
                return g_strndup(text, (size_t) (end - text));
        return lw_quote(text, length);
}

/* Whether the options of Location-Path at `*ret_index` and behind begin with `prefix`. */
static unsigned skip_prefix(const LwMessage *message, char *const *prefix)
{
        unsigned at = 0, first;

        while (at < message->option_count && message->options[at].number != LW_OPTION_LOCATION_PATH)
                at++;
        first = at;
        for (; *prefix != NULL; prefix++, at++) {
                const LwOption *option = &message->options[at];

                if (at >= message->option_count || option->number != LW_OPTION_LOCATION_PATH ||
                                option->length != strlen(*prefix) ||
                                memcmp(option->value, *prefix, option->length) != 0)
                        return first;
        }
        return at;
}

char *lw_test_answer_location(const LwTestAnswer *self, char *const *prefix)
{
        const LwMessage *message = self->message;
        GString *location = g_string_new(NULL);

        for (unsigned i = skip_prefix(message, prefix); i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                g_autofree char *segment = NULL;

                if (option->number != LW_OPTION_LOCATION_PATH)
                        break;
                segment = g_uri_escape_bytes(option->value, option->length, NULL);
                g_string_append_printf(location, "/%s", segment);
        }
        return g_string_free(location, false);
}

void lw_test_answer_clear(LwTestAnswer *self)
{
        lw_values_free(self->values);
        self->values = NULL;
}
