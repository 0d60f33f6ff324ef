/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStored: an object that is data alone, whose instances servers make, write and delete. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "io/state.h"
#include "tree/tree.h"

/**
 * LwStored: one object, its creator in the tree and the provider of the instances that were made
 * here; others may report further ones.
 *
 * An instance has those resources of the definition that can be read and written; what is executed
 * or measured needs somebody who does it. Values are in memory and in the state document
 * "stored-OBJECT". A change is answered when it is on the disk, and only then seen by Reads; when
 * it cannot be kept, nothing is changed. Changes are saved one after the other.
 *
 * Errors of a change: 4.13 beyond the limits; 5.00 when it cannot be kept; 5.03 when
 * LW_STORED_CHANGES_MAX wait.
 */
typedef struct LwStored LwStored;

/**
 * Puts the object on the tree, with the instances that are stored; `tree` and `state` outlive it.
 * A damaged document is one warning, and is set aside. Errors: as lw_tree_set_creator().
 */
LwStored *lw_stored_new(LwTree *tree, LwState *state, uint16_t object, GError **error);
/** Takes the instances off the tree, the object stays; changes that wait fail with 5.03. */
void lw_stored_free(LwStored *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwStored, lw_stored_free)
