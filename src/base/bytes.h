/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded reader and a growing writer over bytes, big-endian as on the wire. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

/**
 * LwReader: what is left to read of somebody else's bytes.
 *
 * Shape:  `data` is the next byte, `left` how many there are.
 * Owns:   nothing; copy it freely to look ahead.
 * Errors: every read returns false and moves nothing when fewer bytes are left than it wants.
 */
typedef struct LwReader {
        const uint8_t *data;
        size_t left;
} LwReader;

static inline LwReader lw_reader(const void *data, size_t length)
{
        return (LwReader){ data, length };
}

static inline bool lw_reader_u8(LwReader *self, uint8_t *ret_value)
{
        if (self->left == 0)
                return false;
        *ret_value = *self->data++;
        self->left--;
        return true;
}
/** An unsigned integer of `width` bytes, 1 to 8. */
bool lw_reader_uint(LwReader *self, size_t width, uint64_t *ret_value);
/** The next `length` bytes, as a pointer into what is read. */
bool lw_reader_take(LwReader *self, size_t length, const uint8_t **ret_data);

/**
 * LwWriter: bytes that grow at the end.
 *
 * Owns: its memory, until lw_writer_steal() or lw_writer_clear(). Zeroed memory is an empty writer.
 */
typedef struct LwWriter {
        uint8_t *data;
        size_t length;
        size_t allocated;
} LwWriter;

void lw_writer_clear(LwWriter *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwWriter, lw_writer_clear)

/** Makes room for `length` more bytes than there are. */
void lw_writer_grow(LwWriter *self, size_t length);
/** Room for `length` more bytes, to be filled by the caller, who then adds to `length` himself. */
static inline uint8_t *lw_writer_reserve(LwWriter *self, size_t length)
{
        if (length > self->allocated - self->length || self->data == NULL)
                lw_writer_grow(self, length);
        return self->data + self->length;
}
static inline void lw_writer_u8(LwWriter *self, uint8_t value)
{
        *lw_writer_reserve(self, 1) = value;
        self->length++;
}
/** `value` in `width` bytes, 1 to 8. */
void lw_writer_uint(LwWriter *self, uint64_t value, size_t width);
static inline void lw_writer_put(LwWriter *self, const void *data, size_t length)
{
        if (length == 0)
                return;
        memcpy(lw_writer_reserve(self, length), data, length);
        self->length += length;
}
void lw_writer_text(LwWriter *self, const char *text);
/** What was written; the writer is empty afterwards. */
GBytes *lw_writer_steal(LwWriter *self);
