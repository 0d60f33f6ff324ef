/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bus as a test plays it: linked instead of src/bus. */
#pragma once

#include <stdbool.h>

#include "bus/connection.h"
#include "bus/hostname1.h"
#include "bus/login1.h"
#include "bus/systemd1.h"
#include "bus/timedate1.h"

/** A bus that is not there yet. */
LwBus *lw_fake_bus_new(void);
void lw_fake_bus_free(LwBus *self);
/** The connection comes, or goes. */
void lw_fake_bus_connect(LwBus *self, bool up);

/** How often hostnamed was asked and has not answered. */
unsigned lw_fake_bus_questions(const LwBus *self);
/** What it was asked for last. */
bool lw_fake_bus_asked_for_maker(const LwBus *self);
bool lw_fake_bus_asked_for_serial(const LwBus *self);
/** hostnamed answers the last question. */
void lw_fake_bus_answer(LwBus *self, const LwHostname1 *facts);
/** How often logind was asked to reboot; it refuses when `refuses`. */
unsigned lw_fake_bus_reboots(const LwBus *self);
void lw_fake_bus_refuse(LwBus *self, bool refuses);

/** What timedated was asked for, "zone Europe/Berlin; time 1000000"; once. Caller frees. */
char *lw_fake_bus_settings(const LwBus *self);
/** Whether a time service keeps the clock, so that timedated refuses to set it. */
void lw_fake_bus_keep_time(LwBus *self, bool keeps);
/** The unit that systemd was asked to start last; NULL: none. */
const char *lw_fake_bus_started(const LwBus *self);
