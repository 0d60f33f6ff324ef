/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwExchange: requests and answers with one peer, above messages and below operations. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "exchange/transport.h"
#include "model/blob.h"
#include "model/sink.h"

/**
 * LwExchange: both directions of CoAP with one peer over one transport.
 *
 * Theirs in: each request reaches `request` once, whatever the network repeats, with its body whole
 * or streamed into a sink; its answer may come later, and is cut into blocks when it is long. Ours
 * out: one at a time (NSTART), each with a deadline of its own; long bodies are cut, long answers
 * joined.
 *
 * Source: RFC 7252, RFC 7641, RFC 7959. ARCHITECTURE.md says why this is not the CoAP library's.
 */
typedef struct LwExchange LwExchange;

/** Names a request of theirs until it is answered, in every exchange; 0 is none. */
typedef uint64_t LwTicket;
/** Names a request of ours; 0 is none. */
typedef uint64_t LwErrand;

typedef struct LwExchangeEvents {
        void (*stage)(void *user, LwTransportStage stage);
        void (*up)(void *user, LwNow now);
        /** It ended; nothing more is told, but that requests of ours which wait fail after it. */
        void (*down)(void *user, const GError *reason, LwNow now);
        /**
         * A new request, its body whole in `message->payload` (empty if it went into a sink: see
         * `receive`). Answer it by lw_exchange_reply(), from here or later, exactly once.
         */
        void (*request)(void *user, const LwMessage *message, LwTicket ticket, LwNow now);
        /**
         * The first block of a body that has more. A sink: the body goes there, and the result of
         * its finish is the answer (2.04); `request` is not called. NULL: it is joined, up to
         * LW_BODY_MAX. NULL and an error: refused so. `size` is what the peer promised (Size1), 0
         * if it did not. A body for the same path that was under way is aborted before. May be
         * NULL.
         */
        LwSink *(*receive)(void *user, const LwMessage *first, uint64_t size, LwNow now,
                        GError **error);
        /** A notification of ours, by its token, was refused with RST. May be NULL. */
        void (*refused)(void *user, const uint8_t *token, size_t token_length, LwNow now);
        /** A Confirmable notification of ours, by its token, was never acknowledged. May be NULL.
         */
        void (*undelivered)(void *user, const uint8_t *token, size_t token_length, LwNow now);
        /** Every Confirmable message of ours is acknowledged, or was told as failed. May be NULL.
         */
        void (*settled)(void *user, LwNow now);
} LwExchangeEvents;

/**
 * The answer to a request of ours. `response` has the body joined; it is NULL on failure, and
 * `error` says why (LW_STATUS_TIMEOUT: no answer; LW_STATUS_UNAVAILABLE: reset, or the transport
 * ended). With LW_EXCHANGE_OBSERVE it comes again with each notification until lw_exchange_drop();
 * else once.
 */
typedef void (*LwExchangeDone)(
                void *user, const LwMessage *response, const GError *error, LwNow now);

typedef enum LwExchangeFlags {
        LW_EXCHANGE_PLAIN = 0,
        LW_EXCHANGE_NON = 1u << 0,     /* send it Non-confirmable */
        LW_EXCHANGE_OBSERVE = 1u << 1, /* keep the token for notifications */
        LW_EXCHANGE_URGENT = 1u << 2,  /* before all that wait, and beside what is under way */
        /* One message out and the first answer in, whatever it is: blocks are the caller's
         * business, and `body` fits one. */
        LW_EXCHANGE_SINGLE = 1u << 3,
} LwExchangeFlags;

/**
 * Takes a piece of an answer's content; `offset` 0 begins it, anew if there was a piece before. It
 * calls nothing of the exchange. Errors: whatever the request is to fail with.
 */
typedef bool (*LwExchangeTake)(
                void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error);

/**
 * LwExchangeHow: how the bodies of a request of ours travel, where the defaults will not do.
 *
 * Shape:  `block_size` is what our body is cut to and what is asked of the peer for the answer, 16
 *         to 1024, 0: LW_BLOCK_SIZE, and the peer's choice. `answer_max` bytes are joined at most,
 *         or taken, 0: LW_BODY_MAX. With `take` the content of a successful answer goes there
 *         piece by piece, and the answer that `done` gets has none; not for LW_EXCHANGE_OBSERVE.
 *         Its user is that of `done`.
 */
typedef struct LwExchangeHow {
        uint16_t block_size;
        uint64_t answer_max;
        LwExchangeTake take;
} LwExchangeHow;

/**
 * Takes over `transport`: attaches to it; lw_exchange_start() starts it. The transport of a
 * listener is up already and needs no start; with any other nothing is asked for before the start.
 */
LwExchange *lw_exchange_new(LwTransport *transport, const LwExchangeEvents *events, void *user);
void lw_exchange_start(LwExchange *self);
/**
 * Closes the transport, aborts bodies that go into sinks. Requests of ours that wait are forgotten
 * without a call of their `done`.
 */
