/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded reader and a growing writer over bytes, big-endian as on the wire. */
#include "base/bytes.h"

#include <string.h>

/* bytes: holds most messages without growing */
#define WRITER_START 128

bool lw_reader_uint(LwReader *self, size_t width, uint64_t *ret_value)
{
        uint64_t value = 0;

        g_assert(width >= 1 && width <= 8);
        if (self->left < width)
                return false;
        for (size_t i = 0; i < width; i++)
                value = value << 8 | self->data[i];
        self->data += width;
        self->left -= width;
        *ret_value = value;
        return true;
}

bool lw_reader_take(LwReader *self, size_t length, const uint8_t **ret_data)
{
        if (self->left < length)
                return false;
        *ret_data = self->data;
        /* an empty reader may point nowhere, and nothing may be added to that, not even 0 */
        if (length > 0) {
                self->data += length;
                self->left -= length;
        }
        return true;
}

void lw_writer_clear(LwWriter *self)
{
        g_free(self->data);
        *self = (LwWriter){};
}

void lw_writer_grow(LwWriter *self, size_t length)
{
        size_t needed = self->length + length;

        g_assert(needed >= length);
        self->allocated = MAX(needed, MAX(WRITER_START, self->allocated * 2));
        self->data = g_realloc(self->data, self->allocated);
}

void lw_writer_uint(LwWriter *self, uint64_t value, size_t width)
{
        uint8_t *place;

        g_assert(width >= 1 && width <= 8);
        place = lw_writer_reserve(self, width);
        for (size_t i = width; i > 0; i--) {
                place[i - 1] = (uint8_t) value;
                value >>= 8;
        }
        self->length += width;
}

void lw_writer_text(LwWriter *self, const char *text)
{
        lw_writer_put(self, text, strlen(text));
}

GBytes *lw_writer_steal(LwWriter *self)
{
        GBytes *bytes = g_bytes_new_take(self->data, self->length);

        *self = (LwWriter){};
        return bytes;
}
