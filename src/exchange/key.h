/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwKey: what a request asks for, as a number. */
#pragma once

#include <stdint.h>

#include "exchange/message.h"

/**
 * LwKey: two requests of one peer with the same `whole` ask for the same thing: method, path,
 * query, Accept and payload are equal; Observe, Block, Size and the like do not count.
 *
 * `bare` leaves out the payload: the one that asks for the next block of an answer need not repeat
 * it (RFC 7959, 3.3), and of a body that comes in blocks each has another.
 */
typedef struct LwKey {
        uint64_t whole;
        uint64_t bare;
} LwKey;

LwKey lw_key_of(const LwMessage *request);

/** A hash of bytes, begun with `seed`; made for speed, not against whoever looks for collisions. */
uint64_t lw_key_hash(uint64_t seed, const uint8_t *data, size_t length);
