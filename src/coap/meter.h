/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts what libcoap sends and receives, where it does: at the socket. */
#pragma once

#include "exchange/transport.h"

/**
 * From now on everything that libcoap moves over its connected sockets, repetitions,
 * acknowledgements and handshakes included, is counted in `traffic` (NULL: nowhere). Returns where
 * it was counted before, to be put back.
 */
LwTraffic *lw_meter_set(LwTraffic *traffic);
