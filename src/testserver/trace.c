/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of one peer as lines for people. */
#include "testserver/trace.h"

#include <string.h>

#include "base/quote.h"
#include "codec/format.h"
#include "model/path.h"
#include "model/status.h"
#include "model/values.h"

/* Requests whose answers we can still read; one that is answered again and again stays. */
#define REMEMBERED 32
/* Values shown of one message. */
#define VALUES_SHOWN 8

typedef struct Memory {
        uint8_t token[LW_TOKEN_MAX];
        uint8_t token_length;
        bool outgoing;
        LwPath path;
        uint64_t used; /* 0: free */
} Memory;

struct LwTrace {
        LwRegistry *registry;
        Memory memories[REMEMBERED];
        uint64_t uses;
};

LwTrace *lw_trace_new(LwRegistry *registry)
{
        LwTrace *self = g_new0(LwTrace, 1);

        self->registry = registry;
        return self;
}

void lw_trace_free(LwTrace *self)
{
        g_free(self);
}

/* The path of a request that is one of ids; false for /rd and its like. */
static bool path_of(const LwMessage *message, LwPath *ret_path)
{
        LwPath path = LW_PATH_ROOT;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                uint16_t id;

                if (option->number != LW_OPTION_URI_PATH)
                        continue;
                if (path.length == LW_LEVEL_RESOURCE_INSTANCE ||
                                !lw_id_parse((const char *) option->value, option->length, &id))
                        return false;
                path.ids[path.length++] = id;
        }
        *ret_path = path;
        return true;
}

static bool is_of(const Memory *memory, bool outgoing, const LwMessage *message)
{
        return memory->used != 0 && memory->outgoing == outgoing &&
               memory->token_length == message->token_length &&
               memcmp(memory->token, message->token, message->token_length) == 0;
}

static void remember(LwTrace *self, bool outgoing, const LwMessage *message, const LwPath *path)
{
        Memory *place = &self->memories[0];

        for (size_t i = 0; i < REMEMBERED; i++) {
                Memory *memory = &self->memories[i];

                if (is_of(memory, outgoing, message)) {
                        place = memory;
                        break;
                }
                if (memory->used < place->used)
                        place = memory;
        }
        *place = (Memory){
                .token_length = message->token_length,
                .outgoing = outgoing,
                .path = *path,
                .used = ++self->uses,
        };
        memcpy(place->token, message->token, message->token_length);
}

/* The path of the request that this is the answer to; the root, if we do not know. */
static LwPath recall(LwTrace *self, bool outgoing, const LwMessage *message)
{
        for (size_t i = 0; i < REMEMBERED; i++) {
                Memory *memory = &self->memories[i];

                if (!is_of(memory, !outgoing, message))
                        continue;
                memory->used = ++self->uses;
                return memory->path;
        }
        return LW_PATH_ROOT;
}

static const char *type_name(LwMessageType type)
{
        switch (type) {
        case LW_MESSAGE_CON:
                return "CON";
        case LW_MESSAGE_NON:
                return "NON";
        case LW_MESSAGE_ACK:
                return "ACK";
        case LW_MESSAGE_RST:
                return "RST";
        }
        return "?";
}

static const char *method_name(uint8_t code)
{
        static const char *const names[] = { "", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH",
                "iPATCH" };

        return code < G_N_ELEMENTS(names) ? names[code] : "?";
}

/* All options of that number, each behind `first` or `next`, made printable. */
static void append_texts(GString *line, const LwMessage *message, uint16_t number,
                const char *first, const char *next)
{
        const char *before = first;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];
                g_autofree char *quoted = NULL;

                if (option->number != number)
                        continue;
                quoted = lw_quote((const char *) option->value, option->length);
                quoted[strlen(quoted) - 1] = '\0';
                g_string_append_printf(line, "%s%s", before, quoted + 1);
                before = next;
        }
}

static void append_code(GString *line, const LwMessage *message)
{
        if (lw_message_is_request(message)) {
                g_string_append_printf(line, " %s ", method_name(message->code));
                if (lw_message_find(message, LW_OPTION_URI_PATH) == NULL)
                        g_string_append_c(line, '/');
                append_texts(line, message, LW_OPTION_URI_PATH, "/", "/");
                append_texts(line, message, LW_OPTION_URI_QUERY, "?", "&");
        } else if (message->code != 0) {
                g_string_append_printf(
                                line, " %s", lw_status_text(lw_status_from_code(message->code)));
                append_texts(line, message, LW_OPTION_LOCATION_PATH, " /", "/");
        }
}

