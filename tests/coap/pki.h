/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates for tests, made on the spot. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/** Pki: a key and its certificate. */
typedef struct Pki {
        EVP_PKEY *key;
        X509 *certificate;
} Pki;

/** What to make: zeroed memory is a certificate of a server, good for a year around `PKI_NOW`. */
typedef struct PkiOrder {
        const char *common_name;
        const char *names;    /* subjectAltName, as "DNS:a.example,IP:192.0.2.1"; NULL: none */
        const char *purposes; /* extendedKeyUsage, as "clientAuth"; NULL: none */
        bool authority;
        int64_t begins, ends; /* seconds since 1970; 0: half a year before and after PKI_NOW */
} PkiOrder;

#define PKI_NOW 1700000000
#define PKI_YEAR (365 * 86400)

/** By `issuer`, NULL: by itself. */
Pki pki_make(const PkiOrder *order, const Pki *issuer);
void pki_clear(Pki *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pki, pki_clear)
/** DER. Caller unrefs. */
GBytes *pki_certificate(const Pki *self);
/** Of two, one behind the other. */
GBytes *pki_chain(const Pki *self, const Pki *above);
GBytes *pki_key(const Pki *self);
/** The same as PEM. */
GBytes *pki_certificate_pem(const Pki *self);
GBytes *pki_key_pem(const Pki *self);
/** SubjectPublicKeyInfo. */
GBytes *pki_public_key(const Pki *self);