void lw_exchange_free(LwExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwExchange, lw_exchange_free)

/**
 * Sends a request of ours, or queues it. `head` has code and options; type, token, Block and Size
 * options are ours to set. `body` NULL: none. `timeout_usec` counts from now and covers queueing
 * and all blocks. Errors: 5.03 when LW_REQUESTS_OUT_MAX wait or the message cannot be made; then
 * `done` is not called.
 */
LwErrand lw_exchange_request(LwExchange *self, const LwMessage *head, LwBlob *body,
                LwUsec timeout_usec, LwExchangeFlags flags, LwExchangeDone done, void *user,
                LwNow now, GError **error);
/** The same, with `how` its bodies travel. */
LwErrand lw_exchange_request_how(LwExchange *self, const LwMessage *head, LwBlob *body,
                const LwExchangeHow *how, LwUsec timeout_usec, LwExchangeFlags flags,
                LwExchangeDone done, void *user, LwNow now, GError **error);
/** How many bytes of its body were acknowledged, and of its answer came. False: it is over. */
bool lw_exchange_progress(const LwExchange *self, LwErrand errand, uint64_t *ret_sent,
                uint64_t *ret_received);
/** Forgets a request of ours, no `done` any more; a notification for it is then refused. */
void lw_exchange_drop(LwExchange *self, LwErrand errand);

/**
 * Ends `observing`, a request of ours with LW_EXCHANGE_OBSERVE, by `head`, a GET or FETCH with
 * Observe 1, which goes out under the same token and with the same body (RFC 7641, 3.6).
 * `observing` is dropped; `done` has the answer of `head`. If `observing` is no longer known this
 * is a plain request. Errors: as lw_exchange_request().
 */
LwErrand lw_exchange_cancel(LwExchange *self, LwErrand observing, const LwMessage *head,
                LwUsec timeout_usec, LwExchangeDone done, void *user, LwNow now, GError **error);

/**
 * Answers a request of theirs. `head` has code and options; type, token, Block and Size2 are ours
 * to set, and ETag if it has none. A body that is longer than a block, or than the block that is
 * asked for, is kept for LW_TRANSFER_IDLE_SECONDS after its last use and served from there; if it
 * had to be dropped, `request` comes again for a later block, and is answered with the whole body
 * again. Of a body in memory more than LW_REPLY_MAX is 5.00. Nothing happens when the ticket is no
 * longer known.
 */
void lw_exchange_reply(LwExchange *self, LwTicket ticket, const LwMessage *head, LwBlob *body);
/** An answer that is only a code, with a diagnostic payload or NULL. */
void lw_exchange_reply_status(
                LwExchange *self, LwTicket ticket, LwStatus status, const char *diagnostic);

/**
 * Sends a notification: a response with `head`'s token and options (Observe among them).
 * A long body goes out as its first block; the peer fetches the rest from the snapshot by the GET
 * that `key` stands for (lw_exchange_key() of the Observe request). A Block2 option in `head` says
 * how large a block that request asked for. Errors: 5.03; 5.00 an unreadable body.
 */
bool lw_exchange_notify(LwExchange *self, const LwMessage *head, LwBlob *body, uint64_t key,
                bool confirmable, LwNow now, GError **error);
/** What a GET or FETCH asks for, as a number: method, path, query, Accept and payload, without
 * Observe and Block. */
uint64_t lw_exchange_key(const LwMessage *request);

/** When lw_exchange_run() is due: LW_USEC_NEVER if it is not. */
LwUsec lw_exchange_deadline(const LwExchange *self);
/** Requests past their deadline fail; transfers that went silent are dropped. */
void lw_exchange_run(LwExchange *self, LwNow now);

/** The transport's address, "127.0.0.1:5683", or NULL. Caller frees. */
char *lw_exchange_address(const LwExchange *self, LwTransportEnd end);
/** As whom the peer has proved itself by its key, or NULL. Caller frees. */
char *lw_exchange_identity(const LwExchange *self);
/** What is known of the connection's security; the caller clears it. */
void lw_exchange_secured(const LwExchange *self, LwSecured *ret_secured);
bool lw_exchange_is_up(const LwExchange *self);

/** Counted since the exchange was made. */
typedef struct LwExchangeCounters {
        uint64_t received, sent, repeated, lost;
} LwExchangeCounters;
LwExchangeCounters lw_exchange_counters(const LwExchange *self);
/** When the last message came or went, empty ones and repetitions aside; 0: none did. */
LwUsec lw_exchange_active(const LwExchange *self);
/** What its transport sent and received, byte by byte; nothing if that does not count. */
LwTraffic lw_exchange_traffic(const LwExchange *self);

/** Called for each message in and out, for a trace. NULL ends it. */
typedef void (*LwExchangeTrace)(void *user, bool outgoing, const LwMessage *message);
void lw_exchange_set_trace(LwExchange *self, LwExchangeTrace trace, void *user);
