/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what an rtnetlink socket gave, to the bearer of each link. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "host/bearer.h"
#include "model/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(LwLinks) links = lw_links_new();
        g_autofree uint8_t *aligned = g_memdup2(data, size);
        size_t count;

        lw_links_take(links, aligned, size);
        count = lw_links_count(links);
        g_assert(count <= LW_HOST_LINKS_MAX && lw_links_route_count(links) <= LW_HOST_ROUTES_MAX);
        for (size_t i = 0; i < count; i++) {
                const LwLink *link = lw_links_at(links, i), *ground;

                g_assert(i == 0 || lw_links_at(links, i - 1)->index < link->index);
                g_assert(g_utf8_validate(link->name, -1, NULL));
                g_assert(lw_bearer_of(links, link, -1, &ground) >= LW_BEARER_CELLULAR);
        }
        for (size_t i = 0; i < lw_links_address_count(links); i++) {
                const LwHostAddress *address = lw_links_address_at(links, i);
                g_autofree char *text = lw_host_address_print(address->family, address->bytes);

                g_assert(text[0] != '\0');
        }
        return 0;
}
