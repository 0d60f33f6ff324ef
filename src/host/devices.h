/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDevices: says which devices of the kernel come, change and go. */
#pragma once

#include "io/driver.h"

typedef enum LwDeviceAction {
        LW_DEVICE_ADDED,
        LW_DEVICE_CHANGED,
        LW_DEVICE_REMOVED,
} LwDeviceAction;

/** `subsystem` is "hwmon", `sysname` is "hwmon2". */
typedef void (*LwDevicesTold)(
                void *user, LwDeviceAction action, const char *subsystem, const char *sysname);

/**
 * LwDevices: listens to what udev tells of the subsystems hwmon, thermal, iio and power_supply. The
 * kernel filters, so that nobody else's device wakes us.
 */
typedef struct LwDevices LwDevices;

/** `driver` outlives it. 0 or a negative errno. */
int lw_devices_new(LwDriver *driver, LwDevicesTold told, void *user, LwDevices **ret_devices);
void lw_devices_free(LwDevices *self);
