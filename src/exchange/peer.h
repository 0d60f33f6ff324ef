/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPeer: the other end of a transport: where it is and how to speak with it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/oscore.h"
#include "exchange/rpk.h"
#include "exchange/x509.h"
#include "model/limits.h"
#include "model/uri.h"

typedef enum LwSecurity {
        LW_SECURITY_PSK = 0,
        LW_SECURITY_RPK = 1,
        LW_SECURITY_X509 = 2,
        LW_SECURITY_NOSEC = 3,
} LwSecurity;

/** "nosec", "psk", "rpk", "x509": the words of the configuration. */
const char *lw_security_name(LwSecurity security);

/**
 * LwPeer: what a transport needs to reach a server.
 *
 * Shape:  the zero of each number means "the standard's default" (RFC 7252, 4.8). With
 * LW_SECURITY_PSK it has an identity and a key of at least one byte, which may be any bytes; with
 * LW_SECURITY_X509 a certificate and its key; with LW_SECURITY_RPK our private key and the server's
 * public one.
 * Owns:   its strings: lw_peer_clear(), which leaves no byte of the key behind.
 */
typedef struct LwPeer {
        LwUri uri;
        LwSecurity security;
        char *psk_identity; /* /0/x/3 */
        size_t psk_key_length;
        uint8_t psk_key[LW_PSK_KEY_MAX]; /* /0/x/5 */
        LwX509 x509;
        LwRpk rpk;
        LwOscore oscore; /* /0/x/17; beside LW_SECURITY_NOSEC */
        char *sni; /* /0/x/14: the server's name in its certificate; NULL: the host of the URI */
        uint16_t ciphers[LW_CIPHERS_MAX]; /* /0/x/16: IANA's numbers, the most wanted first */
        unsigned cipher_count;            /* 0: what both ends prefer */
        char *local_address;              /* source address, NULL: the system's choice */
        char *interface;                  /* its address is the source address; NULL: none */
        uint16_t local_port;              /* 0: any */
        LwUsec ack_timeout_usec;
        uint16_t ack_random_permille; /* 1500: up to half as long again */
        uint16_t max_retransmit;      /* counted from 1, so that 0 can mean the default */
        uint16_t nstart;
        uint16_t mtu_bytes;
} LwPeer;

/** As lw_security_name(), or "oscore". */
const char *lw_peer_security_name(const LwPeer *self);

void lw_peer_clear(LwPeer *self);
/** Same security with the same secrets, names and ciphers. */
bool lw_peer_same_security(const LwPeer *a, const LwPeer *b);
/** The longest that a Confirmable request with a body of so many bytes and its answer can take: in
 * blocks some of them have to be repeated. Source: RFC 7252, 4.8.2. */
LwUsec lw_peer_answer_time(const LwPeer *self, uint64_t body_bytes);
/** Deep copy into uninitialised memory. */
void lw_peer_copy(LwPeer *self, const LwPeer *from);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwPeer, lw_peer_clear)
