/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStream: CoAP messages over one TCP connection. */
#include "coap/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <coap3/coap.h>
#include <systemd/sd-event.h>

#include "base/quote.h"
#include "coap/address.h"
#include "coap/frame.h"
#include "coap/tcp.h"
#include "model/limits.h"
#include "model/status.h"

/* Options of signals. Source: RFC 8323, 5.3 to 5.6. */
#define OPTION_MAX_MESSAGE_SIZE 2
#define OPTION_BLOCKWISE 4
#define OPTION_CUSTODY 2
#define OPTION_BAD_CSM 2
/* What an end takes that does not say: also what we take ourselves. A larger number would invite
 * blocks of several at once (BERT), which would save nothing here. Source: RFC 8323, 5.3.1, 6. */
#define MESSAGE_SIZE_DEFAULT 1152
/* Connection, handshake and capabilities together. */
#define START_USEC (33 * LW_USEC_PER_SEC)
/* A peer that takes no bytes, or answers no Ping. As long as a Confirmable message would be
 * repeated. Source: RFC 7252, 4.8.2, MAX_TRANSMIT_WAIT. */
#define PATIENCE_USEC (93 * LW_USEC_PER_SEC)
/* One read takes less than two messages; so many in a row before the rest of the loop has its turn.
 */
#define READS_MAX 16
/* Bytes that wait for the peer to take them; above that nothing more is read from it. */
#define PAUSE_BYTES 16384

typedef enum State {
        CONNECTING,
        SHAKING,  /* hands, for TLS */
        GREETING, /* our capabilities are told, the peer's are not */
        UP,
        OVER,
} State;

struct LwStream {
        LwDriver *driver;
        LwTcp tcp;
        sd_event_source *source;
        const LwStreamEvents *events;
        void *user;
        char *(*explain)(void *user, const char *reason);
        LwTransport *carried; /* NULL: not yet */
        State state;
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

static void read_later(void *user);
static void tell_down(void *user);

/* --- its life --------------------------------------------------------------------------------- */

static LwUsec after(const LwStream *self, LwUsec usec)
{
        return lw_usec_add(lw_driver_now(self->driver).boot, usec);
}

static size_t waiting(const LwStream *self)
{
        return self->out->len - self->out_begin;
}

static bool is_over(const LwStream *self)
{
        return self->closed || self->state == OVER;
}

static void dispose(LwStream *self)
{
        lw_driver_forget(self->driver, read_later, self);
        lw_driver_forget(self->driver, tell_down, self);
        sd_event_source_disable_unref(self->source);
        lw_tcp_clear(&self->tcp);
        g_byte_array_unref(self->out);
        g_clear_error(&self->end);
        g_free(self);
}

static void leave(LwStream *self)
{
        if (--self->depth == 0 && self->closed)
                dispose(self);
}

static void tell_down(void *user)
{
        LwStream *self = user;

        self->depth++;
        self->events->down(self->user, self->end);
        leave(self);
}

/* Nothing comes or goes any more; the owner hears of it from the loop. Takes the error. */
static void end(LwStream *self, GError *reason)
{
        if (is_over(self)) {
                g_error_free(reason);
                return;
        }
        self->state = OVER;
        self->end = reason;
        sd_event_source_set_enabled(self->source, SD_EVENT_OFF);
        lw_driver_defer(self->driver, tell_down, self);
}

static void end_as(LwStream *self, const char *reason)
{
        end(self, g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, reason));
}

static void end_handshake(LwStream *self, const char *reason)
{
        g_autofree char *text = self->explain != NULL ? self->explain(self->user, reason)
                                                      : g_strdup(reason);

        end_as(self, text);
}

/* What the socket is watched for. */
static void watch(LwStream *self)
{
        uint32_t mask = 0;

        if (is_over(self))
                return;
        if (self->state == CONNECTING || self->wants_write || waiting(self) > 0)
                mask |= EPOLLOUT;
        if (self->state != CONNECTING && waiting(self) <= PAUSE_BYTES)
                mask |= EPOLLIN;
        sd_event_source_set_io_events(self->source, mask);
}

/* --- out -------------------------------------------------------------------------------------- */

