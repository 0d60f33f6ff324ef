/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and keys, from their bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "exchange/x509.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)

/** LwChain: certificates in the order in which they stood. Owns them: a GPtrArray of X509. */
typedef GPtrArray LwChain;

/**
 * PEM, in which other things may stand between the certificates, or DER, one behind the other; at
 * least one. Errors: 4.00 "reason; remedy".
 */
LwChain *lw_chain_parse(GBytes *bytes, GError **error);
/** PKCS#8 or SEC 1 or PKCS#1, PEM or DER, not encrypted. Errors: 4.00; no byte of it is quoted. */
EVP_PKEY *lw_private_key_parse(GBytes *bytes, GError **error);
/** SubjectPublicKeyInfo, PEM or DER and nothing behind it. Errors: 4.00 "reason; remedy". */
EVP_PKEY *lw_public_key_parse(GBytes *bytes, GError **error);
/** "CN=dev1,O=Example", as RFC 2253 writes it. Caller frees. */
char *lw_name_text(const X509_NAME *name);
/** Of whom it is: as lw_name_text(). Caller frees. */
char *lw_certificate_subject(const X509 *certificate);
/** The last Common Name as text; NULL: it has none that is text. Caller frees. */
char *lw_certificate_common_name(const X509 *certificate);
/** The digest of the first of the certificates; NULL: there is none, or the type is exact. Caller
 * unrefs. */
GBytes *lw_certificate_digest(GBytes *certificates, LwMatchingType matching);
/** Of that type; NULL for LW_MATCHING_EXACT. */
const EVP_MD *lw_matching_type_digest(LwMatchingType matching);
/** When it begins and ends to be good, in seconds since 1970; INT64_MIN: it does not say it
 * readably. */
int64_t lw_certificate_begins(const X509 *certificate);
int64_t lw_certificate_ends(const X509 *certificate);
/** "2026-11-22". Caller frees. */
char *lw_day_text(int64_t seconds);

/**
 * Whether ours can be used: they parse, the key is that of the first certificate, and the server's
 * part is a certificate, a public key or a digest, as the matching type demands.
 * Errors: 4.00 "reason; remedy" with the words of the configuration.
 */
bool lw_x509_check(const LwX509 *self, GError **error);
/** What will soon be wrong with them, or is, for their dates: "reason; remedy", or NULL. Caller
 * frees. */
char *lw_x509_warning(const LwX509 *self, int64_t now_seconds);
