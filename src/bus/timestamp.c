/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option `timestamp_usec`, by which somebody says when a value was true. */
#include "bus/timestamp.h"

#include <inttypes.h>

#define EARLIEST_USEC ((uint64_t) 1 << 28) * 1000000u
#define LATEST_USEC ((uint64_t) 1 << 53)

int lw_bus_read_timestamp(sd_bus_message *m, int64_t *ret_real_usec, sd_bus_error *ret_error)
{
        uint64_t usec;

        if (sd_bus_message_read(m, "v", "t", &usec) < 0)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "the option 'timestamp_usec' is a number of microseconds (t)");
        if (usec < EARLIEST_USEC || usec > LATEST_USEC)
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "%" PRIu64 " is no timestamp_usec of our time: it counts "
                                "microseconds since 1970, as CLOCK_REALTIME does",
                                usec);
        *ret_real_usec = (int64_t) usec;
        return 0;
}