static void flush(LwStream *self)
{
        g_autoptr(GError) error = NULL;
        LwTcpResult result = LW_TCP_DONE;
        size_t length;

        while (!is_over(self) && waiting(self) > 0 && result == LW_TCP_DONE) {
                result = lw_tcp_write(&self->tcp, self->out->data + self->out_begin, waiting(self),
                                &length, &error);
                if (result == LW_TCP_DONE) {
                        self->out_begin += length;
                        self->write_end = after(self, PATIENCE_USEC);
                }
        }
        if (result == LW_TCP_FAILED)
                end(self, g_steal_pointer(&error));
        else if (result == LW_TCP_ENDED)
                end_as(self, "the peer closed the connection");
        if (waiting(self) > 0)
                return;
        self->write_end = LW_USEC_NEVER;
        self->out_begin = 0;
        g_byte_array_set_size(self->out, 0);
}

static void push(LwStream *self, const LwMessage *message)
{
        if (waiting(self) == 0)
                self->write_end = after(self, PATIENCE_USEC);
        lw_frame_write(message, self->out);
        self->tcp.traffic.messages_sent++;
        flush(self);
        watch(self);
}

static void greet(LwStream *self)
{
        LwMessage csm;

        lw_message_init(&csm, LW_MESSAGE_CON, LW_SIGNAL_CSM);
        lw_message_add_uint(&csm, OPTION_MAX_MESSAGE_SIZE, MESSAGE_SIZE_DEFAULT);
        lw_message_add(&csm, OPTION_BLOCKWISE, NULL, 0);
        self->state = GREETING;
        push(self, &csm);
}

/* Tells the peer, and us, what it did. */
static void G_GNUC_PRINTF(3, 4)
                abort_stream(LwStream *self, uint32_t bad_option, const char *format, ...)
{
        g_autofree char *reason = NULL;
        LwMessage abort;
        va_list arguments;

        va_start(arguments, format);
        reason = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        lw_message_init(&abort, LW_MESSAGE_CON, LW_SIGNAL_ABORT);
        if (bad_option != 0)
                lw_message_add_uint(&abort, OPTION_BAD_CSM, bad_option);
        abort.payload = (const uint8_t *) reason;
        abort.payload_length = strlen(reason);
        push(self, &abort);
        end(self, g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                  "the peer breaks the rules of CoAP over TCP: %s", reason));
}

static void ping(LwStream *self)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_SIGNAL_PING);
        lw_message_add(&message, OPTION_CUSTODY, NULL, 0);
        self->pinged = true;
        self->unsettled = false;
        self->pong_end = after(self, PATIENCE_USEC);
        push(self, &message);
}

/* TCP says nothing of what arrived; a Pong says that the notification ahead of its Ping was read.
 */
static bool wants_receipt(const LwMessage *message)
{
        return message->type == LW_MESSAGE_CON && !lw_message_is_request(message) &&
               lw_message_find(message, LW_OPTION_OBSERVE) != NULL;
}

bool lw_stream_send(LwStream *self, const LwMessage *message, GError **error)
{
        size_t size = lw_message_size(message);

        if (self->state != UP) {
                g_set_error_literal(
                                error, LW_ERROR, LW_STATUS_UNAVAILABLE, "there is no connection");
                return false;
        }
        if (size > self->limit) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "a message of %zu bytes does not fit into the %u that the peer "
                                "takes",
                                size, self->limit);
                return false;
        }
        if (waiting(self) + size > LW_STREAM_OUT_MAX) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the peer does not take what was sent before");
                return false;
        }
        push(self, message);
        if (wants_receipt(message)) {
                self->unsettled = true;
                if (!self->pinged)
                        ping(self);
        }
        return true;
}

/* --- in --------------------------------------------------------------------------------------- */

static void take_capabilities(LwStream *self, const LwMessage *csm)
{
        uint32_t size = MESSAGE_SIZE_DEFAULT;

        lw_message_find_uint(csm, OPTION_MAX_MESSAGE_SIZE, &size);
        self->limit = (uint16_t) MIN(size, LW_MESSAGE_MAX);
        if (self->state != GREETING)
                return;
        self->state = UP;
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
                ping(self);
        else if (self->carried->events->settled != NULL)
                self->carried->events->settled(self->carried->user, lw_driver_now(self->driver));
}

static void answer_ping(LwStream *self, const LwMessage *message)
{
        LwMessage pong;

        lw_message_init(&pong, LW_MESSAGE_CON, LW_SIGNAL_PONG);
        pong.token_length = message->token_length;
        memcpy(pong.token, message->token, message->token_length);
        push(self, &pong);
}

static void take_abort(LwStream *self, const LwMessage *message)
{
        g_autofree char *said = NULL;

        if (message->payload_length == 0) {
                end_as(self, "the peer aborted the connection");
                return;
        }
        said = lw_quote((const char *) message->payload, message->payload_length);
        end(self, g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                  "the peer aborted the connection: %s", said));
}

