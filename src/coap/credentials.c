/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pre-shared keys for sessions, and what is learnt from a handshake. */
#include "coap/credentials.h"

#include <string.h>

#include <glib.h>
#include <openssl/ssl.h>

/* Alerts that name a cause. Source: RFC 5246, 7.2; RFC 4279, 6. */
#define ALERT_BAD_RECORD_MAC 20
#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_DECRYPT_ERROR 51
#define ALERT_INSUFFICIENT_SECURITY 71
#define ALERT_UNKNOWN_PSK_IDENTITY 115
/* A record of the mode of operation that adds most: header, initial vector, SHA-384, padding. */
#define OVERHEAD_MAX 93
/* What libcoap writes before a message of no length; below it no link is usable. */
#define ROOM_MIN 16

#define WRONG_KEY                                                                                  \
        "the key is probably not the one that the server has for this identity; compare "          \
        "PskIdentity= and the key at both ends"

/* --- watching a handshake --------------------------------------------------------------------- */

/* Where an SSL has its LwHandshake. */
static int handshake_index(void)
{
        static int place = -1;

        if (place < 0)
                place = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
        return place;
}

static void on_info(const SSL *ssl, int where, int ret)
{
        LwHandshake *handshake = SSL_get_ex_data(ssl, handshake_index());
        void (*libcoap)(const SSL *, int, int) = SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl));

        /* The upper byte is the level. */
        if (handshake != NULL && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
                        ret >> 8 == SSL3_AL_FATAL)
                handshake->alert = ret & 0xff;
        /* libcoap hears of alerts here alone. */
        if (libcoap != NULL)
                libcoap(ssl, where, ret);
}

static SSL *tls_of(const coap_session_t *session)
{
        coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
        void *tls = coap_session_get_tls(session, &library);

        return library == COAP_TLS_LIBRARY_OPENSSL ? tls : NULL;
}

char *lw_credentials_failure(const LwHandshake *handshake, const char *address, bool heard)
{
        switch (handshake->alert) {
        case 0:
                break;
        case ALERT_UNKNOWN_PSK_IDENTITY:
                return g_strdup_printf("%s does not know the identity of PskIdentity=; add it to "
                                       "the server, or write the one that it has",
                                address);
        case ALERT_BAD_RECORD_MAC:
        case ALERT_DECRYPT_ERROR:
                return g_strdup_printf("%s refused the DTLS handshake: " WRONG_KEY, address);
        case ALERT_HANDSHAKE_FAILURE:
        case ALERT_INSUFFICIENT_SECURITY:
                return g_strdup_printf("%s refused the DTLS handshake (alert %d): it takes no "
                                       "pre-shared keys, or no cipher that is offered; look at its "
                                       "settings",
                                address, handshake->alert);
        default:
                return g_strdup_printf("%s refused the DTLS handshake (alert %d, '%s'); look into "
                                       "the server's log",
                                address, handshake->alert,
                                SSL_alert_desc_string_long(handshake->alert));
        }
        /* A server drops what it cannot decrypt. Source: RFC 6347, 4.1.2.7. */
        if (heard)
                return g_strdup_printf("%s fell silent in the DTLS handshake: " WRONG_KEY, address);
        return g_strdup_printf("%s does not answer the DTLS handshake: no server is there, or a "
                               "firewall is between; look at Uri= and at the server",
                        address);
}

uint16_t lw_credentials_room(const coap_session_t *session, uint16_t datagram_bytes)
{
        SSL *ssl = tls_of(session);
        size_t room = datagram_bytes > OVERHEAD_MAX ? datagram_bytes - OVERHEAD_MAX : 0;

        if (ssl != NULL && SSL_is_init_finished(ssl)) {
                SSL_set_mtu(ssl, datagram_bytes);
                room = DTLS_get_data_mtu(ssl);
        }
        return (uint16_t) MAX(room, ROOM_MIN);
}

/* --- our side --------------------------------------------------------------------------------- */

coap_session_t *lw_credentials_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwPeer *peer, LwHandshake *handshake)
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
        coap_session_t *session = coap_new_client_session_psk2(
                        context, local, remote, COAP_PROTO_DTLS, &setup);
        SSL *ssl = session == NULL ? NULL : tls_of(session);

        if (ssl != NULL) {
                SSL_set_ex_data(ssl, handshake_index(), handshake);
                SSL_set_info_callback(ssl, on_info);
        }
        return session;
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

        return coap_context_set_psk2(context, &setup) == 1;
}

char *lw_credentials_identity(const coap_session_t *session)
{
        const coap_bin_const_t *identity = coap_session_get_psk_identity(session);

        if (identity == NULL || identity->length == 0 ||
                        memchr(identity->s, '\0', identity->length) != NULL)
                return NULL;
        return g_strndup((const char *) identity->s, identity->length);
}
