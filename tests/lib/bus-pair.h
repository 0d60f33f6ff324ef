/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two ends of a D-Bus connection without a bus, on one event loop. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/** LwPair: `ours` has the objects under test; `theirs` plays everybody else. */
typedef struct LwPair {
        sd_event *event;
        sd_bus *ours, *theirs;
} LwPair;

/** Both started, on `event` or (NULL) a loop of their own; fails the test otherwise. */
void lw_pair_init(LwPair *self, sd_event *event);
void lw_pair_clear(LwPair *self);

/** Runs the loop until `*done`; fails the test after five seconds. */
void lw_pair_run(LwPair *self, const bool *done);
/** Runs the loop until nothing is left to do. */
void lw_pair_settle(LwPair *self);
