/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a handshake came to nothing, and what helps. */
#pragma once

#include <stdbool.h>

#include "coap/handshake.h"

/**
 * Why a handshake with `address` came to nothing, for a person. `heard`: something came from there.
 * Caller frees.
 */
char *lw_credentials_failure(const LwHandshake *handshake, const char *address, bool heard);
