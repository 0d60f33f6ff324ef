/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-hostnamed: who made this machine. */
#pragma once

#include <stdbool.h>

#include "bus/connection.h"

/** LwHostname1: what hostnamed knows; NULL: it does not, or may not tell us. */
typedef struct LwHostname1 {
        const char *vendor; /* HardwareVendor */
        const char *model;  /* HardwareModel */
        const char *serial; /* GetHardwareSerial, which polkit guards */
} LwHostname1;

/** Told once; `facts` is gone after the call. What failed is missing, and said at debug level. */
typedef void (*LwHostname1Done)(void *user, const LwHostname1 *facts);

/**
 * Asks for vendor and model if `maker`, for the serial number if `serial`: what is known already is
 * not asked for, as hostnamed would wake up, and polkit with it. One of both is set. `done` comes
 * once, at once with nothing when there is no bus.
 */
void lw_hostname1_ask(LwBus *bus, bool maker, bool serial, LwHostname1Done done, void *user);
