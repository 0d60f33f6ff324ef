/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTally: so many signals in a second, and how many were left out. */
#pragma once

#include <stdbool.h>

#include "base/time.h"

/**
 * LwTally: a plain value; zeroed memory has signalled nothing yet.
 *
 * Shape:  a second begins with the first signal after the last one ended.
 * Owns:   nothing.
 */
typedef struct LwTally {
        LwUsec end; /* of the second that runs, as a point on CLOCK_BOOTTIME */
        unsigned count;
        unsigned left_out;
} LwTally;

/** Whether one more may be signalled now; if not, it is counted. */
bool lw_tally_take(LwTally *self, LwNow now);
/** When to say how many were left out; LW_USEC_NEVER while none was. */
LwUsec lw_tally_deadline(const LwTally *self);
/** How many were left out; starts anew. */
unsigned lw_tally_settle(LwTally *self);
