/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStreamListener: the side of a server over TCP and TLS. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4() */
#endif
#include "coap/stream-listener.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "coap/address.h"
#include "coap/stream.h"
#include "coap/tls.h"
#include "model/limits.h"
#include "model/status.h"

/* When the system is out of descriptors, connections wait so long in the kernel. */
#define REST_USEC LW_USEC_PER_SEC
#define ACCEPTS_MAX 16

struct LwStreamListener {
        LwDriver *driver;
        SSL_CTX *tls; /* NULL: plain */
        int fd;
        sd_event_source *source;
        LwListenerAccept accept;
        void *user;
        GPtrArray *peers;
        unsigned strangers; /* of these, those that are not up */
        LwUsec rest_end;
};

typedef struct StreamPeer {
        LwTransport transport;
        LwStreamListener *listener;
        LwStream *stream;
        LwHandshake handshake;
        bool up;
} StreamPeer;

static StreamPeer *peer_of(const LwTransport *transport)
{
        return (StreamPeer *) transport; /* its first member */
}

/* --- peers ------------------------------------------------------------------------------------ */

static void peer_start(LwTransport *transport)
{
        (void) transport; /* it is up as long as it exists */
}

static void peer_free(StreamPeer *peer)
{
        SSL *ssl = lw_stream_tls(peer->stream);

        if (!peer->up)
                peer->listener->strangers--;
        g_ptr_array_remove_fast(peer->listener->peers, peer);
        if (ssl != NULL)
                lw_handshake_attach(NULL, ssl);
        lw_stream_free(peer->stream);
        lw_handshake_clear(&peer->handshake);
        g_free(peer);
}

static void peer_close(LwTransport *transport)
{
        peer_free(peer_of(transport));
}

static bool peer_send(
                LwTransport *transport, const LwMessage *message, uint16_t *ret_mid, GError **error)
{
        *ret_mid = 0;
        return lw_stream_send(peer_of(transport)->stream, message, error);
}

static char *peer_address(const LwTransport *transport, LwTransportEnd end)
{
        return lw_stream_address(peer_of(transport)->stream, end);
}

static char *peer_identity(const LwTransport *transport)
{
        SSL *ssl = lw_stream_tls(peer_of(transport)->stream);

        return ssl != NULL ? lw_tls_identity(ssl) : NULL;
}

static void peer_secured(const LwTransport *transport, LwSecured *ret_secured)
{
        const StreamPeer *peer = peer_of(transport);

        lw_handshake_report(&peer->handshake, lw_stream_tls(peer->stream), ret_secured);
}

static bool peer_is_stream(const LwTransport *transport)
{
        (void) transport;
        return true;
}

static LwTraffic peer_traffic(const LwTransport *transport)
{
        return lw_stream_traffic(peer_of(transport)->stream);
}

static uint16_t peer_limit(const LwTransport *transport)
{
        return lw_stream_limit(peer_of(transport)->stream);
}

static const LwTransportOps peer_ops = {
        .start = peer_start,
        .send = peer_send,
        .close = peer_close,
        .address = peer_address,
        .identity = peer_identity,
        .secured = peer_secured,
        .is_stream = peer_is_stream,
        .traffic = peer_traffic,
        .limit = peer_limit,
};

static void on_up(void *user)
{
        StreamPeer *peer = user;
        LwStreamListener *self = peer->listener;

        peer->up = true;
        self->strangers--;
        lw_stream_carry(peer->stream, &peer->transport);
        if (!self->accept(self->user, &peer->transport))
                peer_free(peer);
}

static void on_down(void *user, const GError *reason)
{
        StreamPeer *peer = user;
        LwTransport *transport = &peer->transport;

        if (peer->up)
                transport->events->down(
                                transport->user, reason, lw_driver_now(peer->listener->driver));
        else
                peer_free(peer);
}

static const LwStreamEvents stream_events = { .up = on_up, .down = on_down };

/* --- connections ------------------------------------------------------------------------------ */