static void append_block(GString *line, const LwMessage *message, uint16_t number, const char *name)
{
        LwBlock block;

        if (lw_message_find_block(message, number, &block, NULL))
                g_string_append_printf(line, " %s %u%s of %u", name, block.number,
                                block.more ? "+" : "", block.size);
}

static void append_options(GString *line, const LwMessage *message)
{
        uint32_t number;

        if (lw_message_find_uint(message, LW_OPTION_OBSERVE, &number))
                g_string_append_printf(line, " observe %u", number);
        if (lw_message_find_uint(message, LW_OPTION_ACCEPT, &number))
                g_string_append_printf(line, " accept %s", lw_format_name((int32_t) number));
        append_block(line, message, LW_OPTION_BLOCK1, "block1");
        append_block(line, message, LW_OPTION_BLOCK2, "block2");
}

/* A body in several messages cannot be read from one of them. */
static bool is_part(const LwMessage *message)
{
        static const uint16_t numbers[] = { LW_OPTION_BLOCK1, LW_OPTION_BLOCK2 };

        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
                LwBlock block;

                if (lw_message_find_block(message, numbers[i], &block, NULL) &&
                                (block.number > 0 || block.more))
                        return true;
        }
        return false;
}

static void append_values(GString *line, const LwValues *values)
{
        for (size_t i = 0; i < lw_values_count(values) && i < VALUES_SHOWN; i++) {
                const LwEntry *entry = lw_values_at(values, i);
                char path[LW_PATH_TEXT_MAX];
                g_autoptr(GString) text = g_string_new(NULL);
                g_autofree char *quoted = NULL;

                lw_path_print(&entry->path, path);
                if (entry->value.type == LW_TYPE_NONE) { /* asked for, removed, or empty */
                        g_string_append_printf(line, " %s", path);
                        continue;
                }
                lw_value_print(&entry->value, text, NULL);
                quoted = lw_quote(text->str, text->len);
                g_string_append_printf(line, " %s=%s", path, quoted);
        }
        if (lw_values_count(values) > VALUES_SHOWN)
                g_string_append_printf(
                                line, " and %zu more", lw_values_count(values) - VALUES_SHOWN);
}

static bool append_decoded(LwTrace *self, GString *line, int32_t format, const LwMessage *message,
                const LwPath *base)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwDecode how = {
                .base = *base,
                .registry = self->registry,
                .keep_unknown = true,
                .paths_only = message->code == LW_METHOD_FETCH,
                .nulls = message->code == LW_METHOD_IPATCH,
        };

        if (!lw_format_decode(
                            format, message->payload, message->payload_length, &how, values, NULL))
                return false;
        append_values(line, values);
        return true;
}

static void append_payload(
                LwTrace *self, GString *line, const LwMessage *message, const LwPath *base)
{
        uint32_t number;
        bool has_format = lw_message_find_uint(message, LW_OPTION_CONTENT_FORMAT, &number);
        int32_t format = has_format ? (int32_t) MIN(number, UINT16_MAX) : LW_FORMAT_NONE;
        bool is_text = !has_format || format == LW_FORMAT_TEXT || format == LW_FORMAT_LINK;

        if (has_format)
                g_string_append_printf(line, " %s", lw_format_name(format));
        if (message->payload_length == 0)
                return;
        if (is_text && !is_part(message)) {
                g_autofree char *quoted =
                                lw_quote((const char *) message->payload, message->payload_length);

                g_string_append_printf(line, " %s", quoted);
                return;
        }
        if (is_part(message) || format == LW_FORMAT_OPAQUE ||
                        !append_decoded(self, line, format, message, base))
                g_string_append_printf(line, " %zu bytes", message->payload_length);
}

char *lw_trace_describe(LwTrace *self, bool outgoing, const LwMessage *message)
{
        GString *line = g_string_new(outgoing ? "-> " : "<- ");
        LwPath base = LW_PATH_ROOT;

        g_string_append(line, type_name(message->type));
        append_code(line, message);
        append_options(line, message);
        if (!lw_message_is_request(message))
                base = recall(self, outgoing, message);
        else if (path_of(message, &base))
                remember(self, outgoing, message, &base);
        append_payload(self, line, message, &base);
        return g_string_free(line, false);
}
