/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetworkErrors: whether the signal is low, and whether the network is lost. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/time.h"
#include "host/bearer.h"

/** No signal is too low. */
#define LW_SIGNAL_NEVER_LOW INT_MIN

/** LwSignalLimits: dBm below which a signal is low. */
typedef struct LwSignalLimits {
        int wlan_dbm, cellular_dbm;
} LwSignalLimits;

/**
 * LwNetworkErrors: error codes 4, "low signal strength", and 7, "IP connectivity failure".
 *
 * Shape:  a signal that is low has to be 5 dB above its limit to be none any more. The network is
 *         lost when there has been no way out for 5 s, so that a lease that is renewed is nobody's
 *         news, and there again at once. A plain value; begin with lw_network_errors().
 * Source: OMA LwM2M Core 1.2, "LwM2M Object: Device", Error Code.
 */
typedef struct LwNetworkErrors {
        bool is_low, is_lost;
        LwUsec lost_at; /* when it will be lost; LW_USEC_NEVER: there is a way, or it is lost */
} LwNetworkErrors;

LwNetworkErrors lw_network_errors(void);

/** Takes a measurement of the link in use; `has_signal` false: it has none that can be low. */
void lw_network_errors_take_signal(LwNetworkErrors *self, const LwSignalLimits *limits,
                LwBearer bearer, bool has_signal, int64_t dbm);
/** Takes whether there is a way out. `at_once`: it does not take 5 s. */
void lw_network_errors_take_way(LwNetworkErrors *self, bool has_way, bool at_once, LwUsec now);
/** `lost_at` has come. */
void lw_network_errors_run(LwNetworkErrors *self, LwUsec now);
