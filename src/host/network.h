/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetwork: the links, addresses and routes of the host, and news of them. */
#pragma once

#include "host/rtnetlink.h"
#include "io/driver.h"

/** LwNetworkEvents: what LwNetwork tells; one that is NULL is not told. */
typedef struct LwNetworkEvents {
        /** The host's addresses or default routes are other than at the last call. What comes
         * together (a DHCP lease, a modem that dials) is told once: when nothing came for a second,
         * at the latest five seconds after the first. */
        void (*changed)(void *user);
        /** lw_network_links() is other than before; told at once. */
        void (*noticed)(void *user);
} LwNetworkEvents;

/** LwNetwork: listens to rtnetlink. */
typedef struct LwNetwork LwNetwork;

/** `driver` outlives it. 0 or a negative errno. */
int lw_network_new(LwDriver *driver, const LwNetworkEvents *events, void *user,
                LwNetwork **ret_network);
void lw_network_free(LwNetwork *self);

/** What there is; as long as `self` lives. Empty until the kernel's lists have come. */
const LwLinks *lw_network_links(const LwNetwork *self);
