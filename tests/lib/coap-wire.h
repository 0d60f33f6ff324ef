/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A datagram codec for raw peers: CoAP bytes to LwMessage and back. For tests and fuzzing alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/message.h"

/**
 * One UDP message. Options and payload point into `data`. False: not CoAP (RFC 7252, 3), or more
 * than LW_OPTIONS_MAX options.
 */
bool lw_coap_wire_decode(const uint8_t *data, size_t length, LwMessage *ret_message);

/** The bytes of a message, `mid` included. Gives their number, 0 when `size` does not hold them. */
size_t lw_coap_wire_encode(const LwMessage *message, uint8_t *data, size_t size);
