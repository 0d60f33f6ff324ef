/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOwner: a connection to the bus, watched until it goes. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct LwOwner LwOwner;

/** Calls `gone` when nobody on `bus` has the unique `name` (any more); the callee may free it. NULL
 * with errno when the bus cannot be asked. */
LwOwner *lw_owner_new(sd_bus *bus, const char *name, void (*gone)(void *user), void *user);
void lw_owner_free(LwOwner *self);

const char *lw_owner_name(const LwOwner *self);
