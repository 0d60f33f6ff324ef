/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-timedated: another time, another zone. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "bus/connection.h"

/** `error` NULL: it is done. Else a sentence with what is wrong and what would help. */
typedef void (*LwTimedate1Done)(void *user, const GError *error);

/**
 * Sets the clock to microseconds since 1970, without asking a person. `done` comes once, perhaps
 * before this returns. Errors: 4.05 while a time service keeps the clock; 5.00 refused; 5.03 no
 * bus, no timedated, no answer.
 */
void lw_timedate1_set_time(LwBus *bus, int64_t usec, LwTimedate1Done done, void *user);
/** The same for the zone, "Europe/Berlin". Errors: 4.00 when timedated knows no such zone; else as
 * above. */
void lw_timedate1_set_zone(LwBus *bus, const char *zone, LwTimedate1Done done, void *user);
