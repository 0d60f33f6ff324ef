/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a modem says, in the terms of object 4. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bus/modemmanager1.h"
#include "host/bearer.h"

/**
 * The bearer that it is registered with, LW_BEARER_NONE if it is not. Of LTE and 5G it does not say
 * whether they are in TDD or FDD: it is TDD where all bands that it may use are such.
 */
LwBearer lw_cellular_bearer(const LwModem *modem);

/**
 * dBm: RSSI of GSM and CDMA, RSCP of UMTS, RSRP of LTE, NB-IoT and 5G; where ModemManager does not
 * measure them, what its percentage stands for: -113 dBm at 0 %, -51 dBm at 100 %.
 */
bool lw_cellular_strength(const LwModem *modem, int64_t *ret_dbm);
/** dB: RSRQ of LTE, NB-IoT and 5G. */
bool lw_cellular_quality(const LwModem *modem, int64_t *ret_db);
/** dB: the signal to noise ratio of the same. */
bool lw_cellular_snr(const LwModem *modem, int64_t *ret_db);

/** Mobile country and network code: of the operator's code, else of the cell; -1: not known. */
void lw_cellular_network(const LwModem *modem, int64_t *ret_mcc, int64_t *ret_mnc);
