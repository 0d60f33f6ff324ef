/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBlob: a large value to read at an offset, in memory or behind a descriptor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/**
 * LwBlob: bytes that do not change while somebody holds them.
 *
 * Owns:   counted; lw_blob_ref() and lw_blob_unref(), NULL is fine for both.
 */
typedef struct LwBlob LwBlob;

/** Reads exactly `length` bytes at `offset`. Errors: 5.00. */
typedef bool (*LwBlobRead)(
                void *user, uint64_t offset, uint8_t *ret_data, size_t length, GError **error);

/** A blob of bytes in memory; takes its own reference. */
LwBlob *lw_blob_new(GBytes *bytes);
/** A blob of a copy of `data`. */
LwBlob *lw_blob_new_copy(const void *data, size_t length);
/** A blob behind a callback; `destroy` is called with the last reference. */
LwBlob *lw_blob_new_reader(uint64_t size, LwBlobRead read, void *user, GDestroyNotify destroy);

LwBlob *lw_blob_ref(LwBlob *self);
void lw_blob_unref(LwBlob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwBlob, lw_blob_unref)

uint64_t lw_blob_size(const LwBlob *self);
/** Errors: 5.00 when the source fails, 4.00 when the range lies outside. */
bool lw_blob_read(LwBlob *self, uint64_t offset, uint8_t *ret_data, size_t length, GError **error);
/** Where the bytes lie when they are in memory, else NULL. Valid as long as the blob. */
const uint8_t *lw_blob_data(const LwBlob *self);
