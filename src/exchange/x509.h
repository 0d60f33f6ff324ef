/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwX509: the certificates that a session with a server goes by, as bytes. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/** What the server's certificate is held against. Source: OMA LwM2M Transport 1.1, 5.2.8.7. */
typedef enum LwCertificateUsage {
        LW_USAGE_CA_CONSTRAINT = 0,      /* the trust store, by way of this authority */
        LW_USAGE_SERVICE_CONSTRAINT = 1, /* the trust store, and this very certificate */
        LW_USAGE_TRUST_ANCHOR = 2,       /* this authority alone */
        LW_USAGE_DOMAIN_ISSUED = 3,      /* this very certificate alone */
} LwCertificateUsage;

/** What of a certificate is compared: all of it, or a digest. Source: ibid., 5.2.8.7. */
typedef enum LwMatchingType {
        LW_MATCHING_EXACT = 0,
        LW_MATCHING_SHA256 = 1,
        LW_MATCHING_SHA384 = 2,
        LW_MATCHING_SHA512 = 3,
} LwMatchingType;

/**
 * LwX509: what resources 3, 4, 5, 13 and 15 of object 0 say when the mode is a certificate's.
 *
 * Shape:  certificates are DER, one behind the other, or PEM; the private key is PKCS#8 or SEC 1,
 *         DER or PEM. NULL `server`: the trust store decides alone.
 * Owns:   references: lw_x509_clear().
 */
typedef struct LwX509 {
        GBytes *certificate; /* ours, and then those that lead to its authority */
        GBytes *private_key; /* a secret */
        GBytes *server;      /* a certificate, a public key (SubjectPublicKeyInfo), or a digest */
        GBytes *anchors;     /* the trust store; NULL: the system's */
        LwCertificateUsage usage;
        LwMatchingType matching;
} LwX509;

void lw_x509_clear(LwX509 *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwX509, lw_x509_clear)
/** Into uninitialised memory. */
void lw_x509_copy(LwX509 *self, const LwX509 *from);
bool lw_x509_equal(const LwX509 *a, const LwX509 *b);

/** "ca-constraint", "service-certificate-constraint", "trust-anchor", "domain-issued". */
const char *lw_certificate_usage_name(LwCertificateUsage usage);
/** "exact", "sha256", "sha384", "sha512". */
const char *lw_matching_type_name(LwMatchingType matching);
/** By its name or its number; false: it is none. */
bool lw_certificate_usage_parse(const char *text, LwCertificateUsage *ret_usage);
bool lw_matching_type_parse(const char *text, LwMatchingType *ret_matching);
/** Of a digest, in bytes; 0 for LW_MATCHING_EXACT. */
size_t lw_matching_type_length(LwMatchingType matching);
