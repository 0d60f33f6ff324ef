/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions by pre-shared keys and certificates, at both ends. */
#include "coap/credentials.h"

#include <string.h>

#include <glib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "coap/ciphers.h"
#include "coap/libcoap.h"
#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "coap/tls.h"

/* A record of the mode of operation that adds most: header, initial vector, SHA-384, padding. */
#define OVERHEAD_MAX 93
/* What libcoap writes before a message of no length; below it no link is usable. */
#define ROOM_MIN 16

/* So long a client may resume its session, in seconds. Source: RFC 5246, F.1.4. */
#define RESUMABLE_SECONDS 86400

uint16_t lw_credentials_room(const coap_session_t *session, uint16_t datagram_bytes)
{
        SSL *ssl = lw_tls_of(session);
        size_t room = datagram_bytes > OVERHEAD_MAX ? datagram_bytes - OVERHEAD_MAX : 0;

        if (ssl != NULL && SSL_is_init_finished(ssl)) {
                SSL_set_mtu(ssl, datagram_bytes);
                room = DTLS_get_data_mtu(ssl);
        }
        return (uint16_t) MAX(room, ROOM_MIN);
}

/* --- our side --------------------------------------------------------------------------------- */

static coap_session_t *connect_psk(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwPeer *peer)
{
        /* libcoap copies both before it returns. */
        coap_dtls_cpsk_t setup = {
                .version = COAP_DTLS_CPSK_SETUP_VERSION,
                .psk_info = {
                        .identity = { strlen(peer->psk_identity),
                                (const uint8_t *) peer->psk_identity },
                        .key = { peer->psk_key_length, peer->psk_key },
                },
        };

        return coap_new_client_session_psk2(context, local, remote, COAP_PROTO_DTLS, &setup);
}

/* The certificates are the handshake's: libcoap knows of none. */
static coap_session_t *connect_x509(
                coap_context_t *context, const coap_address_t *local, const coap_address_t *remote)
{
        coap_dtls_pki_t setup = {
                .version = COAP_DTLS_PKI_SETUP_VERSION,
                .verify_peer_cert = 1,
                .pki_key.key_type = COAP_PKI_KEY_PEM,
        };

        return coap_new_client_session_pki(context, local, remote, COAP_PROTO_DTLS, &setup);
}

coap_session_t *lw_credentials_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwPeer *peer, LwHandshake *handshake)
{
        lw_handshake_prepare(handshake, peer);
        return peer->security == LW_SECURITY_PSK ? connect_psk(context, local, remote, peer)
                                                 : connect_x509(context, local, remote);
}

/* --- the side of a server --------------------------------------------------------------------- */

static const coap_bin_const_t *on_identity(
                coap_bin_const_t *identity, coap_session_t *session, void *user)
{
        LwKeyRing *ring = user;

        (void) session;
        ring->found.s = ring->find(ring->user, identity->s, identity->length, &ring->found.length);
        return ring->found.s == NULL ? NULL : &ring->found;
}

bool lw_credentials_serve(coap_context_t *context, LwKeyRing *ring)
{
        coap_dtls_spsk_t setup = {
                .version = COAP_DTLS_SPSK_SETUP_VERSION,
                .validate_id_call_back = on_identity,
                .id_call_back_arg = ring,
        };

        lw_coap_handshake(coap_get_app_data(context))->ring = ring;
        return coap_context_set_psk2(context, &setup) == 1;
}

static bool show(SSL *ssl, const LwX509 *x509)
{
        g_autoptr(GPtrArray) chain = lw_chain_parse(x509->certificate, NULL);
        g_autoptr(EVP_PKEY) key = lw_private_key_parse(x509->private_key, NULL);

        if (chain == NULL || key == NULL || SSL_use_certificate(ssl, chain->pdata[0]) != 1 ||
                        SSL_use_PrivateKey(ssl, key) != 1)
                return false;
        for (guint i = 1; i < chain->len; i++)
                if (SSL_add1_chain_cert(ssl, chain->pdata[i]) != 1)
                        return false;
        SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
        return true;
}

static void trust_clients(SSL *ssl, GBytes *anchors)
{
        g_autoptr(X509_STORE) store = X509_STORE_new();
        g_autoptr(GPtrArray) chain = anchors == NULL ? NULL : lw_chain_parse(anchors, NULL);

        for (guint i = 0; chain != NULL && i < chain->len; i++) {
                X509_STORE_add_cert(store, chain->pdata[i]);
                SSL_add_client_CA(ssl, chain->pdata[i]);
        }
        SSL_set1_verify_cert_store(ssl, store);
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static const LwX509 *certificate_of(const LwKeyRing *ring)
{
        return ring->show == NULL ? NULL : ring->show(ring->user);
}

/* The client has said whether it wants our certificate or our raw public key. */
static int on_choice(SSL *ssl, void *user)
{
        const LwKeyRing *ring = user;
        g_autoptr(EVP_PKEY) key = NULL;
        const LwX509 *x509 = certificate_of(ring);

        if (lw_rpk_is_wanted(ssl))
                key = lw_private_key_parse(ring->show_raw(ring->user), NULL);
        if (key != NULL)
                SSL_use_PrivateKey(ssl, key);
        else if (x509 != NULL)
                show(ssl, x509);
        ERR_clear_error();
        return 1; /* who has nothing to show may still do it by a shared key */
}

static int on_client(int ok, X509_STORE_CTX *context)
{
        const SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
        const EVP_PKEY *key = lw_rpk_shown(context);
        const LwKeyRing *ring = lw_handshake_of(ssl)->ring;
        g_autofree char *identity = NULL;

        /* OpenSSL knows nothing of a key but whether it is too short. */
        if (key == NULL || X509_STORE_CTX_get_error(context) == X509_V_ERR_EE_KEY_TOO_SMALL)
                return ok;
        identity = lw_raw_key_identity(key);
        if (!ring->take_raw(ring->user, identity))
                return 0;
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return 1;
}

/* Beside certificates, if there are some. */
static void take_raw_keys(LwKeyRing *ring, SSL *ssl, const LwX509 *x509)
{
        if (!lw_rpk_accept(ssl, x509 != NULL))
                return;
        SSL_set_cert_cb(ssl, on_choice, ring);
        if (x509 != NULL)
                trust_clients(ssl, x509->anchors);
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_client);
}

void lw_credentials_begin(LwKeyRing *ring, SSL *ssl)
{
        static const unsigned char name[] = "lwm2m";
        const LwX509 *x509 = certificate_of(ring);

        lw_ciphers_allow_short_tags(ssl);
        /* Whose certificate was looked at may come back without it, to us alone. */
        SSL_set_session_id_context(ssl, name, sizeof(name));
        SSL_CTX_set_timeout(SSL_get_SSL_CTX(ssl), RESUMABLE_SECONDS);
        if (ring->show_raw != NULL && ring->show_raw(ring->user) != NULL)
                take_raw_keys(ring, ssl, x509);
        else if (x509 != NULL && show(ssl, x509))
                trust_clients(ssl, x509->anchors);
        ERR_clear_error();
}

char *lw_credentials_identity(const coap_session_t *session)
{
        /* OpenSSL's, as one that is resumed brings it along; libcoap asks for no key then. */
        const SSL *ssl = lw_tls_of(session);

        return ssl == NULL ? NULL : lw_tls_identity(ssl);
}
