/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStream: CoAP messages over one TCP connection. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/ssl.h>

#include "exchange/transport.h"
#include "io/driver.h"

/**
 * LwStream: one connection that carries messages, at either end of it.
 *
 * It makes the connection and the TLS handshake, exchanges capabilities (CSM), answers Ping, obeys
 * Release and Abort, and ends itself by an Abort that names the reason when the peer does not keep
 * to the rules. That a Confirmable notification arrived is learnt by a Ping behind it. It is
 * not libcoap's, whose 4.3.1 loses a message when its first bytes come in two pieces.
 *
 * Source: RFC 8323.
 */
typedef struct LwStream LwStream;

/** From the loop; the owner may free the stream from inside any of them. */
typedef struct LwStreamEvents {
        /** TCP is connected; of a stream that was connected when it was made it is not told. May be
         * NULL. */
        void (*connected)(void *user);
        /** Both have told their capabilities: messages may flow, and lw_stream_carry() must be
         * called from here. */
        void (*up)(void *user);
        /** It ended, or never came up; nothing more is told. */
        void (*down)(void *user, const GError *reason);
} LwStreamEvents;

/** Whose the other end is, for the reasons. Shape: `ssl` NULL: no TLS. Zeroed memory is a plain
 * one. */
typedef struct LwStreamStart {
        int fd;                                           /* of a socket that never waits; taken */
        SSL *ssl;                                         /* set to connect or to accept; taken */
        bool connecting;                                  /* connect() is under way */
        char *(*explain)(void *user, const char *reason); /* why a TLS handshake failed; caller
                                                             frees. May be NULL: `reason` */
} LwStreamStart;

/** Errors: 5.03 when the system is out of memory for events; what was to be taken is closed then.
 */
LwStream *lw_stream_new(LwDriver *driver, const LwStreamStart *start, const LwStreamEvents *events,
                void *user, GError **error);
/** Says Release to a peer that is up, and closes. NULL is fine. */
void lw_stream_free(LwStream *self);

/** Ends it as if the peer had, for `reason`. */
void lw_stream_end(LwStream *self, const char *reason);

/** From now on messages go to the events of `transport`. */
void lw_stream_carry(LwStream *self, LwTransport *transport);
/** Errors: 5.03 when it does not fit into a message that the peer takes, or too much waits. */
bool lw_stream_send(LwStream *self, const LwMessage *message, GError **error);

/** When lw_stream_run() is due. */
LwUsec lw_stream_deadline(const LwStream *self);
/** Ends it, if the peer let it wait for too long. */
void lw_stream_run(LwStream *self, LwNow now);

/** Of the peer's messages, the largest that it takes. */
uint16_t lw_stream_limit(const LwStream *self);
/** "[::1]:5683"; NULL when it is not known. Caller frees. */
char *lw_stream_address(const LwStream *self, LwTransportEnd end);
LwTraffic lw_stream_traffic(const LwStream *self);
SSL *lw_stream_tls(const LwStream *self);
