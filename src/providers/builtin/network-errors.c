/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetworkErrors: whether the signal is low, and whether the network is lost. */
#include "providers/builtin/network-errors.h"

#define HYSTERESIS_DB 5
#define LOST_USEC (5 * LW_USEC_PER_SEC)

LwNetworkErrors lw_network_errors(void)
{
        return (LwNetworkErrors){ .lost_at = LW_USEC_NEVER };
}

/* Cellular bearers have the numbers below. */
static int limit_of(const LwSignalLimits *limits, LwBearer bearer)
{
        if (bearer == LW_BEARER_WLAN)
                return limits->wlan_dbm;
        return bearer >= 0 && bearer < LW_BEARER_WLAN ? limits->cellular_dbm : LW_SIGNAL_NEVER_LOW;
}

void lw_network_errors_take_signal(LwNetworkErrors *self, const LwSignalLimits *limits,
                LwBearer bearer, bool has_signal, int64_t dbm)
{
        int limit = limit_of(limits, bearer);

        if (!has_signal || limit == LW_SIGNAL_NEVER_LOW)
                self->is_low = false;
        else
                self->is_low = dbm < limit + (self->is_low ? HYSTERESIS_DB : 0);
}

void lw_network_errors_take_way(LwNetworkErrors *self, bool has_way, bool at_once, LwUsec now)
{
        if (has_way || at_once) {
                self->is_lost = !has_way;
                self->lost_at = LW_USEC_NEVER;
        } else if (!self->is_lost && self->lost_at == LW_USEC_NEVER) {
                self->lost_at = lw_usec_add(now, LOST_USEC);
        }
}

void lw_network_errors_run(LwNetworkErrors *self, LwUsec now)
{
        if (now < self->lost_at)
                return;
        self->lost_at = LW_USEC_NEVER;
        self->is_lost = true;
}
