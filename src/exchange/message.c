/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One CoAP message as plain data: options in order, integers in their shortest form. */
#include "exchange/message.h"

#include <string.h>

#include <glib.h>

void lw_message_init(LwMessage *self, LwMessageType type, uint8_t code)
{
        self->type = type;
        self->code = code;
        self->token_length = 0;
        self->option_count = 0;
        self->scratch_used = 0;
        self->mid = 0;
        self->payload = NULL;
        self->payload_length = 0;
}

static bool lies_in_scratch(const LwMessage *self, const uint8_t *value)
{
        return value >= self->scratch && value < self->scratch + sizeof(self->scratch);
}

void lw_message_copy_head(LwMessage *self, const LwMessage *from)
{
        lw_message_init(self, from->type, from->code);
        self->mid = from->mid;
        self->token_length = from->token_length;
        memcpy(self->token, from->token, from->token_length);
        self->scratch_used = from->scratch_used;
        memcpy(self->scratch, from->scratch, from->scratch_used);
        self->option_count = from->option_count;
        for (unsigned i = 0; i < from->option_count; i++) {
                LwOption option = from->options[i];

                if (lies_in_scratch(from, option.value))
                        option.value = self->scratch + (option.value - from->scratch);
                self->options[i] = option;
        }
}

bool lw_message_add(LwMessage *self, uint16_t number, const void *value, size_t length)
{
        unsigned place = self->option_count;

        if (self->option_count == LW_OPTIONS_MAX || length > UINT16_MAX)
                return false;
        while (place > 0 && self->options[place - 1].number > number) {
                self->options[place] = self->options[place - 1];
                place--;
        }
        self->options[place] = (LwOption){ number, (uint16_t) length, value };
        self->option_count++;
        return true;
}

bool lw_message_add_text(LwMessage *self, uint16_t number, const char *text)
{
        return lw_message_add(self, number, text, strlen(text));
}

/** Adds an option whose bytes move into scratch. */
static bool add_scratch(LwMessage *self, uint16_t number, const uint8_t *value, size_t length)
{
        uint8_t *place = self->scratch + self->scratch_used;

        if (length > sizeof(self->scratch) - self->scratch_used)
                return false;
        if (!lw_message_add(self, number, length > 0 ? place : NULL, length))
                return false;
        if (length > 0)
                memcpy(place, value, length);
        self->scratch_used = (uint8_t) (self->scratch_used + length);
        return true;
}

bool lw_message_add_uint(LwMessage *self, uint16_t number, uint32_t value)
{
        uint8_t bytes[4];
        size_t length = 0;

        for (int shift = 24; shift >= 0; shift -= 8)
                if (length > 0 || value >> shift != 0)
                        bytes[length++] = (uint8_t) (value >> shift);
        return add_scratch(self, number, bytes, length);
}

bool lw_message_add_path(LwMessage *self, uint16_t number, const LwPath *path)
{
        for (unsigned i = 0; i < path->length; i++) {
                uint8_t digits[5];
                size_t start = sizeof(digits);
                unsigned id = path->ids[i];

                do {
                        digits[--start] = (uint8_t) ('0' + id % 10);
                        id /= 10;
                } while (id > 0);
                if (!add_scratch(self, number, digits + start, sizeof(digits) - start))
                        return false;
        }
        return true;
}

void lw_message_remove(LwMessage *self, uint16_t number)
{
        uint8_t kept = 0;

        for (unsigned i = 0; i < self->option_count; i++)
                if (self->options[i].number != number)
                        self->options[kept++] = self->options[i];
        self->option_count = kept;
}

const LwOption *lw_message_find(const LwMessage *self, uint16_t number)
{
        for (unsigned i = 0; i < self->option_count; i++) {
                if (self->options[i].number == number)
                        return &self->options[i];
                if (self->options[i].number > number)
                        break;
        }
        return NULL;
}

bool lw_message_find_uint(const LwMessage *self, uint16_t number, uint32_t *ret_value)
{
        const LwOption *option = lw_message_find(self, number);
        uint32_t value = 0;

        if (!option || option->length > 4)
                return false;
        for (unsigned i = 0; i < option->length; i++)
                value = value << 8 | option->value[i];
        *ret_value = value;
        return true;
}