/* Odd numbers are critical, and none of them is known. Source: RFC 8323, 5.2. */
static bool check_signal(LwStream *self, const LwMessage *message)
{
        for (unsigned i = 0; i < message->option_count; i++) {
                uint16_t number = message->options[i].number;

                if ((number & 1) == 0)
                        continue;
                abort_stream(self, message->code == LW_SIGNAL_CSM ? number : 0,
                                "option %u of a signal is not understood", number);
                return false;
        }
        return true;
}

static void take_signal(LwStream *self, const LwMessage *message)
{
        if (!check_signal(self, message))
                return;
        if (self->state == GREETING && message->code != LW_SIGNAL_CSM &&
                        message->code != LW_SIGNAL_ABORT) {
                abort_stream(self, 0, "the first message must be a CSM");
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
                end_as(self, "the peer asked to end the connection");
                break;
        case LW_SIGNAL_ABORT:
                take_abort(self, message);
                break;
        default:
                abort_stream(self, 0, "there is no signal %u.%02u", message->code >> 5,
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
                        is_over(self))
                return;
        if (lw_message_size(&reply) > self->limit) {
                reply.code = lw_status_to_code(LW_STATUS_FAILED);
                reply.option_count = 0;
                reply.payload_length = 0;
        }
        push(self, &reply);
}

static void take_message(LwStream *self, const uint8_t *data, size_t size)
{
        LwMessage message;

        self->tcp.traffic.messages_received++;
        if (!lw_frame_read(data, size, &message))
                abort_stream(self, 0, "a message is malformed");
        else if (message.code == 0)
                return; /* an empty message keeps the connection alive. Source: RFC 8323, 3.4 */
        else if (message.code >> 5 == 7)
                take_signal(self, &message);
        else if (self->state == GREETING)
                abort_stream(self, 0, "the first message must be a CSM");
        else if (lw_message_is_request(&message))
                take_request(self, &message);
        else if (message.code >> 5 == 2 || message.code >> 5 == 4 || message.code >> 5 == 5)
                self->carried->events->response(
                                self->carried->user, &message, lw_driver_now(self->driver));
        else
                abort_stream(self, 0, "there is no code %u.%02u", message.code >> 5,
                                message.code & 31u);
}

/* All messages that are here whole, unless the peer takes no answers. */
static void take_messages(LwStream *self)
{
        size_t at = 0, size;

        while (!is_over(self) && waiting(self) <= PAUSE_BYTES) {
                LwFrameState state = lw_frame_measure(
                                self->in + at, self->in_length - at, LW_MESSAGE_MAX, &size);

                if (state == LW_FRAME_BROKEN)
                        abort_stream(self, 0, "a message is longer than %d bytes, or malformed",
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
                end_as(self, "the peer closed the connection");
                break;
        case LW_TCP_FAILED:
                /* a server of TLS 1.3 judges us when the handshake is over for us */
                if (self->tcp.ssl != NULL && self->state == GREETING)
                        end_handshake(self, error->message);
                else
                        end(self, g_steal_pointer(&error));
                break;
        }
        return false;
}

static void read_on(LwStream *self)
{
        unsigned reads = 0;

        take_messages(self); /* what waited for the peer to take answers */
        while (!is_over(self) && waiting(self) <= PAUSE_BYTES && reads < READS_MAX &&
                        read_once(self))
                reads++;
        /* The socket does not tell of what OpenSSL has read from it. */
        if (!is_over(self) && reads == READS_MAX && lw_tcp_has_more(&self->tcp))
                lw_driver_defer(self->driver, read_later, self);
}

static void read_later(void *user)
{
        LwStream *self = user;

        self->depth++;
        read_on(self);
        watch(self);
        leave(self);
}

/* --- the way up ------------------------------------------------------------------------------- */

static void note_addresses(LwStream *self)
{
        coap_address_init(&self->local);
        coap_address_init(&self->remote);
        self->local.size = self->remote.size = sizeof(self->local.addr);
        getsockname(self->tcp.fd, &self->local.addr.sa, &self->local.size);
        getpeername(self->tcp.fd, &self->remote.addr.sa, &self->remote.size);
}

static void finish_connect(LwStream *self)
{
        int failure = 0;
        socklen_t length = sizeof(failure);

        if (getsockopt(self->tcp.fd, SOL_SOCKET, SO_ERROR, &failure, &length) < 0)
                failure = errno;
        if (failure != 0) {
                end_as(self, g_strerror(failure));
                return;
        }
        note_addresses(self);
        self->state = SHAKING;
        if (self->events->connected != NULL)
                self->events->connected(self->user);
}

static void shake(LwStream *self)
{
        g_autoptr(GError) error = NULL;

        self->wants_write = false;
        switch (lw_tcp_shake(&self->tcp, &error)) {
        case LW_TCP_DONE:
                greet(self);
                break;
        case LW_TCP_WANTS_READ:
                break;
        case LW_TCP_WANTS_WRITE:
                self->wants_write = true;
                break;
        case LW_TCP_ENDED:
                end_handshake(self, "the peer closed the connection in the TLS handshake");
                break;
        case LW_TCP_FAILED:
                end_handshake(self, error->message);
                break;
        }
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *user)
{
        LwStream *self = user;

        (void) source;
        (void) fd;
        (void) revents;
        self->depth++;
        if (self->state == CONNECTING)
                finish_connect(self);
        if (!is_over(self) && self->state == SHAKING)
                shake(self);
        if (!is_over(self) && self->state >= GREETING) {
                self->wants_write = false;
                flush(self);
                read_on(self);
        }
        watch(self);
        leave(self);
        return 0;
}

/* --- for its owner ---------------------------------------------------------------------------- */

/* A peer that vanished is noticed when something is sent, and in the end when nothing is. */
static void set_options(int fd)
{
        static const int on = 1;
        static const unsigned patience_msec = PATIENCE_USEC / LW_USEC_PER_MSEC;

        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_msec, sizeof(patience_msec));
}

LwStream *lw_stream_new(LwDriver *driver, const LwStreamStart *start, const LwStreamEvents *events,
                void *user, GError **error)
{
        LwStream *self = g_new0(LwStream, 1);
        int r;

        self->driver = driver;
        self->events = events;
        self->user = user;
        self->explain = start->explain;
        self->state = start->connecting ? CONNECTING : SHAKING;
        self->limit = MESSAGE_SIZE_DEFAULT;
        self->out = g_byte_array_new();
        self->start_end = after(self, START_USEC);
        self->write_end = self->pong_end = LW_USEC_NEVER;
        lw_tcp_init(&self->tcp, start->fd, start->ssl);
        set_options(start->fd);
        note_addresses(self);
        /* Writable in both states: the first step is taken from the loop. */
        r = sd_event_add_io(
                        lw_driver_event(driver), &self->source, start->fd, EPOLLOUT, on_io, self);
        if (r < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot watch a socket: %s",
                                g_strerror(-r));
                dispose(self);
                return NULL;
        }
        return self;
}

