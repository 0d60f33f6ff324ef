/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a stream receives: frames out of bytes, the peer's signals, requests and responses. */
#include <string.h>

#include "base/quote.h"
#include "coap/frame.h"
#include "coap/stream-inside.h"
#include "model/status.h"

/* One read takes less than two messages; so many in a row before the rest of the loop has its turn.
 */
#define READS_MAX 16

static void take_capabilities(LwStream *self, const LwMessage *csm)
{
        uint32_t size = LW_STREAM_MESSAGE_DEFAULT;

        lw_message_find_uint(csm, LW_STREAM_OPTION_MAX_MESSAGE_SIZE, &size);
        self->limit = (uint16_t) MIN(size, LW_MESSAGE_MAX);
        if (self->state != LW_STREAM_GREETING)
                return;
        self->state = LW_STREAM_UP;
        self->start_end = LW_USEC_NEVER;
        self->events->up(self->user);
}

static void take_pong(LwStream *self)
{
        if (!self->pinged)
                return;
        self->pinged = false;
        self->pong_end = LW_USEC_NEVER;
        if (self->unsettled)
                lw_stream_ping(self);
        else if (self->carried->events->settled != NULL)
                self->carried->events->settled(self->carried->user, lw_driver_now(self->driver));
}

static void answer_ping(LwStream *self, const LwMessage *message)
{
        LwMessage pong;

        lw_message_init(&pong, LW_MESSAGE_CON, LW_SIGNAL_PONG);
        pong.token_length = message->token_length;
        memcpy(pong.token, message->token, message->token_length);
        lw_stream_push(self, &pong);
}

static void take_abort(LwStream *self, const LwMessage *message)
{
        g_autofree char *said = NULL;

        if (message->payload_length == 0) {
                lw_stream_end(self, "the peer aborted the connection");
                return;
        }
        said = lw_quote((const char *) message->payload, message->payload_length);
        lw_stream_fail(self, g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                             "the peer aborted the connection: %s", said));
}

/* Odd numbers are critical, and none of them is known. Source: RFC 8323, 5.2. */
static bool check_signal(LwStream *self, const LwMessage *message)
{
        for (unsigned i = 0; i < message->option_count; i++) {
                uint16_t number = message->options[i].number;

                if ((number & 1) == 0)
                        continue;
                lw_stream_abort(self, message->code == LW_SIGNAL_CSM ? number : 0,
                                "option %u of a signal is not understood", number);
                return false;
        }
        return true;
}

static void take_signal(LwStream *self, const LwMessage *message)
{
        if (!check_signal(self, message))
                return;
        if (self->state == LW_STREAM_GREETING && message->code != LW_SIGNAL_CSM &&
                        message->code != LW_SIGNAL_ABORT) {
                lw_stream_abort(self, 0, "the first message must be a CSM");
                return;
        }
        switch (message->code) {
        case LW_SIGNAL_CSM:
                take_capabilities(self, message);
                break;
        case LW_SIGNAL_PING:
                answer_ping(self, message);
                break;
        case LW_SIGNAL_PONG:
                take_pong(self);
                break;
        case LW_SIGNAL_RELEASE:
                lw_stream_end(self, "the peer asked to end the connection");
                break;
        case LW_SIGNAL_ABORT:
                take_abort(self, message);
                break;
        default:
                lw_stream_abort(self, 0, "there is no signal %u.%02u", message->code >> 5,
                                message->code & 31u);
        }
}

static void take_request(LwStream *self, const LwMessage *message)
{
        LwTransport *carried = self->carried;
        LwMessage reply;

        lw_message_init(&reply, LW_MESSAGE_ACK, 0);
        reply.token_length = message->token_length;
        memcpy(reply.token, message->token, message->token_length);
        if (!carried->events->request(
                            carried->user, message, &reply, lw_driver_now(self->driver)) ||
                        lw_stream_is_over(self))
                return;
        if (lw_message_size(&reply) > self->limit) {
                reply.code = lw_status_to_code(LW_STATUS_FAILED);
                reply.option_count = 0;
                reply.payload_length = 0;
        }
        lw_stream_push(self, &reply);
}

