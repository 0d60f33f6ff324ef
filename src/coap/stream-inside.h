/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of LwStream, for its own parts: stream-in reads, stream-out writes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <glib.h>
#include <systemd/sd-event.h>

#include "coap/stream.h"
#include "coap/tcp.h"
#include "io/driver.h"
#include "model/limits.h"

/* What an end takes that does not say: also what we take ourselves. A larger number would invite
 * blocks of several at once (BERT), which would save nothing here. Source: RFC 8323, 5.3.1, 6. */
#define LW_STREAM_MESSAGE_DEFAULT 1152
/* A peer that takes no bytes, or answers no Ping. As long as a Confirmable message would be
 * repeated. Source: RFC 7252, 4.8.2, MAX_TRANSMIT_WAIT. */
#define LW_STREAM_PATIENCE_USEC (93 * LW_USEC_PER_SEC)
/* Bytes that wait for the peer to take them; above that nothing more is read from it. */
#define LW_STREAM_PAUSE_BYTES 16384
/* Options of signals, in each its own. Source: RFC 8323, 5.3 to 5.6. */
#define LW_STREAM_OPTION_MAX_MESSAGE_SIZE 2

typedef enum LwStreamState {
        LW_STREAM_CONNECTING,
        LW_STREAM_SHAKING,  /* hands, for TLS */
        LW_STREAM_GREETING, /* our capabilities are told, the peer's are not */
        LW_STREAM_UP,
        LW_STREAM_OVER,
} LwStreamState;

struct LwStream {
        LwDriver *driver;
        LwTcp tcp;
        sd_event_source *source;
        const LwStreamEvents *events;
        void *user;
        char *(*explain)(void *user, const char *reason);
        LwTransport *carried; /* NULL: not yet */
        LwStreamState state;
        coap_address_t local, remote;
        GError *end; /* why it is over, to be told */
        LwUsec start_end, write_end, pong_end;
        unsigned depth; /* events under way: the memory stays until the outermost is over */
        bool closed;
        bool wants_write; /* what TLS has to say goes before all else */
        bool pinged;      /* a Pong is on its way */
        bool unsettled;   /* a Confirmable notification went out behind the Ping */
        uint16_t limit;
        GByteArray *out;
        size_t out_begin; /* bytes of it that are gone */
        size_t in_length;
        uint8_t in[LW_MESSAGE_MAX];
};

static inline size_t lw_stream_waiting(const LwStream *self)
{
        return self->out->len - self->out_begin;
}

static inline bool lw_stream_is_over(const LwStream *self)
{
        return self->closed || self->state == LW_STREAM_OVER;
}

/* stream.c */

/** The time `usec` from now. */
LwUsec lw_stream_after(const LwStream *self, LwUsec usec);
/** Nothing comes or goes any more; the owner hears of it from the loop. Takes the error. */
void lw_stream_fail(LwStream *self, GError *reason);
/** The same, in words that the owner may make better: why a TLS handshake failed. */
void lw_stream_end_handshake(LwStream *self, const char *reason);
/** Sets what the socket is watched for. */
void lw_stream_watch(LwStream *self);
/** The end of an event, whose `depth` was counted: frees what was closed meanwhile. */
void lw_stream_leave(LwStream *self);

/* stream-out.c */

/** Writes what waits, as far as the peer takes it. */
void lw_stream_flush(LwStream *self);
/** Sends a message, or has it wait behind others. */
void lw_stream_push(LwStream *self, const LwMessage *message);
/** Tells our capabilities. */
void lw_stream_greet(LwStream *self);
/** Asks for a Pong, which will say that all before it was read. */
void lw_stream_ping(LwStream *self);
/** Tells the peer, and us, what it did. `bad_option`: of a CSM; 0: none. */
void lw_stream_abort(LwStream *self, uint32_t bad_option, const char *format, ...)
                G_GNUC_PRINTF(3, 4);

/* stream-in.c */

/** Reads messages and takes them, until there are no more or the peer takes no answers. */
void lw_stream_read_on(LwStream *self);
/** The same, as a deferred call; `user` is the stream. */
void lw_stream_read_later(void *user);
