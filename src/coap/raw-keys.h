/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw public keys: whether ours can be used, and whether the server's is the one that is given. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <openssl/evp.h>

#include "coap/trust.h"
#include "exchange/rpk.h"

/**
 * Hexadecimal digits of the digest of a key's SubjectPublicKeyInfo, as it is shown; of a private
 * key that of its public part. Caller frees.
 */
char *lw_raw_key_fingerprint(const EVP_PKEY *key);
/** As whom somebody comes by that key: "rpk:" and its fingerprint. Caller frees. */
char *lw_raw_key_identity(const EVP_PKEY *key);
/** The digest of a public key as bytes; NULL: it is none, or the type is exact. Caller unrefs. */
GBytes *lw_raw_key_digest(GBytes *public_key, LwMatchingType matching);

/**
 * Whether ours can be used: the keys parse, the public one belongs to the private one, and the
 * server's part is a public key or a digest, as the matching type demands.
 * Errors: 4.00 "reason; remedy" with the words of the configuration.
 */
bool lw_rpk_check(const LwRpk *self, GError **error);

/**
 * Judges what a server shows. NULL `shown`: it has no raw public key.
 * Source: OMA LwM2M Transport 1.1, 5.2.8.2; RFC 7250, 4.
 */
void lw_rpk_judge(const LwRpk *self, const EVP_PKEY *shown, LwVerdict *ret_verdict);
