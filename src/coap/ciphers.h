/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cipher suites by number and name, as IANA and as OpenSSL have them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/ssl.h>

#include "exchange/peer.h"

/** What kind of suites a security mode can use. */
typedef enum LwCipherFit {
        LW_CIPHER_FITS,
        LW_CIPHER_OF_OTHER_MODE,
        LW_CIPHER_UNKNOWN, /* OpenSSL has none of this number, or not without weakening it */
} LwCipherFit;

/** The number of a suite by its name: IANA's "TLS_PSK_WITH_AES_128_CCM_8", OpenSSL's
 * "PSK-AES128-CCM8", or IANA's number "0xC0A8". False: OpenSSL has none of that name. */
bool lw_cipher_parse(const char *text, uint16_t *ret_number);
/** IANA's name, "TLS_PSK_WITH_AES_128_CCM_8"; NULL: OpenSSL does not have it. */
const char *lw_cipher_name(uint16_t number);
/** Whether a session of that mode can be made by it. */
LwCipherFit lw_cipher_fit(uint16_t number, LwSecurity security);
/**
 * Offers these suites alone, in this order. Those that OpenSSL lacks are left out. False: none is
 * left.
 */
bool lw_ciphers_offer(SSL *ssl, const uint16_t *numbers, unsigned count);
/**
 * Has the suites with a tag of 8 bytes taken for what their keys are. OpenSSL of 3.2 and later
 * counts the tag, and leaves them out at the security level that systems have; but the standard
 * demands them. Source: OMA LwM2M Transport 1.1, 5.2.8.1 to 5.2.8.3; RFC 6655, 6.1.
 */
void lw_ciphers_allow_short_tags(SSL *ssl);
/** IANA's name of the suite in use; NULL: none yet. */
const char *lw_cipher_in_use(const SSL *ssl);
