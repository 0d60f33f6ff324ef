/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One end of an exchange on a fake transport, with somebody who answers, receives and asks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/exchange.h"
#include "lib/fake-transport.h"

/** SideSink: a sink that writes down what it is told; its steps end at once, or when the test says
 * so. */
typedef struct SideSink {
        LwSink sink;
        bool is_slow;
        LwStatus fails_with; /* of the next step; 0: it goes well */
        uint64_t length;
        uint64_t hash; /* of all bytes, in order */
        unsigned appends, finishes, aborts;
        LwSinkDone done; /* of the step under way */
        void *user;
} SideSink;

/** Ends the step under way. */
void side_sink_done(SideSink *self, LwStatus status);
/** What `hash` is after these bytes. */
uint64_t side_hash(uint64_t hash, const uint8_t *data, size_t length);

/** Side: the agent's end, played by the test. */
typedef struct Side {
        LwFake *fake;
        LwExchange *exchange;
        LwNow now;
        /* Theirs in */
        bool answers_later;
        bool frees_itself;      /* in each event */
        LwStatus status;        /* of the answers */
        LwBlob *answer;         /* their body; NULL: none */
        bool answers_once;      /* and lets go of the body */
        const char *etag;       /* NULL: none of ours */
        unsigned requests;      /* that came */
        LwTicket ticket;        /* of the last one */
        uint64_t key;           /* likewise */
        bool has_block1;        /* likewise */
        GByteArray *body;       /* likewise */
        SideSink *receives;     /* where bodies go; NULL: joined */
        LwStatus receive_error; /* 0: none */
        unsigned receive_calls;
        uint64_t receive_size;
        unsigned refusals;
        uint8_t refused[LW_TOKEN_MAX];
        /* Ours out */
        unsigned dones;
        LwStatus done_status; /* of the last answer, or of the last error */
        bool done_failed;
        GByteArray *done_body;
        LwErrand drops;      /* forgotten within `done` */
        LwExchangeHow how;   /* of the next requests */
        GByteArray *taken;   /* by side_take() */
        LwStatus take_error; /* 0: it goes well */
        /* The connection */
        unsigned ups, downs, stages;
} Side;

Side *side_new(bool is_stream);
void side_free(Side *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Side, side_free)

/** `seconds` later. */
void side_wait(Side *self, double seconds);

/** Answers the last request with what the side's answers are. */
void side_answer(Side *self, LwTicket ticket);
/** A request of ours; the answer goes into `done...`. */
LwErrand side_ask(Side *self, uint8_t method, const char *path, LwBlob *body, unsigned timeout,
                LwExchangeFlags flags);

/** For `how`: what comes goes into `taken`. */
bool side_take(void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error);

/* Messages of the peer. */

/** A request with this message id; its token is one byte, made of it. */
void side_request(LwMessage *ret_message, LwMessageType type, uint8_t method, uint16_t mid,
                const char *path);
/** The block `number` of `size` bytes of a body in which the byte at n is `side_byte(n)`. */
void side_block1(LwMessage *message, uint32_t number, bool more, uint16_t size);
uint8_t side_byte(uint64_t offset);
/** A body like that, whole. */
LwBlob *side_body(size_t length);
bool side_is_body(const uint8_t *data, size_t length, uint64_t offset);

/** The message as a line. The text lasts until the next call. */
const char *side_text(const LwMessage *message);
