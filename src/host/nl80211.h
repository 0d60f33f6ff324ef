/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What nl80211 tells of WLAN interfaces and of the access point that each is associated with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/**
 * LwWlan: one WLAN interface that is a station.
 *
 * Shape:  without an association `has_signal` is false and `rate_kbit` 0.
 */
typedef struct LwWlan {
        uint32_t link; /* its interface index */
        bool has_signal;
        int8_t signal_dbm;  /* the average, where the driver has one, else of the last frame */
        uint32_t rate_kbit; /* kbit/s: at which we send; 0: not known */
} LwWlan;

/** The id of the family "nl80211" out of the answer of nlctrl; 0: it is not there. */
uint16_t lw_nl80211_family(const void *data, size_t length);

/**
 * Takes what one read gave: adds interfaces (of NL80211_CMD_NEW_INTERFACE) that are stations to
 * `wlans`, of LwWlan, and fills in the signal (of NL80211_CMD_NEW_STATION) of those that are known.
 * At most LW_HOST_WLANS_MAX. True when a list has ended. Source: linux/nl80211.h.
 */
bool lw_nl80211_take(GArray *wlans, uint16_t family, const void *data, size_t length);
