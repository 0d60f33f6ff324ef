/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of this host may be other than a moment ago: memory and time zone. */
#include "providers/builtin/device-sample.h"

void lw_device_sample_clear(LwDeviceSample *self)
{
        lw_zone_clear(&self->zone);
        *self = (LwDeviceSample){};
}

bool lw_device_sample_take(LwDeviceSample *self, int root_fd, LwUsec age, LwNow now)
{
        if (self->is_taken && now.boot >= self->taken && now.boot - self->taken < age)
                return false;
        lw_device_sample_clear(self);
        self->is_taken = true;
        self->taken = now.boot;
        self->has_memory = lw_memory_read(root_fd, &self->memory) >= 0;
        self->has_zone = lw_zone_read(root_fd, now.real_usec / (int64_t) LW_USEC_PER_SEC,
                                         &self->zone) >= 0;
        lw_zone_print_offset(self->zone.offset_seconds, self->offset);
        return true;
}
