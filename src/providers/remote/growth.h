/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registration that grows: by AddInstances, or by an instance that a server has it make. */
#pragma once

#include <systemd/sd-bus.h>

#include "model/values.h"
#include "providers/remote/labels.h"
#include "providers/remote/plugins.h"

/**
 * Reads AddInstances, an a{saq}, and chooses ids for its labels. Errors: as lw_claims_read() and
 * lw_claims_choose(); AlreadyExists for a label that the registration has.
 */
int lw_growth_read(sd_bus_message *m, const LwPlugin *plugin, const LwTree *tree,
                const LwLabels *labels, LwClaims *claims, sd_bus_error *ret_error);

/** Adds claims, which it leaves empty, all or none. Errors: AccessDenied beyond the grant, and as
 * lw_plugins_check() and lw_plugin_grow(). */
int lw_growth_add(LwPlugins *plugins, LwPlugin *plugin, const LwTree *tree, LwClaims *claims,
                sd_bus_error *ret_error);

/**
 * Adds an instance that the service made from `values` without saying which resources it has: those
 * of the values, and those that the definition wants. Errors: as lw_growth_add().
 */
int lw_growth_add_made(LwPlugins *plugins, LwPlugin *plugin, const LwTree *tree,
                const LwPath *instance, const LwValues *values, sd_bus_error *ret_error);
