/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server observes, as D-Bus shows it. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "client/server.h"
#include "model/registry.h"

/**
 * Appends a(sa{sv}): `limit` observations of `server` at most, from the `offset`-th on;
 * dbus/org.lwm2md.Server1.xml says what is told of each. Returns 0 or a negative errno.
 */
int lw_observations_append(sd_bus_message *reply, const LwServer *server, LwRegistry *registry,
                uint32_t offset, uint32_t limit);
