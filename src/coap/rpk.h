/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes by raw public keys, where OpenSSL has them: 3.2 and later. */
#pragma once

#include <stdbool.h>

#include <openssl/ssl.h>

/** Whether this build has them: `rpk-openssl.c` and `rpk-none.c` are the two answers. */
bool lw_rpk_is_built_in(void);
/** What the administrator is told of a build that has them not. */
#define LW_RPK_NOT_BUILT_IN                                                                        \
        "raw public keys need OpenSSL 3.2 or newer, which this build does not have; use x509 or "  \
        "psk"

/** A client's end: it will show the public part of `key`, and demands a raw public key of the
 * server. False: OpenSSL cannot use it. Source: RFC 7250, 4.1. */
bool lw_rpk_offer(SSL *ssl, EVP_PKEY *key);
/** A server's end: clients may ask for its raw public key and show theirs, and with `certificates`
 * those, too. Source: RFC 7250, 4.2. */
bool lw_rpk_accept(SSL *ssl, bool certificates);
/** At a server's end that has read what the client wants: whether that is our raw public key. */
bool lw_rpk_is_wanted(const SSL *ssl);
/** The key that is to be judged; NULL: it is a certificate. It stays OpenSSL's. */
EVP_PKEY *lw_rpk_shown(X509_STORE_CTX *context);
/** The key that the other end has proved to have; NULL: none. It stays OpenSSL's. */
EVP_PKEY *lw_rpk_of_peer(const SSL *ssl);
