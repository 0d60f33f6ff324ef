/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The door between our CoAP and whoever carries the messages: libcoap in the product, a fake in
 * tests. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "exchange/peer.h"
#include "exchange/secured.h"

typedef struct LwTransport LwTransport;

/** What a transport does on its way to be up. */
typedef enum LwTransportStage {
        LW_TRANSPORT_RESOLVING,
        LW_TRANSPORT_CONNECTING,
} LwTransportStage;

/** Why a Confirmable message of ours failed. */
typedef enum LwTransportFailure {
        LW_TRANSPORT_TIMED_OUT, /* no answer to any of its transmissions */
        LW_TRANSPORT_RESET,     /* answered by RST */
        LW_TRANSPORT_CLOSED,    /* given up, as the connection is gone */
} LwTransportFailure;

/**
 * LwTransportEvents: what a transport tells its owner, from its loop, never from inside a call of
 * ours (but for `stage`, which may come out of start).
 *
 * Messages are gone after the call.
 */
typedef struct LwTransportEvents {
        void (*stage)(void *user, LwTransportStage stage);
        void (*up)(void *user, LwNow now);
        /** It ended or never came up; nothing more is told. The owner closes it, perhaps from here.
         */
        void (*down)(void *user, const GError *reason, LwNow now);
        /**
         * A request. True: `ret_reply`, initialised by the transport, is the answer (its payload
         * and options must last until the transport's next event). False: none yet; a CON gets its
         * empty ACK, from us if `ops->leaves_ack` is set.
         */
        bool (*request)(void *user, const LwMessage *request, LwMessage *ret_reply, LwNow now);
        /** A response, to be matched by token. False: nobody asked for it; it is answered by RST.
         */
        bool (*response)(void *user, const LwMessage *response, LwNow now);
        /** A CON message of ours, known by its token, failed. */
        void (*failed)(void *user, const uint8_t *token, size_t token_length,
                        LwTransportFailure why, LwNow now);
        /** A NON message of ours was answered by RST. */
        void (*reset)(void *user, uint16_t mid, LwNow now);
        /** Every CON message that we sent is acknowledged, or was told as failed. Told once after
         * each time that this was not so. May be NULL. */
        void (*settled)(void *user, LwNow now);
} LwTransportEvents;

/** LwTraffic: what went over the network; bytes are those of datagrams, without IP and UDP headers.
 */
typedef struct LwTraffic {
        uint64_t messages_sent, messages_received;
        uint64_t bytes_sent, bytes_received;
} LwTraffic;

typedef enum LwTransportEnd {
        LW_TRANSPORT_LOCAL,
        LW_TRANSPORT_REMOTE,
} LwTransportEnd;

typedef struct LwTransportOps {
        /** Begins: resolve, connect, then `up` or `down`. Owner and events are attached before. */
        void (*start)(LwTransport *self);
        /**
         * Hands a message over; CON is repeated until acknowledged. `ret_mid` is the message id it
         * got (0 on a stream). Errors: 5.03 when it cannot be sent.
         */
        bool (*send)(LwTransport *self, const LwMessage *message, uint16_t *ret_mid,
                        GError **error);
        /**
         * Ends it without a word to the peer beyond what the protocol demands, and frees it. It may
         * be called from within any of its events, and nothing of it is touched by the owner
         * afterwards.
         */
        void (*close)(LwTransport *self);
        /** "[::1]:5683", or NULL while it is not known. Caller frees. */
        char *(*address)(const LwTransport *self, LwTransportEnd end);
        /** As whom the peer has proved itself by its key; NULL: it has not, or we called it. Caller
         * frees. May be NULL. */
        char *(*identity)(const LwTransport *self);
        /** What is known of its security, also when it came to nothing; the caller clears it. NULL:
         * it has none. */
        void (*secured)(const LwTransport *self, LwSecured *ret_secured);
        bool (*is_stream)(const LwTransport *self);
        /** What it sent and received since it was made. NULL: it does not count. */
        LwTraffic (*traffic)(const LwTransport *self);
        /** The largest message that it sends, in bytes: blocks are cut so that they fit. */
        uint16_t (*limit)(const LwTransport *self);
        /** A CON request that had no answer from `request` is not acknowledged by the transport:
         * its owner sends an ACK with the request's message id, empty or with the answer. */
        bool leaves_ack;
} LwTransportOps;

/** LwTransport: the part that every transport begins with; the owner sets events and user. */
struct LwTransport {
        const LwTransportOps *ops;
        const LwTransportEvents *events;
        void *user;
};

/**
 * LwTransportFactory: makes transports to peers; the daemon has one on libcoap, a test one on
 * nothing. open: not started yet. Errors: 4.00 when the peer cannot be used (no such security mode
 * here).
 */
typedef struct LwTransportFactory LwTransportFactory;
struct LwTransportFactory {
        LwTransport *(*open)(LwTransportFactory *self, const LwPeer *peer, GError **error);
};
