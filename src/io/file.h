/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host: read whole, bounded, below a root directory. */
#pragma once

#include <stddef.h>

#include <glib.h>

/**
 * Reads `path`, relative to the directory `root_fd` (AT_FDCWD: as it stands), to its end.
 * Opens with O_CLOEXEC|O_NOCTTY|O_NONBLOCK, so that a FIFO cannot hang us; only regular files are
 * read (sysfs and procfs are such). Returns 0, or a negative errno: -EFBIG above `limit` bytes,
 * -EINVAL if it is no regular file.
 */
int lw_file_read(int root_fd, const char *path, size_t limit, GBytes **ret_bytes);
/** The first line without white space around it; -ENODATA when it is empty, -EILSEQ when it is not
 * UTF-8. */
int lw_file_read_line(int root_fd, const char *path, char **ret_line);
