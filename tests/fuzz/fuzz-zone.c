/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a compiled time zone, asked for a moment that their first eight say. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char text[LW_ZONE_OFFSET_TEXT_MAX];
        int32_t seconds;
        int64_t when;

        if (size < sizeof(when))
                return 0;
        memcpy(&when, data, sizeof(when));
        if (!lw_zone_offset(data + sizeof(when), size - sizeof(when), when, &seconds))
                return 0;
        g_assert(abs(seconds) <= 26 * 3600);
        lw_zone_print_offset(seconds, text);
        g_assert(strlen(text) == 6);
        return 0;
}
