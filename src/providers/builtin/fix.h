/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwFix: where this host is, and how it moves. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * LwFix: one measurement of the position.
 *
 * Shape:  degrees of WGS 84, north and east positive; metres, metres a second; `course` in degrees
 *         clockwise from north. NAN: not known, but for latitude and longitude. `real_usec`: when
 * it was measured.
 */
typedef struct LwFix {
        double latitude, longitude;
        double altitude, radius;
        double speed, course, climb;
        int64_t real_usec;
} LwFix;

/** A fix about which nothing is known yet. */
LwFix lw_fix(void);
/** Whether it can be one: finite, on the globe, after 1970. What cannot be of the rest becomes NAN.
 */
bool lw_fix_check(LwFix *self);

/* bytes */
#define LW_VELOCITY_MAX 5
/**
 * The velocity as the standard wants it: horizontal, and vertical where it is known, in km/h.
 * Returns its length; 0: speed or course is not known. Source: 3GPP TS 23.032, 8.
 */
size_t lw_fix_velocity(const LwFix *self, uint8_t ret_data[static LW_VELOCITY_MAX]);
