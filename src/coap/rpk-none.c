/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes by raw public keys, where OpenSSL has none. */
#include <glib.h>

#include "coap/rpk.h"

bool lw_rpk_is_built_in(void)
{
        return false;
}

bool lw_rpk_offer(SSL *ssl G_GNUC_UNUSED, EVP_PKEY *key G_GNUC_UNUSED)
{
        return false;
}

bool lw_rpk_accept(SSL *ssl G_GNUC_UNUSED, bool certificates G_GNUC_UNUSED)
{
        return false;
}

bool lw_rpk_is_wanted(const SSL *ssl G_GNUC_UNUSED)
{
        return false;
}

EVP_PKEY *lw_rpk_shown(X509_STORE_CTX *context G_GNUC_UNUSED)
{
        return NULL;
}

EVP_PKEY *lw_rpk_of_peer(const SSL *ssl G_GNUC_UNUSED)
{
        return NULL;
}
