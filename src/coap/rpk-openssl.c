/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes by raw public keys, where OpenSSL has them. */
#include <openssl/x509_vfy.h>

#include "coap/rpk.h"

static const unsigned char kinds[] = { TLSEXT_cert_type_rpk, TLSEXT_cert_type_x509 };

bool lw_rpk_is_built_in(void)
{
        return true;
}

static bool set_kinds(SSL *ssl, size_t count)
{
        return SSL_set1_client_cert_type(ssl, kinds, count) == 1 &&
               SSL_set1_server_cert_type(ssl, kinds, count) == 1;
}

bool lw_rpk_offer(SSL *ssl, EVP_PKEY *key)
{
        return key != NULL && set_kinds(ssl, 1) && SSL_use_PrivateKey(ssl, key) == 1;
}

bool lw_rpk_accept(SSL *ssl, bool certificates)
{
        return set_kinds(ssl, certificates ? 2 : 1);
}

bool lw_rpk_is_wanted(const SSL *ssl)
{
        return SSL_get_negotiated_server_cert_type(ssl) == TLSEXT_cert_type_rpk;
}

EVP_PKEY *lw_rpk_shown(X509_STORE_CTX *context)
{
        return X509_STORE_CTX_get0_rpk(context);
}

EVP_PKEY *lw_rpk_of_peer(const SSL *ssl)
{
        return SSL_get0_peer_rpk(ssl);
}
