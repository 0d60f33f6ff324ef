/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The executable resources of object 3 that end this process: reboot and factory reset. */
#pragma once

#include "bus/connection.h"
#include "io/driver.h"
#include "tree/call.h"

/**
 * LwDeviceActions: what is answered first and done then, in the next turn of the loop.
 *
 * A factory reset is what the unit lwm2md-factory-reset.service does; an integrator replaces it.
 */
typedef struct LwDeviceActions LwDeviceActions;

LwDeviceActions *lw_device_actions_new(LwDriver *driver);
/** What was answered and is not done yet is not done any more. */
void lw_device_actions_free(LwDeviceActions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceActions, lw_device_actions_free)

/** Over this bus, which outlives its use. */
void lw_device_actions_use_bus(LwDeviceActions *self, LwBus *bus);

/* Each consumes the call. Errors: 5.03 without a bus. */

void lw_device_actions_reboot(LwDeviceActions *self, LwCall *call);
void lw_device_actions_reset(LwDeviceActions *self, LwCall *call);
