/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUtilization: how much of a link's speed is used, from its counters at two moments. */
#pragma once

#include "host/survey.h"

/** LwUtilization: a plain value; zeroed memory has seen nothing. */
typedef struct LwUtilization {
        uint32_t link;
        LwUsec since;
        uint64_t rx_bytes, tx_bytes;
        int percent;
} LwUtilization;

/**
 * Percent of the speed of `link` that the busier direction used since the last look, or, when that
 * was less than a second ago, since the one before; -1: not known, as the link has no speed, or was
 * looked at for the first time.
 */
int lw_utilization_take(LwUtilization *self, const LwSurvey *survey, uint32_t link);
