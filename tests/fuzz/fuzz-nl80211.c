/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what a generic netlink socket gave. */
#include <stdint.h>
#include <string.h>

#include "host/nl80211.h"
#include "model/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GArray) wlans = g_array_new(FALSE, FALSE, sizeof(LwWlan));
        g_autofree uint8_t *aligned = g_memdup2(data, size);

        lw_nl80211_family(aligned, size);
        lw_nl80211_take(wlans, 0x1c, aligned, size);
        g_assert(wlans->len <= LW_HOST_WLANS_MAX);
        for (guint i = 0; i < wlans->len; i++)
                g_assert(g_array_index(wlans, LwWlan, i).link != 0);
        return 0;
}
