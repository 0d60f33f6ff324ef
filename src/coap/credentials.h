/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions by pre-shared keys and certificates, at both ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>

#include "coap/failure.h"
#include "coap/handshake.h"
#include "exchange/peer.h"

/**
 * A session with a server by the key or certificates of `peer`; its handshake has begun.
 * `handshake` is that of the context, lw_coap_handshake(). NULL when libcoap makes none.
 */
coap_session_t *lw_credentials_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwPeer *peer, LwHandshake *handshake);

/** Of a datagram of `datagram_bytes`, so many are left for a message once this session is secured.
 */
uint16_t lw_credentials_room(const coap_session_t *session, uint16_t datagram_bytes);

/** The key of an identity, which stays until the next call; NULL: there is none. */
typedef const uint8_t *(*LwFindKey)(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length);

/** The certificate that the next who comes is shown, and in `anchors` whom he must come from; NULL:
 * none, pre-shared keys alone. It stays until the next call. */
typedef const LwX509 *(*LwShowCertificate)(void *user);

/** The private key whose public part who comes by raw public keys is shown; NULL: none. It stays
 * until the next call. */
typedef GBytes *(*LwShowRawKey)(void *user);
/** Whether somebody with that raw public key, as lw_raw_key_identity() names it, may come. */
typedef bool (*LwTakeRawKey)(void *user, const char *identity);

/** LwKeyRing: where the context of a server finds the keys of those who come. It outlives that. */
struct LwKeyRing {
        LwFindKey find;
        LwShowCertificate show; /* NULL: no certificates */
        LwShowRawKey show_raw;  /* NULL: no raw public keys */
        LwTakeRawKey take_raw;
        void *user;
        coap_bin_const_t found;
};

/** From now on endpoints of the context take DTLS sessions. False: libcoap does not. */
bool lw_credentials_serve(coap_context_t *context, LwKeyRing *ring);
/** What a server's end of a session needs before its first flight. */
void lw_credentials_begin(LwKeyRing *ring, SSL *ssl);

/** As whom the peer came by a shared key or a raw public one; NULL: as nobody. Caller frees. */
char *lw_credentials_identity(const coap_session_t *session);
