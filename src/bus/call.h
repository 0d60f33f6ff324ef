/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One asynchronous method call whose end is always told, whatever becomes of the bus. */
#pragma once

#include <systemd/sd-bus.h>

#include "base/time.h"
#include "bus/connection.h"

/** Exactly one is set: `reply`, gone after the call, or `error`, as the service or the bus gave it.
 */
typedef void (*LwBusCallDone)(void *user, sd_bus_message *reply, const sd_bus_error *error);

/** LwBusMethod: what to call. */
typedef struct LwBusMethod {
        const char *destination;
        const char *path;
        const char *interface;
        const char *member;
        LwUsec timeout_usec;
} LwBusMethod;

/**
 * Calls; the arguments are as for sd_bus_message_append(). `done` comes once: with the answer, at
 * the time-out, when the connection goes, or at once when there is none (Disconnected).
 */
void lw_bus_call(LwBus *bus, const LwBusMethod *method, LwBusCallDone done, void *user,
                const char *types, ...);
