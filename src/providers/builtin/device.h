/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 3, Device: this host. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/connection.h"
#include "io/worker.h"
#include "providers/builtin/device-errors.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwDeviceObject: the one instance of /3, from the facts of this host.
 *
 * What the host does not know is not instantiated. Names, versions and numbers are read once;
 * memory, time zone and power when they are asked for, at most once a second, and in a rhythm while
 * somebody observes them. Firmware Version is the system as a whole, what an update of the host
 * replaces: the version of its image, else the name in os-release. Software Version is the release
 * of the distribution and of the kernel. ExtDevInfo links the instances of object 10241, Host
 * Device Info, that services provide. Source: OMA LwM2M Core 1.2, "LwM2M Object: Device".
 */
typedef struct LwDeviceObject LwDeviceObject;

/** LwDeviceSources: where the facts come from. All outlive the object. */
typedef struct LwDeviceSources {
        LwTree *tree;
        LwWorker *worker;
        int root_fd;             /* the directory that stands for "/" */
        const char *credentials; /* the directory of the service's, $CREDENTIALS_DIRECTORY; NULL:
                                    none */
        LwUsec sample_usec;      /* the rhythm of what is observed */
} LwDeviceSources;

LwDeviceObject *lw_device_object_new(const LwDeviceSources *sources);
/** Takes the instance off the tree. Free the bus before: it may still owe answers. */
void lw_device_object_free(LwDeviceObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceObject, lw_device_object_free)

/** Puts /3/0 on the tree. Errors: as lw_tree_add_layer(). */
bool lw_device_object_add(LwDeviceObject *self, GError **error);

/**
 * Reboots, resets, sets the clock and asks hostnamed over this bus, which outlives its use: what
 * the firmware told nobody else may come from there, later, and is then told as a change.
 */
void lw_device_object_use_bus(LwDeviceObject *self, LwBus *bus);

/** The kernel says that a power supply came, went or changed. */
void lw_device_object_power_changed(LwDeviceObject *self);
/** Whom to ask whether something else is wrong, as lw_device_errors_ask(). */
void lw_device_object_ask(LwDeviceObject *self, LwErrorsLook look, void *user);
/** Somebody else than this object knows of something that is wrong, or no longer. */
void lw_device_object_set_error(LwDeviceObject *self, LwErrorCause cause, bool holds);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_device_object_rows(size_t *ret_count);
