/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time and spans of time, in microseconds. */
#pragma once

#include <stdint.h>

/** LwUsec: a span, or a point on CLOCK_BOOTTIME, in microseconds. */
typedef uint64_t LwUsec;

#define LW_USEC_NEVER UINT64_MAX
#define LW_USEC_PER_MSEC UINT64_C(1000)
#define LW_USEC_PER_SEC UINT64_C(1000000)

/**
 * LwNow: the present, handed down to everything that needs it, so that a test can say what it is.
 *
 * boot: CLOCK_BOOTTIME; every deadline is a point on it, as it neither jumps nor stops in suspend.
 * real_usec: CLOCK_REALTIME; only for what is stored, sent or shown.
 */
typedef struct LwNow {
        LwUsec boot;
        int64_t real_usec;
} LwNow;

/** a + b, and LW_USEC_NEVER instead of an overflow. */
static inline LwUsec lw_usec_add(LwUsec a, LwUsec b)
{
        return a > LW_USEC_NEVER - b ? LW_USEC_NEVER : a + b;
}

/** The standard's seconds as microseconds; LW_USEC_NEVER instead of an overflow. */
static inline LwUsec lw_usec_from_seconds(uint64_t seconds)
{
        return seconds > LW_USEC_NEVER / LW_USEC_PER_SEC ? LW_USEC_NEVER
                                                         : seconds * LW_USEC_PER_SEC;
}

static inline LwUsec lw_usec_min(LwUsec a, LwUsec b)
{
        return a < b ? a : b;
}
