/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as os-release and as meminfo. */
#include <stdint.h>
#include <string.h>

#include "host/os.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_auto(LwOs) os = {};
        g_autofree char *firmware = NULL, *software = NULL;
        LwMemory memory;

        lw_os_parse(&os, (const char *) data, size);
        firmware = lw_os_firmware(&os);
        software = lw_os_software(&os);
        g_assert(firmware == NULL || (firmware[0] != '\0' && g_utf8_validate(firmware, -1, NULL)));
        g_assert(software == NULL || (software[0] != '\0' && g_utf8_validate(software, -1, NULL)));
        if (lw_memory_parse((const char *) data, size, &memory))
                g_assert(memory.total_kb >= 0 && memory.available_kb >= 0);
        return 0;
}
