/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options and payload of a message, as they stand on the wire. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "exchange/message.h"

/**
 * Adds to `message` what stands from `at` to `end`: options, marker, payload. They stay where they
 * are. False: that is no such thing, or more than an LwMessage holds. Source: RFC 7252, 3.
 */
bool lw_options_read(const uint8_t *at, const uint8_t *end, LwMessage *message);
