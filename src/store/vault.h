/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwVaultStore: sessions of DTLS and TLS over restarts. */
#pragma once

#include <glib.h>

#include "exchange/vault.h"
#include "io/state.h"

/**
 * LwVaultStore: what a vault holds, in the state document "dtls-sessions", which is written with
 * each change. It holds secrets, and is 0600 as all of the state.
 */
typedef struct LwVaultStore LwVaultStore;

/** Loads into `vault` now, and is told by it from then on. Both outlive it. */
LwVaultStore *lw_vault_store_new(LwState *state, LwVault *vault);
void lw_vault_store_free(LwVaultStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwVaultStore, lw_vault_store_free)
