/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manager1's methods that change which servers there are. */
#pragma once

#include <systemd/sd-bus.h>

#include "control/manager.h"

/*
 * Each is the rest of a method handler, once the caller is allowed: it reads the arguments, has the
 * daemon do it, and answers now or later. An answer for which the bus is gone is harmless.
 */

int lw_provision_reload(
                const LwManagerOps *ops, void *user, sd_bus_message *m, sd_bus_error *ret_error);
int lw_provision_add(
                const LwManagerOps *ops, void *user, sd_bus_message *m, sd_bus_error *ret_error);
/** `server`: the one whose object was named, NULL if there is none. */
int lw_provision_remove(const LwManagerOps *ops, void *user, LwServer *server, const char *path,
                sd_bus_message *m, sd_bus_error *ret_error);
