/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed memory files: how large opaque values travel on the bus. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/blob.h"

/**
 * A sealed memfd with the bytes of `blob`; the caller closes it.
 * Errors: -1; 5.00 when the blob or the file fails.
 */
int lw_memfd_new(LwBlob *blob, GError **error);
/**
 * The bytes of somebody else's memfd, which stays his. Only one that is sealed against writing and
 * shrinking: of any other file the reading could hang, or the content change under us.
 * Errors: NULL; 4.00 no sealed memfd, 4.13 more than LW_BODY_MAX bytes.
 */
GBytes *lw_memfd_read(int fd, GError **error);
