/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both roles share: one libcoap context on our loop, and how to send. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <glib.h>

#include "coap/credentials.h"
#include "exchange/oscore.h"
#include "exchange/transport.h"
#include "io/driver.h"

/**
 * LwCoap: one libcoap context as one watched descriptor of the loop.
 *
 * All that libcoap decides above messages is taken from it: every request reaches the transport's
 * events, block mode is 0, there are no observers. Nothing of libcoap is freed inside one of its
 * callbacks, whoever asks for it.
 */
typedef struct LwCoap LwCoap;

/** LwCoapTransport: what each of our transports begins with. */
typedef struct LwCoapTransport {
        LwTransport transport;
        LwCoap *coap; /* NULL: not connected */
        coap_session_t *session;
        uint16_t limit_bytes; /* the largest datagram to send */
        bool heard;           /* the peer has said something */
        bool has_oscore;      /* its messages may be protected by OSCORE */
        bool guarded;         /* the peer speaks by OSCORE: plain messages are not from it */
        LwOscoreBytes kid;    /* by which id, at a server */
} LwCoapTransport;

typedef struct LwCoapRole {
        /** A request on a session that has no transport: make one and attach it, or NULL to refuse.
         * May be NULL. */
        LwCoapTransport *(*accept)(void *user, coap_session_t *session);
        /**
         * The network says that `sent` did not reach the peer (ICMP); it will be repeated all the
         * same. Called until the peer is heard. May be NULL.
         */
        void (*unreachable)(LwCoapTransport *transport, const LwMessage *sent);
        /** The DTLS session is established; it is gone, or never came to be. From inside libcoap.
         * May be NULL. */
        void (*secured)(LwCoapTransport *transport);
        void (*closed)(LwCoapTransport *transport);
        /** The network says that something did not reach the peer (ICMP), be it a part of a
         * handshake; of that libcoap 4.3.2 and later tell nothing. May be NULL. */
        void (*refused)(void *user);
        /** Every CON message of the context is acknowledged or given up. May be NULL. */
        void (*settled)(void *user);
} LwCoapRole;

/** One that is not `secure` can have no DTLS. Errors: 5.03 when the system is out of descriptors.
 */
LwCoap *lw_coap_new(
                LwDriver *driver, bool secure, const LwCoapRole *role, void *user, GError **error);
/** Its transports are detached before. Silent at once; freed now, or when libcoap has returned to
 * the loop. */
void lw_coap_close(LwCoap *self);
coap_context_t *lw_coap_context(const LwCoap *self);
/** LwCoapManner: how requests are met, on purpose. */
typedef enum LwCoapManner {
        LW_COAP_ANSWERS,
        LW_COAP_IS_DEAF, /* they are not heard, and not acknowledged */
        LW_COAP_RESETS,  /* they are answered by RST */
} LwCoapManner;

void lw_coap_set_manner(LwCoap *self, LwCoapManner manner);
/** What the handshakes of the context go by; of one session of ours also what is learnt. */
LwHandshake *lw_coap_handshake(LwCoap *self);
/** What the connected sockets of the context sent and received. */
LwTraffic lw_coap_traffic(const LwCoap *self);
/** After calls into libcoap from outside its callbacks, which may have moved its timers: sets them
 * in the next turn. */
void lw_coap_arm(LwCoap *self);

/** Ties a session to a transport: its messages go there from now on. */
void lw_coap_attach(LwCoap *self, LwCoapTransport *transport, coap_session_t *session);
/** Unties it. What it had under way is not repeated any more. */
void lw_coap_detach(LwCoapTransport *transport);

/* The part of the vtable that is the same for both. */
bool lw_coap_send(LwTransport *transport, const LwMessage *message, uint16_t *ret_mid,
                GError **error);
char *lw_coap_address(const LwTransport *transport, LwTransportEnd end);
char *lw_coap_identity(const LwTransport *transport);
void lw_coap_secured(const LwTransport *transport, LwSecured *ret_secured);
bool lw_coap_is_stream(const LwTransport *transport);
uint16_t lw_coap_limit(const LwTransport *transport);
