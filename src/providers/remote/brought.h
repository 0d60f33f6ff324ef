/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBrought: definitions of objects that services bring with their registrations. */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/registry.h"
#include "tree/tree.h"

/**
 * LwBrought: all of them, in the registry as long as a registration holds them, or the tree has
 * their object.
 */
typedef struct LwBrought LwBrought;

/** LwBroughtShare: those that one registration holds. */
typedef struct LwBroughtShare LwBroughtShare;

/** `tree`, whose registry they go to, outlives it. */
LwBrought *lw_brought_new(LwTree *tree);
/** All shares are gone, and the objects from the tree. */
void lw_brought_free(LwBrought *self);

/**
 * Reads an `as` of object files, and adds what they define to `definitions` (of LwObjectDef);
 * `*bytes` grows by their lengths. Errors: InvalidDefinition "definition 1: line 4: what is wrong",
 * also when two are of one object; LimitExceeded.
 */
int lw_brought_read(
                sd_bus_message *m, GPtrArray *definitions, size_t *bytes, sd_bus_error *ret_error);

/**
 * Takes `definitions`, of which it leaves what was known before, for a registration; `bytes` is how
 * long they were. 1: `*ret_share` holds them. 0: `former` (NULL: none), whose place the
 * registration takes, holds another one of the same object, and nobody else does: end it first.
 * Errors: InvalidDefinition when one of the object is known that says something else, and for
 * objects 0 to 9 and 21 when it is not exactly the installed one.
 */
int lw_brought_take(LwBrought *self, GPtrArray *definitions, size_t bytes,
                const LwBroughtShare *former, LwBroughtShare **ret_share, sd_bus_error *ret_error);
/** Forgets what nobody holds and the tree has no object of. No caller has such a definition at
 * hand. */
void lw_brought_collect(LwBrought *self);

/** What it holds is forgotten with the next lw_brought_collect(). */
void lw_brought_share_free(LwBroughtShare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwBroughtShare, lw_brought_share_free)
/** How long the texts were; 0 for NULL. */
size_t lw_brought_share_bytes(const LwBroughtShare *self);
