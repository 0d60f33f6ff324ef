/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of one kind in directories of which the first has the last word. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

/** One file: `name` is without the suffix. Errors: what is wrong with it. */
typedef bool (*LwDirectoryFile)(void *user, const char *name, GBytes *bytes, GError **error);

/**
 * Calls `each` for every file with the suffix in `directories` (ended by NULL), at most `most`: a
 * file hides those of its name in later directories, and an empty one only hides. What is wrong
 * with a file is a warning that names it.
 */
void lw_directory_each(const char *const *directories, const char *suffix, unsigned most,
                LwDirectoryFile each, void *user);

/** The uid of a user's name or number; may block. An LwGrantUser. */
bool lw_directory_find_user(const char *name, uid_t *ret_uid);
