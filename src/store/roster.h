/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRoster: the servers that were added and removed over D-Bus. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "io/state.h"

/**
 * LwRoster: how the servers differ from what the configuration says, in the state document
 * "servers": the keys of those that were added, and of each section that was removed a tombstone
 * with the hash that it had.
 *
 * What a function changes holds at once, and is saved; if it cannot be saved, it is taken back
 * before `done` hears of it.
 */
typedef struct LwRoster LwRoster;

/** Loads now. `state` outlives it. */
LwRoster *lw_roster_new(LwState *state);
void lw_roster_free(LwRoster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwRoster, lw_roster_free)

/** The names of those that were added; NULL ends them. Caller frees. */
char **lw_roster_added(const LwRoster *self);
bool lw_roster_has(const LwRoster *self, const char *name);
/** Calls `each` for every key of one that was added, in their order. */
void lw_roster_each(const LwRoster *self, const char *name,
                void (*each)(void *data, const char *key, const char *value), void *data);

/**
 * Adds a server; `pairs` is a list of keys and values that NULL ends.
 * `done`, here and below: as lw_state_save() has it.
 */
void lw_roster_add(LwRoster *self, const char *name, const char *const *pairs, LwStateDone done,
                void *user);
/** Drops one that was added. */
void lw_roster_drop(LwRoster *self, const char *name, LwStateDone done, void *user);

/** Leaves a tombstone on a section of this name and hash. */
void lw_roster_bury(
                LwRoster *self, const char *name, const char *hash, LwStateDone done, void *user);
/** The hash of the tombstone of that name, NULL if there is none. Caller frees. */
char *lw_roster_tombstone(const LwRoster *self, const char *name);
/** Takes a tombstone away; saved with what comes next, or by lw_roster_save(). */
void lw_roster_raise(LwRoster *self, const char *name);
/** The names of all tombstones; NULL ends them. Caller frees. */
char **lw_roster_buried(const LwRoster *self);
/** Saves if something is new. */
void lw_roster_save(LwRoster *self);
