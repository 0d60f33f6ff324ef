/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that a service reports by itself: a{sv} from its paths to values of the tree's types. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/registry.h"
#include "model/values.h"
#include "providers/remote/claims.h"

/**
 * Reads an a{sv} whose keys are resources of `claims` (never resource instances: an array comes
 * whole, as a{qv}) and adds all to `values`, each checked by its definition. Errors: by the name of
 * the status, "KEY: what is wrong with it"; `values` may then hold a part.
 */
int lw_report_read(sd_bus_message *m, LwRegistry *registry, const LwClaims *claims,
                LwValues *values, sd_bus_error *ret_error);

/** What lw_report_read() says of a key: puts it before the message. */
int lw_report_refuse(const char *key, const GError *error, sd_bus_error *ret_error);

/**
 * Reads one variant as the value of `path` and checks its range, too: lw_variant_read() and
 * lw_resource_def_check(). Errors: as theirs; 4.05 for what cannot be read.
 */
bool lw_report_read_value(sd_bus_message *m, LwRegistry *registry, const LwPath *path,
                LwValues *values, GError **error);
