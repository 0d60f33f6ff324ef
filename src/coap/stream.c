/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStream: CoAP messages over one TCP connection: its life, and its way up. */
#include "coap/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "coap/address.h"
#include "coap/frame.h"
#include "coap/stream-inside.h"
#include "model/status.h"

/* Connection, handshake and capabilities together. */
#define START_USEC (33 * LW_USEC_PER_SEC)

static void tell_down(void *user);

/* --- its life --------------------------------------------------------------------------------- */

LwUsec lw_stream_after(const LwStream *self, LwUsec usec)
{
        return lw_usec_add(lw_driver_now(self->driver).boot, usec);
}

static void dispose(LwStream *self)
{
        lw_driver_forget(self->driver, lw_stream_read_later, self);
        lw_driver_forget(self->driver, tell_down, self);
        sd_event_source_disable_unref(self->source);
        lw_tcp_clear(&self->tcp);
        g_byte_array_unref(self->out);
        g_clear_error(&self->end);
        g_free(self);
}

void lw_stream_leave(LwStream *self)
{
        if (--self->depth == 0 && self->closed)
                dispose(self);
}

static void tell_down(void *user)
{
        LwStream *self = user;

        self->depth++;
        self->events->down(self->user, self->end);
        lw_stream_leave(self);
}

void lw_stream_fail(LwStream *self, GError *reason)
{
        if (lw_stream_is_over(self)) {
                g_error_free(reason);
                return;
        }
        self->state = LW_STREAM_OVER;
        self->end = reason;
        sd_event_source_set_enabled(self->source, SD_EVENT_OFF);
        lw_driver_defer(self->driver, tell_down, self);
}

void lw_stream_end(LwStream *self, const char *reason)
{
        lw_stream_fail(self, g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, reason));
}

void lw_stream_end_handshake(LwStream *self, const char *reason)
{
        g_autofree char *text = self->explain != NULL ? self->explain(self->user, reason)
                                                      : g_strdup(reason);

        lw_stream_end(self, text);
}

void lw_stream_watch(LwStream *self)
{
        uint32_t mask = 0;

        if (lw_stream_is_over(self))
                return;
        if (self->state == LW_STREAM_CONNECTING || self->wants_write || lw_stream_waiting(self) > 0)
                mask |= EPOLLOUT;
        if (self->state != LW_STREAM_CONNECTING && lw_stream_waiting(self) <= LW_STREAM_PAUSE_BYTES)
                mask |= EPOLLIN;
        sd_event_source_set_io_events(self->source, mask);
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
                lw_stream_end(self, g_strerror(failure));
                return;
        }
        note_addresses(self);
        self->state = LW_STREAM_SHAKING;
        if (self->events->connected != NULL)
                self->events->connected(self->user);
}

static void shake(LwStream *self)
{
        g_autoptr(GError) error = NULL;

        self->wants_write = false;
        switch (lw_tcp_shake(&self->tcp, &error)) {
        case LW_TCP_DONE:
                lw_stream_greet(self);
                break;
        case LW_TCP_WANTS_READ:
                break;
        case LW_TCP_WANTS_WRITE:
                self->wants_write = true;
                break;
        case LW_TCP_ENDED:
                lw_stream_end_handshake(
                                self, "the peer closed the connection in the TLS handshake");
                break;
        case LW_TCP_FAILED:
                lw_stream_end_handshake(self, error->message);
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
        if (self->state == LW_STREAM_CONNECTING)
                finish_connect(self);
        if (!lw_stream_is_over(self) && self->state == LW_STREAM_SHAKING)
                shake(self);
        if (!lw_stream_is_over(self) && self->state >= LW_STREAM_GREETING) {
                self->wants_write = false;
                lw_stream_flush(self);
                lw_stream_read_on(self);
        }
        lw_stream_watch(self);
        lw_stream_leave(self);
        return 0;
}

/* --- for its owner ---------------------------------------------------------------------------- */

/* A peer that vanished is noticed when something is sent, and in the end when nothing is. */
static void set_options(int fd)
{
        static const int on = 1;
        static const unsigned patience_msec = LW_STREAM_PATIENCE_USEC / LW_USEC_PER_MSEC;

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
        self->state = start->connecting ? LW_STREAM_CONNECTING : LW_STREAM_SHAKING;
        self->limit = LW_STREAM_MESSAGE_DEFAULT;
        self->out = g_byte_array_new();
        self->start_end = lw_stream_after(self, START_USEC);
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
        if (self->state == LW_STREAM_UP) {
                lw_message_init(&release, LW_MESSAGE_CON, LW_SIGNAL_RELEASE);
                lw_stream_push(self, &release);
        }
        self->closed = true;
        lw_driver_forget(self->driver, tell_down, self);
        sd_event_source_set_enabled(self->source, SD_EVENT_OFF);
        if (self->depth == 0)
                dispose(self);
}

void lw_stream_carry(LwStream *self, LwTransport *transport)
{
        self->carried = transport;
}

LwUsec lw_stream_deadline(const LwStream *self)
{
        if (lw_stream_is_over(self))
                return LW_USEC_NEVER;
        return lw_usec_min(self->start_end, lw_usec_min(self->write_end, self->pong_end));
}

static const char *state_at_end(const LwStream *self, LwNow now)
{
        switch (self->state) {
        case LW_STREAM_CONNECTING:
                return "nobody answers there";
        case LW_STREAM_SHAKING:
                return "the peer is silent in the TLS handshake";
        case LW_STREAM_GREETING:
                return "the peer does not speak CoAP: it sends no CSM";
        case LW_STREAM_UP:
        case LW_STREAM_OVER:
                break;
        }
        return self->pong_end <= now.boot ? "the peer does not answer a Ping"
                                          : "the peer takes nothing any more";
}

void lw_stream_run(LwStream *self, LwNow now)
{
        if (lw_stream_deadline(self) > now.boot)
                return;
        if (self->state == LW_STREAM_SHAKING)
                lw_stream_end_handshake(self, state_at_end(self, now));
        else
                lw_stream_end(self, state_at_end(self, now));
}

uint16_t lw_stream_limit(const LwStream *self)
{
        return self->limit;
}

char *lw_stream_address(const LwStream *self, LwTransportEnd which)
{
        if (self->state == LW_STREAM_CONNECTING)
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
