/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64 with the URL alphabet and without padding, as SenML has it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/** Source: RFC 4648, 5. */
void lw_base64url_write(LwWriter *writer, const uint8_t *data, size_t length);

/**
 * Appends the decoded bytes. Takes padding and the other alphabet as well, as peers send both.
 * False for other characters and for lengths that no bytes have.
 */
bool lw_base64url_read(LwWriter *writer, const char *text, size_t length);
