/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestKeys: whose pre-shared keys, and whose raw public ones, the test server knows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/oscore.h"

/**
 * LwTestKeys: identities, each with its key and perhaps the one endpoint name that it is for.
 *
 * Owns:   all of it, and wipes it.
 */
typedef struct LwTestKeys LwTestKeys;

/**
 * Lines "IDENTITY KEY" or "IDENTITY KEY ENDPOINT" with white space between; the key is hexadecimal
 * digits. IDENTITY "oscore:CLIENT:SERVER", or "oscore:CLIENT:SERVER:SALT[:CONTEXT]", each of them
 * in such digits, is a context of OSCORE with that Master Secret: whoever comes by it has the
 * identity "oscore:CLIENT". IDENTITY "rpk" takes those who come by a raw public key: KEY is its
 * SubjectPublicKeyInfo, DER in base64, and such a client has the identity of lw_raw_key_identity().
 * Empty lines and those that begin with '#' do not count. Errors: 4.00
 * with the line; the text of keys is not quoted.
 */
LwTestKeys *lw_test_keys_parse(const char *text, size_t length, GError **error);
void lw_test_keys_free(LwTestKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestKeys, lw_test_keys_free)

/** The key of an identity; NULL: unknown. */
const uint8_t *lw_test_keys_find(const LwTestKeys *self, const uint8_t *identity,
                size_t identity_length, size_t *ret_length);

/** Whether that is the identity of a raw public key that is known. */
bool lw_test_keys_has_raw(const LwTestKeys *self, const char *identity);

/** Whether whoever came with this identity may be that endpoint. */
bool lw_test_keys_allow(const LwTestKeys *self, const char *identity, const char *endpoint);

/** The contexts of OSCORE, each as it is ours. */
size_t lw_test_keys_oscore_count(const LwTestKeys *self);
const LwOscore *lw_test_keys_oscore(const LwTestKeys *self, size_t index);
