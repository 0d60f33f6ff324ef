/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The place of a device in the machine, by what stays the same over reboots and re-plugging. */
#pragma once

#include <glib.h>

/**
 * The place that `link`, a link of sysfs, leads to, as a path without the numbers that the kernel
 * counts up as devices come: "../../devices/pci0000:00/0000:00:1f.3/i2c-4/4-0048/hwmon/hwmon2" is
 * "pci0000:00/0000:00:1f.3/i2c.0/-0048". An adapter "i2c-4" is counted among those beside it, for
 * which the directory is looked at. NULL when it is no link into devices/. Caller frees.
 *
 * `ret_raw` (NULL: not wanted): the same with all numbers.
 */
char *lw_device_path_read(int root_fd, const char *link, char **ret_raw);

/** Letters that a path may have; others become '_'. In place. */
void lw_device_path_clean(char *path);
