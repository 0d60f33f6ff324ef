/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time as documents have them: seconds, with a fraction if there is one. */
#include "codec/seconds.h"

#include <math.h>

#include "base/time.h"
#include "model/status.h"

/* Seconds, and more than a calendar has use for; as microseconds it fits 64 bits by far. */
#define SECONDS_MAX 1e11

#define USEC_PER_SEC ((int64_t) LW_USEC_PER_SEC)

LwValue lw_seconds(int64_t usec)
{
        return usec % USEC_PER_SEC == 0 ? lw_value_integer(usec / USEC_PER_SEC)
                                        : lw_value_float((double) usec / (double) USEC_PER_SEC);
}

bool lw_seconds_read(const LwValue *seconds, int64_t *ret_usec, GError **error)
{
        LwValue number;

        if (!lw_value_convert(seconds, LW_TYPE_FLOAT, &number, error))
                return false;
        if (!(fabs(number.number) <= SECONDS_MAX)) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a time beyond all calendars");
                return false;
        }
        *ret_usec = llround(number.number * (double) USEC_PER_SEC);
        return true;
}
