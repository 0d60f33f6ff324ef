/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwVault: sessions of DTLS and TLS that can be resumed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/peer.h"

/**
 * LwVault: for a peer, by all that its security is made of, the session that was agreed on last.
 *
 * Shape:  at most LW_SERVERS_MAX sessions; of more the one that ends first goes.
 * Owns:   their bytes, which are secrets, and wipes them.
 * Source: RFC 5246, 7.4.1.2 and F.1.4; RFC 5077; RFC 8446, 2.2.
 */
typedef struct LwVault LwVault;

LwVault *lw_vault_new(void);
void lw_vault_free(LwVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwVault, lw_vault_free)

/** `changed` is called after each change, perhaps from inside a handshake; NULL: nobody. */
void lw_vault_watch(LwVault *self, void (*changed)(void *user), void *user);

/**
 * What a peer's session goes by: other keys, certificates, ciphers or another address are another
 * session. Nobody finds the secrets by it. Caller frees.
 */
char *lw_vault_key(const LwPeer *peer);
/** Keeps `session` until `ends_seconds` (since 1970), instead of what is there. Larger ones than
 * LW_TLS_SESSION_MAX are not kept. */
void lw_vault_put(LwVault *self, const char *key, GBytes *session, int64_t ends_seconds);
/** The session, or NULL. Caller unrefs. */
GBytes *lw_vault_find(const LwVault *self, const char *key, int64_t now_seconds);
void lw_vault_drop(LwVault *self, const char *key);

/** All of it as a document, which is a secret. */
GBytes *lw_vault_save(const LwVault *self);
/** Adds those of a document. Errors: 4.00, and nothing is added. */
bool lw_vault_load(LwVault *self, GBytes *document, GError **error);
