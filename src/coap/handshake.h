/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHandshake: what a handshake of DTLS or TLS goes by, and what is learnt from it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <glib.h>
#include <openssl/ssl.h>

#include "coap/certificates.h"
#include "coap/trust.h"
#include "exchange/peer.h"
#include "exchange/rpk.h"
#include "exchange/secured.h"
#include "exchange/vault.h"

typedef struct LwKeyRing LwKeyRing;

/** LwHandshake: of one connection, or, at a server, of all. Zeroed memory: nothing yet. */
typedef struct LwHandshake {
        /* what it goes by, as a client */
        bool is_client, is_stream; /* TLS, and not DTLS */
        LwSecurity security;
        uint16_t ciphers[LW_CIPHERS_MAX];
        unsigned cipher_count;
        char *sni;      /* NULL: none is sent */
        LwChain *chain; /* ours; NULL: no certificates */
        EVP_PKEY *key;  /* of the certificate, or the raw one */
        LwRpk rpk;      /* what the server's raw public key is held against */
        LwTrust *trust;
        LwVault *vault; /* where its session is kept; NULL: nowhere. It outlives the handshake. */
        char *vault_key;
        /* as a server */
        LwKeyRing *ring;
        /* what is learnt; of a server's context it is that of whoever came last */
        int alert;         /* the fatal one that the peer sent; 0: none. Source: RFC 5246, 7.2 */
        bool offered;      /* a session to resume was offered */
        bool unusable;     /* what it goes by cannot be used: OpenSSL said no */
        LwVerdict verdict; /* on the peer's certificate */
} LwHandshake;

void lw_handshake_clear(LwHandshake *self);
/**
 * From now on each SSL of this process goes by its handshake: that of lw_handshake_attach(), or
 * that of libcoap's context, lw_coap_handshake().
 */
void lw_handshake_start(void);
/** An SSL that is not libcoap's goes by `self`, which outlives it, or is taken away by NULL; before
 * it begins. */
void lw_handshake_attach(LwHandshake *self, SSL *ssl);
/** Whose handshake an SSL does; NULL: nobody's of ours. */
LwHandshake *lw_handshake_of(const SSL *ssl);
/** What the session with `peer` goes by; before it is made. */
void lw_handshake_prepare(LwHandshake *self, const LwPeer *peer);
/** It came to nothing: what was offered to be resumed is not offered again. */
void lw_handshake_failed(LwHandshake *self);
/** What the clock says; for whoever has to look again. */
LwDay lw_handshake_day(void);
/**
 * Whether the certificates of an established session are good by today's clock, as the one in the
 * handshake was doubtful. True as long as it is. On false `verdict` says why.
 */
bool lw_handshake_look_again(LwHandshake *self, const SSL *ssl);
/** What is known of a session: cipher, certificate, alert. `ssl` may be NULL. */
void lw_handshake_report(const LwHandshake *self, const SSL *ssl, LwSecured *ret_secured);
/** Whether an alert means that trying again will not help. Source: OMA LwM2M Transport 1.1, table
 * of alerts. */
bool lw_alert_is_refusal(int alert);

/** The SSL below a session of libcoap; NULL: there is none, or not yet. */
static inline SSL *lw_tls_of(const coap_session_t *session)
{
        coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
        void *tls = session == NULL ? NULL : coap_session_get_tls(session, &library);

        return library == COAP_TLS_LIBRARY_OPENSSL ? tls : NULL;
}
