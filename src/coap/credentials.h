/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pre-shared keys for sessions, and what is learnt from a handshake. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>

#include "exchange/peer.h"

/** LwHandshake: what is known of one. Zeroed memory: nothing yet. */
typedef struct LwHandshake {
        int alert; /* the fatal one that the peer sent; 0: none. Source: RFC 5246, 7.2 */
} LwHandshake;

/**
 * A session with a server by the key of `peer`; its handshake has begun. `handshake` lives as long
 * as the context. NULL when libcoap makes none.
 */
coap_session_t *lw_credentials_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwPeer *peer, LwHandshake *handshake);

/**
 * Why a handshake with `address` came to nothing, for a person. `heard`: something came from there.
 * Caller frees.
 */
char *lw_credentials_failure(const LwHandshake *handshake, const char *address, bool heard);

/** Of a datagram of `datagram_bytes`, so many are left for a message once this session is secured.
 */
uint16_t lw_credentials_room(const coap_session_t *session, uint16_t datagram_bytes);

/** The key of an identity, which stays until the next call; NULL: there is none. */
typedef const uint8_t *(*LwFindKey)(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length);

/** LwKeyRing: where the context of a server finds the keys of those who come. It outlives that. */
typedef struct LwKeyRing {
        LwFindKey find;
        void *user;
        coap_bin_const_t found;
} LwKeyRing;

/** From now on endpoints of the context take DTLS sessions. False: libcoap does not. */
bool lw_credentials_serve(coap_context_t *context, LwKeyRing *ring);

/** As whom the peer came; NULL: nobody, or it has a byte 0. Caller frees. */
char *lw_credentials_identity(const coap_session_t *session);
