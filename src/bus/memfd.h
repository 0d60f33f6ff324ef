/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed memory files: how large opaque values travel on the bus. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/blob.h"
#include "model/path.h"
#include "model/values.h"

/**
 * A sealed memfd with the bytes of `blob`; the caller closes it.
 * Errors: -1; 5.00 when the blob or the file fails.
 */
int lw_memfd_new(LwBlob *blob, GError **error);
/**
 * The bytes of somebody else's memfd, which stays his. Only one that can be read and is sealed
 * against writing and shrinking: of any other file the reading could hang, or the content change
 * under us. Errors: NULL; 4.00 no sealed memfd, 4.13 more than LW_BODY_MAX bytes.
 */
GBytes *lw_memfd_read(int fd, GError **error);
/**
 * Adds the content of somebody else's memfd, which stays his, at `path`: as bytes up to
 * LW_BODY_MAX, else as a blob that reads from it. Errors: as lw_memfd_read(), but for the size:
 * 4.13 from 1 GiB on, which is what blocks can carry.
 */
bool lw_memfd_add(int fd, const LwPath *path, LwValues *values, GError **error);

/* To fill one: */

/** An empty one; -1 and 5.00 when there is none to be had. */
int lw_memfd_open(GError **error);
/** Appends. Errors: 5.00. */
bool lw_memfd_append(int fd, const uint8_t *data, size_t length, GError **error);
/** Nothing can be appended any more, and it is read from its beginning. */
void lw_memfd_seal(int fd);
