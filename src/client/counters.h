/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCounters: what went over the network, in all and month by month. */
#pragma once

#include <stdint.h>

#include "base/time.h"
#include "exchange/transport.h"

/**
 * LwCounters: a plain value; zeroed memory has counted nothing.
 *
 * Shape:  a month is a calendar month of UTC, as year * 12 + month (0..11); 0 before the first
 *         byte. `seen` is what the open connection had counted when it was asked last.
 * Owns:   nothing.
 */
typedef struct LwCounters {
        LwTraffic total;
        LwTraffic this_month, last_month;
        int32_t month;
        int64_t month_ends_usec; /* real time: when the next one begins */
        LwTraffic seen;
} LwCounters;

/** Adds what `traffic`, counted by the open connection since it was made, has more than before. */
void lw_counters_count(LwCounters *self, const LwTraffic *traffic, LwNow now);
/** Another connection is made, which counts from 0. */
void lw_counters_connect(LwCounters *self);
