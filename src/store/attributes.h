/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributeKeeper: keeps the attributes that servers set, in the state document "attributes". */
#pragma once

#include <glib.h>

#include "client/client.h"
#include "io/state.h"
#include "tree/tree.h"

typedef struct LwAttributeKeeper LwAttributeKeeper;

/** Loads what is stored into the tree, and is told by it from then on. Both outlive it. */
LwAttributeKeeper *lw_attribute_keeper_new(LwState *state, LwTree *tree);
void lw_attribute_keeper_free(LwAttributeKeeper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwAttributeKeeper, lw_attribute_keeper_free)

/** Drops what is stored of servers that have no account any more. */
void lw_attribute_keeper_prune(LwAttributeKeeper *self, const LwClient *client);
