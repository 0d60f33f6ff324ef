/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what a netlink socket gave. */
#include <stdint.h>
#include <string.h>

#include "host/addresses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(LwAddresses) addresses = lw_addresses_new();
        g_autofree uint8_t *aligned = g_memdup2(data, size);
        size_t count;

        lw_addresses_take(addresses, aligned, size);
        count = lw_addresses_count(addresses);
        g_assert(count <= size / 16);
        lw_addresses_take(addresses, aligned, size);
        g_assert(lw_addresses_count(addresses) ==
                        count); /* the same story ends in the same place */
        return 0;
}
