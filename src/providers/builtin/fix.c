/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwFix: where this host is, and how it moves. */
#include "providers/builtin/fix.h"

#include <math.h>

#include <glib.h>

/* Source: 3GPP TS 23.032, 8.6: velocity types. */
#define HORIZONTAL 0x00
#define HORIZONTAL_AND_VERTICAL 0x10
#define DOWNWARD 0x02

/* m/s to km/h */
#define KMH_PER_MPS 3.6

LwFix lw_fix(void)
{
        return (LwFix){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0 };
}

static double bounded(double value, double least, double most)
{
        return value >= least && value <= most ? value : NAN;
}

bool lw_fix_check(LwFix *self)
{
        self->altitude = bounded(self->altitude, -20000, 1e9);
        self->radius = bounded(self->radius, 0, 3e7);
        self->speed = bounded(self->speed, 0, 1e5);
        self->course = bounded(self->course, 0, 360);
        self->climb = bounded(self->climb, -1e5, 1e5);
        return isfinite(bounded(self->latitude, -90, 90)) &&
               isfinite(bounded(self->longitude, -180, 180)) && self->real_usec > 0;
}

size_t lw_fix_velocity(const LwFix *self, uint8_t ret_data[static LW_VELOCITY_MAX])
{
        unsigned bearing, speed, climb;

        if (!isfinite(self->speed) || !isfinite(self->course))
                return 0;
        bearing = (unsigned) lround(self->course) % 360;
        speed = (unsigned) CLAMP(lround(self->speed * KMH_PER_MPS), 0, UINT16_MAX);
        ret_data[0] = (uint8_t) (HORIZONTAL | bearing >> 8);
        ret_data[1] = (uint8_t) bearing;
        ret_data[2] = (uint8_t) (speed >> 8);
        ret_data[3] = (uint8_t) speed;
        if (!isfinite(self->climb))
                return 4;
        climb = (unsigned) CLAMP(lround(fabs(self->climb) * KMH_PER_MPS), 0, UINT8_MAX);
        ret_data[0] |= (uint8_t) (HORIZONTAL_AND_VERTICAL | (self->climb < 0 ? DOWNWARD : 0));
        ret_data[4] = (uint8_t) climb;
        return LW_VELOCITY_MAX;
}
