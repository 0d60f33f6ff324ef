/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client's methods take and give: values, paths, links. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/path.h"
#include "model/registry.h"
#include "model/values.h"

/**
 * Reads the variant of a Write to `path`: for a resource or resource instance a value as a person
 * types it; for an instance an a{sv}, resource ids ("7") or paths to values. Where there is no
 * definition the type is that of the variant; ranges are not checked, as that is what a client
 * does. Errors: 4.00, with what would be right.
 */
bool lw_test_read_values(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error);

/**
 * Reads an a{sv} of values. Their keys are paths of resources or resource instances at or below
 * `base`; where that is an instance, also resource ids ("7"). LW_INSTANCE_UNCHOSEN may stand in
 * `base`. Errors: as above.
 */
bool lw_test_read_entries(sd_bus_message *m, const LwPath *base, LwRegistry *registry,
                LwValues *values, GError **error);

/** Reads an `as` of paths; each becomes an entry of LW_TYPE_NONE. Errors: 4.00, 4.13. */
bool lw_test_read_paths(sd_bus_message *m, LwValues *paths, GError **error);

/** A link-format document, cut into its links, NULL-terminated: "</3/0/6>;dim=2". Caller frees. */
char **lw_test_split_links(const char *text, size_t length);
