/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a network link is made of, as object 4 counts it. */
#pragma once

#include "host/rtnetlink.h"

/** LwBearer: the numbers of the standard for what we can tell apart; cellular ones a modem tells.
 * Source: OMA LwM2M, Connectivity Monitoring 1.3, resource 0. */
typedef enum LwBearer {
        LW_BEARER_CELLULAR = -2, /* which kind, the kernel does not know */
        LW_BEARER_NONE = -1,     /* loopback, tunnels, and what leads to programs of this host */
        LW_BEARER_GSM = 0,
        LW_BEARER_WCDMA = 2,
        LW_BEARER_CDMA2000 = 3,
        LW_BEARER_LTE_TDD = 5,
        LW_BEARER_LTE_FDD = 6,
        LW_BEARER_NB_IOT = 7,
        LW_BEARER_NR_TDD = 8,
        LW_BEARER_NR_FDD = 9,
        LW_BEARER_WLAN = 21,
        LW_BEARER_BLUETOOTH = 22,
        LW_BEARER_IEEE802154 = 23,
        LW_BEARER_ETHERNET = 41,
        LW_BEARER_DSL = 42,
} LwBearer;

/**
 * What a link is by itself. `devtype` is DEVTYPE= of its uevent file, "" if there is none.
 */
LwBearer lw_bearer(const LwLink *link, const char *devtype);
/** DEVTYPE= out of a uevent file, caller frees; "" if it is not there. */
char *lw_bearer_devtype(const char *uevent);

/**
 * The same, with DEVTYPE read below `root_fd`, and through VLANs, bridges and bonds: then
 * `ret_ground` is the link that lies below them all, else the link itself.
 */
LwBearer lw_bearer_of(
                const LwLinks *links, const LwLink *link, int root_fd, const LwLink **ret_ground);
