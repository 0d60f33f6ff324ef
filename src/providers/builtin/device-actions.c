/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The executable resources of object 3 that end this process: reboot and factory reset. */
#include "providers/builtin/device-actions.h"

#include "base/log.h"
#include "bus/login1.h"
#include "bus/systemd1.h"
#include "model/status.h"

#define RESET_UNIT "lwm2md-factory-reset.service"

struct LwDeviceActions {
        LwDriver *driver;
        LwBus *bus;
        bool rebooting, resetting;
};

LwDeviceActions *lw_device_actions_new(LwDriver *driver)
{
        LwDeviceActions *self = g_new0(LwDeviceActions, 1);

        self->driver = driver;
        return self;
}

void lw_device_actions_use_bus(LwDeviceActions *self, LwBus *bus)
{
        self->bus = bus;
}

static bool has_bus(const LwDeviceActions *self, const char *whom, LwCall *call)
{
        if (self->bus != NULL && lw_bus_connection(self->bus) != NULL)
                return true;
        lw_call_fail_status(call, LW_STATUS_UNAVAILABLE, "there is no system bus to ask %s", whom);
        return false;
}

static void on_reboot(void *user G_GNUC_UNUSED, const GError *error)
{
        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING, "the reboot that was asked for does not happen: %s",
                                error->message);
}

static void reboot(void *user)
{
        LwDeviceActions *self = user;

        self->rebooting = false;
        lw_log(G_LOG_LEVEL_MESSAGE, "rebooting, as /3/0/4 was executed");
        lw_login1_reboot(self->bus, on_reboot, NULL);
}

/* The answer goes first: after the reboot there is nobody to give it. */
void lw_device_actions_reboot(LwDeviceActions *self, LwCall *call)
{
        if (!has_bus(self, "systemd-logind for a reboot", call))
                return;
        if (!self->rebooting)
                lw_driver_defer(self->driver, reboot, self);
        self->rebooting = true;
        lw_call_succeed(call);
}

static void on_reset(void *user G_GNUC_UNUSED, const GError *error)
{
        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "the factory reset that was asked for does not happen: %s",
                                error->message);
}

static void reset(void *user)
{
        LwDeviceActions *self = user;

        self->resetting = false;
        lw_log(G_LOG_LEVEL_MESSAGE, "starting " RESET_UNIT ", as /3/0/5 was executed");
        lw_systemd1_start(self->bus, RESET_UNIT, on_reset, NULL);
}

/* The unit ends us, and when we are ended we de-register. */
void lw_device_actions_reset(LwDeviceActions *self, LwCall *call)
{
        if (!has_bus(self, "systemd for a factory reset", call))
                return;
        if (!self->resetting)
                lw_driver_defer(self->driver, reset, self);
        self->resetting = true;
        lw_call_succeed(call);
}

void lw_device_actions_free(LwDeviceActions *self)
{
        if (self == NULL)
                return;
        lw_driver_forget(self->driver, reboot, self);
        lw_driver_forget(self->driver, reset, self);
        g_free(self);
}
