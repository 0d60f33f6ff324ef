/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS for streams: what each end brings to the handshake. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <openssl/ssl.h>

#include "coap/credentials.h"
#include "exchange/peer.h"

/**
 * The client's end of a TLS connection to `peer`; both arguments outlive it. `handshake` is zeroed
 * but for its vault, and shows what comes of it. Errors: 5.03 when OpenSSL makes none. Source: RFC
 * 8323, 8.2 and 9.
 */
SSL *lw_tls_connect(const LwPeer *peer, LwHandshake *handshake, GError **error);

/** The server's part of all connections that `ring` opens; it outlives them. Errors: 5.03. */
SSL_CTX *lw_tls_serve(LwKeyRing *ring, GError **error);
/** The server's end of one of them; `handshake` outlives it. Errors: 5.03. */
SSL *lw_tls_accept(SSL_CTX *context, LwHandshake *handshake, GError **error);
/** As whom the client of such a connection came by a shared key or a raw public one; NULL: as
 * nobody. Caller frees. */
char *lw_tls_identity(const SSL *ssl);
