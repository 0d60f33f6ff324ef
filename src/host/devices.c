/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDevices: says which devices of the kernel come, change and go. */
#include "host/devices.h"

#include <glib.h>
#include <systemd/sd-device.h>

static const char *const subsystems[] = { "hwmon", "thermal", "iio", "power_supply" };

struct LwDevices {
        LwDevicesTold told;
        void *user;
        sd_device_monitor *monitor;
};

static int on_device(sd_device_monitor *monitor G_GNUC_UNUSED, sd_device *device, void *user)
{
        LwDevices *self = user;
        const char *subsystem, *sysname;
        sd_device_action_t action;

        if (sd_device_get_action(device, &action) < 0 ||
                        sd_device_get_subsystem(device, &subsystem) < 0 ||
                        sd_device_get_sysname(device, &sysname) < 0)
                return 0;
        self->told(self->user,
                        action == SD_DEVICE_ADD      ? LW_DEVICE_ADDED
                        : action == SD_DEVICE_REMOVE ? LW_DEVICE_REMOVED
                                                     : LW_DEVICE_CHANGED,
                        subsystem, sysname);
        return 0;
}

static int listen_to_udev(LwDevices *self, LwDriver *driver)
{
        int r = sd_device_monitor_new(&self->monitor);

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(subsystems); i++)
                r = sd_device_monitor_filter_add_match_subsystem_devtype(
                                self->monitor, subsystems[i], NULL);
        if (r >= 0)
                r = sd_device_monitor_attach_event(self->monitor, lw_driver_event(driver));
        return r < 0 ? r : sd_device_monitor_start(self->monitor, on_device, self);
}

int lw_devices_new(LwDriver *driver, LwDevicesTold told, void *user, LwDevices **ret_devices)
{
        LwDevices *self = g_new0(LwDevices, 1);
        int r;

        self->told = told;
        self->user = user;
        r = listen_to_udev(self, driver);
        if (r < 0) {
                lw_devices_free(self);
                return r;
        }
        *ret_devices = self;
        return 0;
}

void lw_devices_free(LwDevices *self)
{
        if (self == NULL)
                return;
        sd_device_monitor_unref(self->monitor);
        g_free(self);
}
