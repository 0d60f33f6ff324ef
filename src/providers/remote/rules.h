/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service may provide: reserved objects, instances that are taken, and what may lie over the
 * agent's own. */
#pragma once

#include <systemd/sd-bus.h>

#include "providers/remote/claims.h"
#include "tree/tree.h"

/** The name of a provider, for messages: "'thermometer' (:1.5)". Valid until the next call. */
typedef const char *(*LwProviderName)(void *user, const LwProvider *provider);

/**
 * Whether all of `claims`, with its ids chosen, may be laid into the tree for `own` (NULL: somebody
 * new); what `own` has there already is no hindrance.
 *
 * Objects 0, 1, 2, 5, 21 and 23 are never a service's, nor are /3/0/4 and /3/0/5: of Device only 6
 * to 9 and 20 are. Over an instance of the agent's own, a service may lay resources of objects 3,
 * 4, 6, 7, 9, 14, 16, 19 and 3300 to 3399. An instance that one service made is that service's.
 *
 * Errors: ReservedObject, AlreadyExists naming who has it, NotFound without a definition,
 * BadRequest for resources that the definition does not have. The first bad claim is named.
 */
int lw_rules_check(const LwClaims *claims, LwTree *tree, const LwProvider *own, LwProviderName name,
                void *user, sd_bus_error *ret_error);
