/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64: with the URL alphabet and without padding for SenML, the usual one for LwM2M JSON. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/** Source: RFC 4648, 5. */
void lw_base64url_write(LwWriter *writer, const uint8_t *data, size_t length);
/** With padding. Source: RFC 4648, 4. */
void lw_base64_write(LwWriter *writer, const uint8_t *data, size_t length);

/**
 * Appends the decoded bytes. Takes both alphabets, with padding and without, as peers send them
 * all. False for other characters and for lengths that no bytes have.
 */
bool lw_base64_read(LwWriter *writer, const char *text, size_t length);
