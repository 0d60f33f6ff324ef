/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time as documents have them: seconds, with a fraction if there is one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/value.h"

/** From microseconds: an INTEGER or a finite FLOAT. */
LwValue lw_seconds(int64_t usec);
/** Into microseconds. Errors: 4.00 for what is no number, and beyond all calendars. */
bool lw_seconds_read(const LwValue *seconds, int64_t *ret_usec, GError **error);
