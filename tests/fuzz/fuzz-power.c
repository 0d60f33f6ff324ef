/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what the kernel says of a power supply: whatever is said of it stays within its
 * bounds. */
#include <stdint.h>

#include "host/power.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_auto(LwPower) power = { g_array_new(FALSE, FALSE, sizeof(LwSupply)) };
        LwSupply supply = {};
        int64_t number;
        int level;

        lw_supply_parse(&supply, (const char *) data, size);
        /* twice: what several batteries hold is added */
        g_array_append_val(power.supplies, supply);
        g_array_append_val(power.supplies, supply);
        g_assert(lw_supply_source(&supply) >= -1 && lw_supply_source(&supply) <= 7);
        lw_supply_voltage(&supply, &number);
        lw_supply_current(&supply, &number);
        if (lw_power_battery_level(&power, &level))
                g_assert(level >= 0 && level <= 100);
        g_assert(lw_power_battery_status(&power) >= 0 && lw_power_battery_status(&power) <= 6);
        if (lw_power_is_damaged(&power))
                g_assert(supply.is_damaged);
        lw_power_is_low(&power);
        lw_power_is_cut(&power);
        return 0;
}