bool lw_message_find_block(
                const LwMessage *self, uint16_t number, LwBlock *ret_block, GError **error)
{
        const LwOption *option = lw_message_find(self, number);
        uint32_t value;

        if (!option)
                return false;
        if (option->length > 3 || !lw_message_find_uint(self, number, &value)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "Block option of %u bytes; it has at most 3", option->length);
                return false;
        }
        if ((value & 7) == 7) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "Block option with the reserved size 7; 0 to 6 are sizes");
                return false;
        }
        *ret_block = (LwBlock){
                .number = value >> 4,
                .more = (value & 8) != 0,
                .size = (uint16_t) (16u << (value & 7)),
        };
        return true;
}

bool lw_message_add_block(LwMessage *self, uint16_t number, const LwBlock *block)
{
        uint32_t exponent = 0;

        while (exponent < 6 && 16u << exponent < block->size)
                exponent++;
        return lw_message_add_uint(
                        self, number, block->number << 4 | (block->more ? 8u : 0u) | exponent);
}

/** What an option's delta or length needs beside its nibble. */
static size_t extension(unsigned value)
{
        return value < 13 ? 0 : value < 269 ? 1 : 2;
}

size_t lw_message_size(const LwMessage *self)
{
        size_t size = 4 + self->token_length;
        unsigned before = 0;

        for (unsigned i = 0; i < self->option_count; i++) {
                const LwOption *option = &self->options[i];

                size += 1 + extension(option->number - before) + extension(option->length) +
                        option->length;
                before = option->number;
        }
        return self->payload_length > 0 ? size + 1 + self->payload_length : size;
}

/* A line for people. */

static void describe_code(const LwMessage *self, GString *line)
{
        static const char *const methods[] = { "empty", "GET", "POST", "PUT", "DELETE", "FETCH",
                "PATCH", "iPATCH" };

        if (self->code < G_N_ELEMENTS(methods))
                g_string_append(line, methods[self->code]);
        else
                g_string_append_printf(line, "%u.%02u", self->code >> 5, self->code & 0x1fu);
}

/** A peer's bytes, made harmless: what does not print, and the space, comes as in a URI. */
static void describe_bytes(const LwOption *option, GString *line)
{
        for (unsigned i = 0; i < option->length; i++) {
                if (g_ascii_isgraph(option->value[i]))
                        g_string_append_c(line, (char) option->value[i]);
                else
                        g_string_append_printf(line, "%%%02X", option->value[i]);
        }
}

static void describe_joined(
                const LwMessage *self, uint16_t number, const char *first, char next, GString *line)
{
        bool any = false;

        for (unsigned i = 0; i < self->option_count; i++) {
                if (self->options[i].number != number)
                        continue;
                if (any)
                        g_string_append_c(line, next);
                else
                        g_string_append(line, first);
                any = true;
                describe_bytes(&self->options[i], line);
        }
}

static void describe_numbers(const LwMessage *self, GString *line)
{
        static const struct {
                uint16_t number;
                const char *name;
        } shown[] = {
                { LW_OPTION_OBSERVE, "observe" },
                { LW_OPTION_CONTENT_FORMAT, "ct" },
                { LW_OPTION_ACCEPT, "accept" },
        };
        static const struct {
                uint16_t number;
                const char *name;
        } blocks[] = {
                { LW_OPTION_BLOCK2, "block2" },
                { LW_OPTION_BLOCK1, "block1" },
        };
        uint32_t value;
        LwBlock block;

        for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
                if (lw_message_find_uint(self, shown[i].number, &value))
                        g_string_append_printf(line, " %s=%u", shown[i].name, value);
        for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++)
                if (lw_message_find_block(self, blocks[i].number, &block, NULL))
                        g_string_append_printf(line, " %s=%u/%u/%u", blocks[i].name, block.number,
                                        block.more, block.size);
}

char *lw_message_describe(const LwMessage *self)
{
        static const char *const types[] = { "CON", "NON", "ACK", "RST" };
        GString *line = g_string_new(types[self->type & 3]);

        g_string_append_c(line, ' ');
        describe_code(self, line);
        describe_joined(self, LW_OPTION_URI_PATH, " /", '/', line);
        describe_joined(self, LW_OPTION_LOCATION_PATH, " /", '/', line);
        describe_joined(self, LW_OPTION_URI_QUERY, "?", '&', line);
        describe_numbers(self, line);
        if (self->payload_length > 0)
                g_string_append_printf(line, " [%zu]", self->payload_length);
        return g_string_free(line, FALSE);
}
