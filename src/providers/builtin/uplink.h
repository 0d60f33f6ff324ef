/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUplink: by which link this host reaches its servers, and what there is to say of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/modemmanager1.h"
#include "host/bearer.h"
#include "model/values.h"

/**
 * LwUplinkSources: what is known of the network at one moment; nothing of it is kept.
 *
 * `local`: the address of ours that the session with a server has, "192.0.2.7:41000", or NULL.
 * `modems`: of LwModem. `root_fd` stands for "/".
 */
typedef struct LwUplinkSources {
        const LwLinks *links;
        const GPtrArray *modems;
        const char *local;
        int root_fd;
} LwUplinkSources;

/**
 * LwUplink: the link in use.
 *
 * Shape:  the one that has the address of the session; else that of the default route with the
 *         lowest metric; without either, a modem that is registered. `link` is what has the
 *         addresses, `ground` what lies below it, 0: none. `modem` belongs to the sources; NULL: it
 *         is not cellular, or nobody tells.
 */
typedef struct LwUplink {
        LwBearer bearer;
        uint32_t link, ground;
        const LwModem *modem;
} LwUplink;

LwUplink lw_uplink(const LwUplinkSources *sources);

/** Whether a link that has a carrier leads out: it has a default route. */
bool lw_uplink_has_route(const LwLinks *links);
/**
 * Whether the session with this local address ("192.0.2.7:41000") still has a link that has a
 * carrier. Addresses of a link alone, and of this host alone, count as such: nobody tells of them.
 */
bool lw_uplink_carries(const LwLinks *links, const char *local);

/** LwUplinkMeasure: what only a survey tells; -1: not known. */
typedef struct LwUplinkMeasure {
        bool has_signal;
        int signal_dbm;  /* of a WLAN */
        int utilization; /* percent, -1: not known */
} LwUplinkMeasure;

/** The values of /4/0, by ascending path; what is not known is not there. Caller frees. */
LwValues *lw_uplink_values(const LwUplink *self, const LwUplinkSources *sources,
                const LwUplinkMeasure *measure);
