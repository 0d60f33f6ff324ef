/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAlarms: files of sysfs of which the kernel tells that they are other than before. */
#pragma once

#include <stdbool.h>

#include "io/driver.h"

/**
 * LwAlarms: watches files for sysfs_notify(). Nothing is read: a driver may take long to say what
 * there is.
 *
 * Shape:  a file belongs to a key of the caller's. What is no file of sysfs is never told of, and
 *         one that is may be told of once when it is watched. At most LW_ALARMS_MAX.
 * Source: poll(2), POLLPRI; Documentation/filesystems/sysfs.rst of Linux.
 */
typedef struct LwAlarms LwAlarms;

/** `root_fd` stands for "/". */
LwAlarms *lw_alarms_new(
                LwDriver *driver, int root_fd, void (*told)(void *user, void *key), void *user);
void lw_alarms_free(LwAlarms *self);

/** False: it is not there, the kernel tells nothing of it, or there are too many. */
bool lw_alarms_watch(LwAlarms *self, const char *path, void *key);
/** The same for a descriptor, which is taken in any case. */
bool lw_alarms_watch_fd(LwAlarms *self, int fd, void *key);
/** Nothing of this key is told any more. */
void lw_alarms_drop(LwAlarms *self, const void *key);
size_t lw_alarms_count(const LwAlarms *self);
