/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 3, Device: this host. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/connection.h"
#include "io/driver.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwDeviceObject: the one instance of /3, from the facts of this host.
 *
 * What the host does not know is not instantiated. Names, versions and numbers are read once;
 * memory and time zone when they are asked for, at most once a second. Firmware Version is the
 * system as a whole, what an update of the host replaces: the version of its image, else the name
 * in os-release. Software Version is the release of the distribution and of the kernel. Source: OMA
 * LwM2M Core 1.2, "LwM2M Object: Device".
 */
typedef struct LwDeviceObject LwDeviceObject;

/**
 * `root_fd`: the directory that stands for "/", the caller's, open as long as the object lives.
 * `credentials`: the directory of the service's credentials ($CREDENTIALS_DIRECTORY), NULL if there
 * is none.
 */
LwDeviceObject *lw_device_object_new(
                LwTree *tree, LwDriver *driver, int root_fd, const char *credentials);
/** Takes the instance off the tree. Free the bus before: it may still owe answers. */
void lw_device_object_free(LwDeviceObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceObject, lw_device_object_free)

/** Puts /3/0 on the tree. Errors: as lw_tree_add_layer(). */
bool lw_device_object_add(LwDeviceObject *self, GError **error);

/**
 * Reboots and asks hostnamed over this bus, which outlives its use: what the firmware told nobody
 * else may come from there, later, and is then told as a change.
 */
void lw_device_object_use_bus(LwDeviceObject *self, LwBus *bus);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_device_object_rows(size_t *ret_count);
