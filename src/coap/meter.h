/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts what libcoap sends and receives, where it does: at the socket. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/transport.h"

/**
 * From now on everything that libcoap moves over its connected sockets, repetitions,
 * acknowledgements and handshakes included, is counted in `traffic` (NULL: nowhere). Returns where
 * it was counted before, to be put back.
 */
LwTraffic *lw_meter_set(LwTraffic *traffic);

/** Whether a read found that the other end's port is closed (ICMP), since this was asked last. */
bool lw_meter_take_refusal(void);

/** The datagram that was read last; it is there as long as libcoap works on it. */
const uint8_t *lw_meter_last(size_t *ret_length);
/** Another way of reading has read this one. */
void lw_meter_note(const uint8_t *data, size_t length);
