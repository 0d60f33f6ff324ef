/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTidings: the options of Registration1.Update: when values were true, and whether they are sent.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#include "model/values.h"

/** LwTidings: zeroed memory says nothing beyond the values. */
typedef struct LwTidings {
        int64_t real_usec; /* timestamp_usec; 0: now */
        bool send;
        bool has_id;
        uint64_t id;
} LwTidings;

/** Reads a{sv}. 0 or a negative errno: InvalidArgs for what is unknown, of another type, or an id
 * without `send`. */
int lw_tidings_read(sd_bus_message *m, LwTidings *ret_tidings, sd_bus_error *ret_error);
/** Says of all values when they were true. */
void lw_tidings_date(const LwTidings *self, LwValues *values);
