/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestFile: a regular file whose content travels without being held in memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/blob.h"

/**
 * LwTestFile: a file of whoever asks, read or written piece by piece, in the loop: a piece is a
 * block of 1024 bytes at most, and a regular file does not make us wait longer than the disk does.
 *
 * Owns:   counted; lw_test_file_ref() and lw_test_file_unref(), NULL is fine for both.
 */
typedef struct LwTestFile LwTestFile;

/** Opens `path`, absolute, for reading. Errors: 4.00 with the reason. */
LwTestFile *lw_test_file_open(const char *path, GError **error);
/** Makes `path`, absolute, or empties what is there. Errors: 4.00 with the reason. */
LwTestFile *lw_test_file_create(const char *path, GError **error);
/** Somebody else's descriptor, which stays his. Errors: 4.00 no regular file. */
LwTestFile *lw_test_file_new(int fd, GError **error);

LwTestFile *lw_test_file_ref(LwTestFile *self);
void lw_test_file_unref(LwTestFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestFile, lw_test_file_unref)

/** Its content, as long as it is now, read when it is needed. Errors: 5.00. */
LwBlob *lw_test_file_blob(LwTestFile *self, GError **error);
/** Writes a piece; at offset 0 what was there is cut off. Errors: 5.00. */
bool lw_test_file_put(LwTestFile *self, uint64_t offset, const uint8_t *data, size_t length,
                GError **error);
