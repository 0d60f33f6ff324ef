/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of this host may be other than a moment ago: memory and time zone. */
#pragma once

#include <stdbool.h>

#include "base/time.h"
#include "host/os.h"
#include "host/zone.h"

/** LwDeviceSample: memory and zone as they were at one moment. Zeroes are a start. */
typedef struct LwDeviceSample {
        LwUsec taken; /* with `is_taken` */
        bool is_taken, has_memory, has_zone;
        LwMemory memory;
        LwZone zone;
        char offset[LW_ZONE_OFFSET_TEXT_MAX];
} LwDeviceSample;

void lw_device_sample_clear(LwDeviceSample *self);
/** Takes one, unless it is younger than `age`. True when it was taken. */
bool lw_device_sample_take(LwDeviceSample *self, int root_fd, LwUsec age, LwNow now);
