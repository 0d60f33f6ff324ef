/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd: to start a unit of ours. */
#pragma once

#include <glib.h>

#include "bus/connection.h"

/** `error` NULL: the unit's start is queued. Else a sentence with what is wrong and what would
 * help. */
typedef void (*LwSystemd1Done)(void *user, const GError *error);

/**
 * Starts a unit, "lwm2md-factory-reset.service". `done` comes once, perhaps before this returns.
 * Errors: 5.00 refused, or there is no such unit; 5.03 no bus, no answer.
 */
void lw_systemd1_start(LwBus *bus, const char *unit, LwSystemd1Done done, void *user);
