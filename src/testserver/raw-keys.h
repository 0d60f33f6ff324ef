/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestRawKeys: the raw public keys that the test server can show. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/**
 * LwTestRawKeys: a directory with private keys NAME.key, of which "server" is used as long as no
 * other was chosen.
 *
 * Owns: what it has read, and wipes it.
 */
typedef struct LwTestRawKeys LwTestRawKeys;

/** Errors: 4.00, with the file: there is no server.key, or it cannot be used; or this build has no
 * raw public keys. */
LwTestRawKeys *lw_test_raw_keys_new(const char *directory, GError **error);
void lw_test_raw_keys_free(LwTestRawKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestRawKeys, lw_test_raw_keys_free)

/** From now on uses the key of that name; "": "server". Errors: 4.00; nothing is changed. */
bool lw_test_raw_keys_choose(LwTestRawKeys *self, const char *name, GError **error);
/** The private key in use; it stays until the next choice. */
GBytes *lw_test_raw_keys_shown(const LwTestRawKeys *self);