void lw_stream_free(LwStream *self)
{
        LwMessage release;

        if (self == NULL || self->closed)
                return;
        if (self->state == UP) {
                lw_message_init(&release, LW_MESSAGE_CON, LW_SIGNAL_RELEASE);
                push(self, &release);
        }
        self->closed = true;
        lw_driver_forget(self->driver, tell_down, self);
        sd_event_source_set_enabled(self->source, SD_EVENT_OFF);
        if (self->depth == 0)
                dispose(self);
}

void lw_stream_end(LwStream *self, const char *reason)
{
        end_as(self, reason);
}

void lw_stream_carry(LwStream *self, LwTransport *transport)
{
        self->carried = transport;
}

LwUsec lw_stream_deadline(const LwStream *self)
{
        if (is_over(self))
                return LW_USEC_NEVER;
        return lw_usec_min(self->start_end, lw_usec_min(self->write_end, self->pong_end));
}

static const char *state_at_end(const LwStream *self, LwNow now)
{
        switch (self->state) {
        case CONNECTING:
                return "nobody answers there";
        case SHAKING:
                return "the peer is silent in the TLS handshake";
        case GREETING:
                return "the peer does not speak CoAP: it sends no CSM";
        case UP:
        case OVER:
                break;
        }
        return self->pong_end <= now.boot ? "the peer does not answer a Ping"
                                          : "the peer takes nothing any more";
}

void lw_stream_run(LwStream *self, LwNow now)
{
        if (lw_stream_deadline(self) > now.boot)
                return;
        if (self->state == SHAKING)
                end_handshake(self, state_at_end(self, now));
        else
                end_as(self, state_at_end(self, now));
}

uint16_t lw_stream_limit(const LwStream *self)
{
        return self->limit;
}

char *lw_stream_address(const LwStream *self, LwTransportEnd which)
{
        if (self->state == CONNECTING)
                return NULL;
        return lw_address_text(which == LW_TRANSPORT_LOCAL ? &self->local : &self->remote);
}

LwTraffic lw_stream_traffic(const LwStream *self)
{
        return self->tcp.traffic;
}

SSL *lw_stream_tls(const LwStream *self)
{
        return self->tcp.ssl;
}
