/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option `timestamp_usec`, by which somebody says when a value was true. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

/**
 * Reads the variant t of an option `timestamp_usec`, microseconds of real time. 0 or a negative
 * errno: InvalidArgs for another type, and for times before 1978-07-04, which SenML would take for
 * "so long ago" (RFC 8428, 4.5.3), or from 2255 on, which none is.
 */
int lw_bus_read_timestamp(sd_bus_message *m, int64_t *ret_real_usec, sd_bus_error *ret_error);
