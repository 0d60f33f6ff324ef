/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes as a person gives them: names to values, and names that are to be unset. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/**
 * Reads an a{sv} of attributes and adds "name=value" for each to `queries` (char *). Numbers come
 * in any type, booleans are 1 and 0, strings go as they are. Which names there are, and which
 * values, is for the client to say. Returns 0, or a negative errno with `error` set to InvalidArgs.
 */
int lw_test_read_attributes(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error);

/** Reads an `as` of names that are to be unset, and adds each to `queries`. As above. */
int lw_test_read_unset(sd_bus_message *m, GPtrArray *queries, sd_bus_error *error);