static void take_message(LwStream *self, const uint8_t *data, size_t size)
{
        LwMessage message;

        self->tcp.traffic.messages_received++;
        if (!lw_frame_read(data, size, &message))
                lw_stream_abort(self, 0, "a message is malformed");
        else if (message.code == 0)
                return; /* an empty message keeps the connection alive. Source: RFC 8323, 3.4 */
        else if (message.code >> 5 == 7)
                take_signal(self, &message);
        else if (self->state == LW_STREAM_GREETING)
                lw_stream_abort(self, 0, "the first message must be a CSM");
        else if (lw_message_is_request(&message))
                take_request(self, &message);
        else if (message.code >> 5 == 2 || message.code >> 5 == 4 || message.code >> 5 == 5)
                self->carried->events->response(
                                self->carried->user, &message, lw_driver_now(self->driver));
        else
                lw_stream_abort(self, 0, "there is no code %u.%02u", message.code >> 5,
                                message.code & 31u);
}

/* All messages that are here whole, unless the peer takes no answers. */
static void take_messages(LwStream *self)
{
        size_t at = 0, size;

        while (!lw_stream_is_over(self) && lw_stream_waiting(self) <= LW_STREAM_PAUSE_BYTES) {
                LwFrameState state = lw_frame_measure(
                                self->in + at, self->in_length - at, LW_MESSAGE_MAX, &size);

                if (state == LW_FRAME_BROKEN)
                        lw_stream_abort(self, 0, "a message is longer than %d bytes, or malformed",
                                        LW_MESSAGE_MAX);
                if (state != LW_FRAME_KNOWN || size > self->in_length - at)
                        break;
                take_message(self, self->in + at, size);
                at += size;
        }
        self->in_length -= at;
        memmove(self->in, self->in + at, self->in_length);
}

/* False: there is no more for now. */
static bool read_once(LwStream *self)
{
        size_t room = sizeof(self->in) - self->in_length, length = 0;
        g_autoptr(GError) error = NULL;

        if (room == 0)
                return false;
        switch (lw_tcp_read(&self->tcp, self->in + self->in_length, room, &length, &error)) {
        case LW_TCP_DONE:
                self->in_length += length;
                take_messages(self);
                return true;
        case LW_TCP_WANTS_READ:
                break;
        case LW_TCP_WANTS_WRITE:
                self->wants_write = true;
                break;
        case LW_TCP_ENDED:
                lw_stream_end(self, "the peer closed the connection");
                break;
        case LW_TCP_FAILED:
                /* a server of TLS 1.3 judges us when the handshake is over for us */
                if (self->tcp.ssl != NULL && self->state == LW_STREAM_GREETING)
                        lw_stream_end_handshake(self, error->message);
                else
                        lw_stream_fail(self, g_steal_pointer(&error));
                break;
        }
        return false;
}

void lw_stream_read_on(LwStream *self)
{
        unsigned reads = 0;

        take_messages(self); /* what waited for the peer to take answers */
        while (!lw_stream_is_over(self) && lw_stream_waiting(self) <= LW_STREAM_PAUSE_BYTES &&
                        reads < READS_MAX && read_once(self))
                reads++;
        /* The socket does not tell of what OpenSSL has read from it. */
        if (!lw_stream_is_over(self) && reads == READS_MAX && lw_tcp_has_more(&self->tcp))
                lw_driver_defer(self->driver, lw_stream_read_later, self);
}

void lw_stream_read_later(void *user)
{
        LwStream *self = user;

        self->depth++;
        lw_stream_read_on(self);
        lw_stream_watch(self);
        lw_stream_leave(self);
}
