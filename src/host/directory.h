/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of the host: their names, in order, below a root directory. */
#pragma once

#include <stddef.h>

#include <glib.h>

/**
 * The names in `path`, relative to the directory `root_fd`, without those that begin with a dot: at
 * most `limit`, in an order that takes runs of digits as numbers ("hwmon2" before "hwmon10"). An
 * empty list when it cannot be read.
 */
GStrv lw_directory_list(int root_fd, const char *path, size_t limit);
