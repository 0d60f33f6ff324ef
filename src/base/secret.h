/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes of which nothing stays behind in memory. */
#pragma once

#include <stddef.h>

#include <glib.h>

/** A copy of `length` bytes, which is wiped when its last reference goes. */
GBytes *lw_secret_new(const void *data, size_t length);

/** Wipes and frees what g_malloc() gave; NULL is fine. */
void lw_secret_free(void *data, size_t length);

/** Overwrites bytes that are on the heap and that nobody will read any more. */
void lw_secret_wipe(GBytes *bytes);
