/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS for streams: what each end brings to the handshake. */
#include "coap/tls.h"

#include <string.h>

#include <openssl/err.h>

#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "model/limits.h"
#include "model/status.h"

/* The name of CoAP among the protocols within TLS. Source: RFC 8323, 8.2. */
#define CIPHERS "ALL:!aNULL:!NULL:!SRP"
#define PROTOCOL "\4coap"
#define PROTOCOL_LENGTH (sizeof(PROTOCOL) - 1)

static void set_failure(GError **error)
{
        unsigned long code = ERR_get_error();

        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "OpenSSL makes no TLS: %s",
                        code != 0 && ERR_reason_error_string(code) != NULL
                                        ? ERR_reason_error_string(code)
                                        : "no reason is given");
}

/* Where an SSL has its peer. */
static int peer_index(void)
{
        static int place = -1;

        if (place < 0)
                place = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
        return place;
}

static SSL_CTX *new_context(const SSL_METHOD *method)
{
        SSL_CTX *context = SSL_CTX_new(method);

        if (context == NULL)
                return NULL;
        /* Source: OMA LwM2M Transport 1.1, 5.2.6: TLS 1.2, and no renegotiation; 5.2.8: CCM_8,
         * which OpenSSL's DEFAULT leaves out, and strikes for all that is added to it. */
        if (SSL_CTX_set_cipher_list(context, CIPHERS) != 1) {
                SSL_CTX_free(context);
                return NULL;
        }
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
        return context;
}

/* --- our side --------------------------------------------------------------------------------- */

static unsigned on_client_key(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                uint8_t *key, unsigned key_room)
{
        const LwPeer *peer = SSL_get_ex_data(ssl, peer_index());

        (void) hint;
        if (strlen(peer->psk_identity) >= identity_room || peer->psk_key_length > key_room)
                return 0;
        g_strlcpy(identity, peer->psk_identity, identity_room);
        memcpy(key, peer->psk_key, peer->psk_key_length);
        return (unsigned) peer->psk_key_length;
}

/* One context for all: what differs is set in the connections. */
static SSL_CTX *client_context(void)
{
        static SSL_CTX *context;

        if (context == NULL)
                context = new_context(TLS_client_method());
        return context;
}

static bool use_key(SSL *ssl)
{
        SSL_set_psk_client_callback(ssl, on_client_key);
        /* In TLS 1.3 a server cannot say which of identity and key is the wrong one. */
        return SSL_set_max_proto_version(ssl, TLS1_2_VERSION) == 1 &&
               SSL_set_cipher_list(ssl, "PSK:!NULL") == 1;
}

SSL *lw_tls_connect(const LwPeer *peer, LwHandshake *handshake, GError **error)
{
        SSL_CTX *context = client_context();
        SSL *ssl = context != NULL ? SSL_new(context) : NULL;

        if (ssl == NULL || !SSL_set_ex_data(ssl, peer_index(), (void *) peer) ||
                        (peer->security == LW_SECURITY_PSK && !use_key(ssl))) {
                set_failure(error);
                SSL_free(ssl);
                return NULL;
        }
        lw_handshake_prepare(handshake, peer);
        handshake->is_stream = true;
        lw_handshake_attach(handshake, ssl);
        SSL_set_connect_state(ssl);
        return ssl;
}

/* --- the side of a server --------------------------------------------------------------------- */

static unsigned on_server_key(SSL *ssl, const char *identity, uint8_t *key, unsigned key_room)
{
        LwKeyRing *ring = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
        size_t length = 0;
        const uint8_t *found;

        if (identity == NULL)
                return 0;
        found = ring->find(ring->user, (const uint8_t *) identity, strlen(identity), &length);
        if (found == NULL || length > key_room)
                return 0;
        memcpy(key, found, length);
        return (unsigned) length;
}

/* Who names protocols must name ours. Source: RFC 7301, 3.2. */
static int on_protocols(SSL *ssl, const uint8_t **ret_chosen, uint8_t *ret_length,
                const uint8_t *offered, unsigned length, void *user)
{
        uint8_t *chosen;

        (void) ssl;
        (void) user;
        if (SSL_select_next_proto(&chosen, ret_length, (const uint8_t *) PROTOCOL, PROTOCOL_LENGTH,
                            offered, length) != OPENSSL_NPN_NEGOTIATED)
                return SSL_TLSEXT_ERR_ALERT_FATAL;
        *ret_chosen = chosen;
        return SSL_TLSEXT_ERR_OK;
}

SSL_CTX *lw_tls_serve(LwKeyRing *ring, GError **error)
{
        SSL_CTX *context = new_context(TLS_server_method());

        if (context == NULL) {
                set_failure(error);
                return NULL;
        }
        SSL_CTX_set_app_data(context, ring);
        SSL_CTX_set_psk_server_callback(context, on_server_key);
        SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
        return context;
}

SSL *lw_tls_accept(SSL_CTX *context, LwHandshake *handshake, GError **error)
{
        SSL *ssl = SSL_new(context);

        if (ssl == NULL) {
                set_failure(error);
                return NULL;
        }
        handshake->ring = SSL_CTX_get_app_data(context);
        lw_handshake_attach(handshake, ssl);
        SSL_set_accept_state(ssl);
        return ssl;
}

char *lw_tls_identity(const SSL *ssl)
{
        const char *identity = SSL_get_psk_identity(ssl);
        const EVP_PKEY *key = lw_rpk_of_peer(ssl);

        if (identity != NULL && identity[0] != '\0')
                return g_strdup(identity);
        return key == NULL ? NULL : lw_raw_key_identity(key);
}
