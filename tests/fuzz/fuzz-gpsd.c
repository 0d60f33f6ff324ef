/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a line of gpsd. */
#include <math.h>
#include <stdint.h>

#include <glib.h>

#include "providers/builtin/gpsd-report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        uint8_t velocity[LW_VELOCITY_MAX];
        LwFix fix;

        if (!lw_gpsd_report_parse((const char *) data, size, &fix))
                return 0;
        g_assert(isfinite(fix.latitude) && isfinite(fix.longitude) && fix.real_usec > 0);
        g_assert(lw_fix_velocity(&fix, velocity) <= sizeof(velocity));
        return 0;
}