/* Takes the descriptor. */
static void welcome(LwStreamListener *self, int fd)
{
        LwStreamStart start = { .fd = fd };
        g_autoptr(GError) error = NULL;
        StreamPeer *peer;

        if (self->strangers >= LW_STRANGERS_MAX || self->peers->len >= LW_PEERS_MAX) {
                close(fd);
                return;
        }
        peer = g_new0(StreamPeer, 1);
        if (self->tls != NULL) {
                start.ssl = lw_tls_accept(self->tls, &peer->handshake, &error);
                if (start.ssl == NULL) {
                        g_free(peer);
                        close(fd);
                        return;
                }
        }
        peer->transport.ops = &peer_ops;
        peer->listener = self;
        peer->stream = lw_stream_new(self->driver, &start, &stream_events, peer, &error);
        if (peer->stream == NULL) {
                g_free(peer);
                return;
        }
        self->strangers++;
        g_ptr_array_add(self->peers, peer);
}

static int on_connection(sd_event_source *source, int fd, uint32_t revents, void *user)
{
        LwStreamListener *self = user;

        (void) revents;
        for (unsigned i = 0; i < ACCEPTS_MAX; i++) {
                int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (accepted >= 0) {
                        welcome(self, accepted);
                } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                                errno == ENOMEM) {
                        self->rest_end = lw_usec_add(lw_driver_now(self->driver).boot, REST_USEC);
                        sd_event_source_set_enabled(source, SD_EVENT_OFF);
                        break;
                } else if (errno == EAGAIN) {
                        break;
                }
        }
        return 0;
}

static LwUsec deadline(void *user)
{
        const LwStreamListener *self = user;
        LwUsec soonest = self->rest_end;

        for (guint i = 0; i < self->peers->len; i++) {
                const StreamPeer *peer = g_ptr_array_index(self->peers, i);

                soonest = lw_usec_min(soonest, lw_stream_deadline(peer->stream));
        }
        return soonest;
}

static void run(void *user, LwNow now)
{
        LwStreamListener *self = user;

        for (guint i = 0; i < self->peers->len; i++) {
                const StreamPeer *peer = g_ptr_array_index(self->peers, i);

                lw_stream_run(peer->stream, now);
        }
        if (self->rest_end > now.boot)
                return;
        self->rest_end = LW_USEC_NEVER;
        sd_event_source_set_enabled(self->source, SD_EVENT_ON);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

/* --- its life --------------------------------------------------------------------------------- */

static int listen_at(const coap_address_t *address, GError **error)
{
        static const int on = 1;
        g_autofree char *text = lw_address_text(address);
        int fd = socket(address->addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd >= 0)
                setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (fd >= 0 && bind(fd, &address->addr.sa, address->size) == 0 &&
                        listen(fd, SOMAXCONN) == 0)
                return fd;
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot listen at %s: %s", text,
                        g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

LwStreamListener *lw_stream_listener_new(LwDriver *driver, const coap_address_t *address,
                LwKeyRing *ring, LwListenerAccept accept, void *user, GError **error)
{
        LwStreamListener *self = g_new0(LwStreamListener, 1);
        int r;

        self->driver = driver;
        self->accept = accept;
        self->user = user;
        self->rest_end = LW_USEC_NEVER;
        self->peers = g_ptr_array_new();
        lw_driver_add(driver, &driver_client, self);
        self->fd = listen_at(address, error);
        if (self->fd >= 0 && ring != NULL)
                self->tls = lw_tls_serve(ring, error);
        if (self->fd < 0 || (ring != NULL && self->tls == NULL)) {
                lw_stream_listener_free(self);
                return NULL;
        }
        r = sd_event_add_io(lw_driver_event(driver), &self->source, self->fd, EPOLLIN,
                        on_connection, self);
        if (r < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot watch a socket: %s",
                                g_strerror(-r));
                lw_stream_listener_free(self);
                return NULL;
        }
        return self;
}

void lw_stream_listener_free(LwStreamListener *self)
{
        if (self == NULL)
                return;
        while (self->peers->len > 0)
                peer_free(g_ptr_array_index(self->peers, self->peers->len - 1));
        lw_driver_remove(self->driver, &driver_client, self);
        sd_event_source_disable_unref(self->source);
        SSL_CTX_free(self->tls);
        if (self->fd >= 0)
                close(self->fd);
        g_ptr_array_free(self->peers, TRUE);
        g_free(self);
}

char *lw_stream_listener_address(const LwStreamListener *self)
{
        coap_address_t address = { .size = sizeof(address.addr) };

        getsockname(self->fd, &address.addr.sa, &address.size);
        return lw_address_text(&address);
}
