/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwJsonFields: a value as the field of a JSON record. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/bytes.h"
#include "model/value.h"

/**
 * LwJsonFields: how a format of records says of which type a value is.
 *
 * Shape: each key in its quotes, with its colon; `none` is all that stands for no value, "" if
 *        nothing does. A time is a number. `base64` writes bytes.
 */
typedef struct LwJsonFields {
        const char *none, *number, *boolean, *string, *data, *link;
        void (*base64)(LwWriter *writer, const uint8_t *data, size_t length);
} LwJsonFields;

/** Errors: 4.06 for NaN and infinities; as lw_opaque_write(). */
bool lw_json_write_field(
                LwWriter *writer, const LwJsonFields *fields, const LwValue *value, GError **error);

/** A point in time, `key` as above, and the comma behind it. */
void lw_json_write_time(LwWriter *writer, const char *key, int64_t usec);
