/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStore: which part of the core is saved when. */
#pragma once

#include <glib.h>

#include "client/account.h"
#include "client/client.h"
#include "io/state.h"

/**
 * LwStore: what servers wrote into our accounts, in the state document "accounts".
 *
 * A section of the configuration is a factory account. What its server wrote since wins over it as
 * long as the section stays the same; a section that was edited wins over everything. Instance ids
 * stay with their section's name. Each override is one line in the journal.
 */
typedef struct LwStore LwStore;

/** Loads now. `state` outlives it. */
LwStore *lw_store_new(LwState *state);
void lw_store_free(LwStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwStore, lw_store_free)

/**
 * Takes the accounts of the configuration (of LwAccount) for the factory's, and lays over them what
 * is stored; what is stored of others is dropped. Saves if that is something new.
 */
void lw_store_lay(LwStore *self, GPtrArray *accounts);

/** Takes one more account for the factory's: it was added while the agent runs. */
void lw_store_add(LwStore *self, const LwAccount *account);

/** Saves the accounts of all servers as they are; `done` as lw_state_save() has it. */
void lw_store_save(LwStore *self, const LwClient *client, LwStateDone done, void *user);
