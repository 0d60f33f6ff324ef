/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims laid into the tree, as layers of a service's provider, and taken off again. */
#pragma once

#include <systemd/sd-bus.h>

#include "providers/remote/claims.h"
#include "tree/tree.h"

/**
 * Lays all of `claims`, which were checked. Whoever first says that there is an object is asked to
 * make its instances. Errors: LimitExceeded of the tree; what was laid by then stays.
 */
int lw_laying_put(LwTree *tree, LwProvider *provider, const LwClaims *claims,
                sd_bus_error *ret_error);
/** Takes one instance off, or the object as one to be asked for instances. */
void lw_laying_lift(LwTree *tree, LwProvider *provider, const LwPath *path);
/** Takes off what `former` has and `claims` has not; NULL has nothing. */
void lw_laying_lift_others(
                LwTree *tree, LwProvider *provider, const LwClaims *former, const LwClaims *claims);
