/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwListener: the side of a server: one context, one endpoint, many peers. */
#include "coap/listener.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coap/address.h"
#include "coap/libcoap.h"
#include "coap/oscore-numbers.h"
#include "coap/oscore.h"
#include "coap/rpk.h"
#include "coap/stream-listener.h"
#include "model/limits.h"
#include "model/status.h"

/* Requests of ours on the way to one peer at a time; the exchange above says how many there really
 * are. */
#define NSTART 4
/* Sessions that libcoap keeps for addresses that have no transport: those that sent garbage, or
 * were refused. */
#define IDLE_SESSIONS_MAX 64

struct LwListener {
        LwDriver *driver;
        LwStreamListener
                        *streams; /* over TCP; then there is nothing of what follows but the ring */
        LwCoap *coap;
        coap_endpoint_t *endpoint;
        LwListenerAccept accept;
        void *user;
        GPtrArray *peers;
        LwKeyRing ring;   /* of coaps:// */
        GPtrArray *sends; /* of OSCORE: an LwOscoreSend for each context */
};

typedef struct ListenerPeer {
        LwCoapTransport base;
        LwListener *listener;
        guint place; /* in the listener's peers */
} ListenerPeer;

static void peer_start(LwTransport *transport)
{
        (void) transport; /* it is up as long as it exists */
}

static void peer_close(LwTransport *transport)
{
        ListenerPeer *self = (ListenerPeer *) transport;
        GPtrArray *peers = self->listener->peers;
        coap_session_t *session = self->base.session;

        lw_coap_detach(&self->base);
        coap_session_release(session);
        g_ptr_array_remove_index_fast(peers, self->place);
        if (self->place < peers->len)
                ((ListenerPeer *) g_ptr_array_index(peers, self->place))->place = self->place;
        g_free(self);
}

static const LwTransportOps peer_ops = {
        .start = peer_start,
        .send = lw_coap_send,
        .close = peer_close,
        .address = lw_coap_address,
        .identity = lw_coap_identity,
        .secured = lw_coap_secured,
        .is_stream = lw_coap_is_stream,
        .limit = lw_coap_limit,
};

static LwCoapTransport *on_accept(void *user, coap_session_t *session)
{
        LwListener *self = user;
        ListenerPeer *peer;

        if (self->peers->len >= LW_PEERS_MAX)
                return NULL;
        peer = g_new0(ListenerPeer, 1);
        peer->base.transport.ops = &peer_ops;
        peer->base.limit_bytes = self->ring.find == NULL
                                                 ? LW_MESSAGE_MAX
                                                 : lw_credentials_room(session, LW_MESSAGE_MAX);
        peer->base.has_oscore = self->sends->len > 0;
        if (peer->base.has_oscore)
                peer->base.limit_bytes -= LW_OSCORE_OVERHEAD;
        peer->listener = self;
        peer->place = self->peers->len;
        g_ptr_array_add(self->peers, peer);
        /* Without a reference of ours libcoap would drop the session when it is silent for five
         * minutes. */
        coap_session_reference(session);
        lw_coap_attach(self->coap, &peer->base, session);
        coap_session_set_nstart(session, NSTART);
        if (!self->accept(self->user, &peer->base.transport)) {
                peer_close(&peer->base.transport);
                return NULL;
        }
        return &peer->base;
}

/* Its key is gone: whoever comes from there again is somebody new. */
static void on_closed(LwCoapTransport *base)
{
        ListenerPeer *peer = (ListenerPeer *) base;
        LwTransport *transport = &base->transport;
        g_autoptr(GError) error = g_error_new_literal(
                        LW_ERROR, LW_STATUS_UNAVAILABLE, "the peer ended the DTLS session");

        transport->events->down(transport->user, error, lw_driver_now(peer->listener->driver));
}

static const LwCoapRole listener_role = { .accept = on_accept, .closed = on_closed };

/* libcoap binds with SO_REUSEADDR, which would take the port from whoever has it: so ask without,
 * before. */
static int probe(const coap_address_t *address)
{
        int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int failure = 0;

        if (fd < 0)
                return errno;
        if (bind(fd, &address->addr.sa, address->size) < 0)
                failure = errno;
        close(fd);
        return failure;
}

static bool listen_at(LwListener *self, const coap_address_t *address, GError **error)
{
        g_autofree char *text = lw_address_text(address);

        bool secure = self->ring.find != NULL;

        errno = probe(address);
        if (errno == 0 &&
                        (!secure || lw_credentials_serve(lw_coap_context(self->coap), &self->ring)))
                self->endpoint = coap_new_endpoint(lw_coap_context(self->coap), address,
                                secure ? COAP_PROTO_DTLS : COAP_PROTO_UDP);
        if (self->endpoint == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot listen at %s: %s", text,
                                errno != 0 ? g_strerror(errno) : "libcoap makes no endpoint");
                return false;
        }
        coap_endpoint_set_default_mtu(self->endpoint, LW_MESSAGE_MAX);
        coap_context_set_max_idle_sessions(lw_coap_context(self->coap), IDLE_SESSIONS_MAX);
        lw_coap_arm(self->coap);
        return true;
}

static bool can_listen(const LwUri *uri, bool has_keys, GError **error)
{
        if (uri->scheme == LW_SCHEME_HTTP || uri->scheme == LW_SCHEME_HTTPS)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s://' cannot be listened at; coap://, coaps://, coap+tcp:// and "
                                "coaps+tcp:// can",
                                lw_scheme_name(uri->scheme));
        else if (lw_scheme_is_secure(uri->scheme) && !has_keys)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s://' needs the keys of those who come; give a file that has "
                                "them",
                                lw_scheme_name(uri->scheme));
        else
                return true;
        return false;
}

static bool listen_by_datagrams(LwListener *self, const coap_address_t *address, GError **error)
{
        self->coap = lw_coap_new(
                        self->driver, self->ring.find != NULL, &listener_role, self, error);
        return self->coap != NULL && listen_at(self, address, error);
}

static bool listen_by_streams(LwListener *self, const coap_address_t *address, GError **error)
{
        self->streams = lw_stream_listener_new(self->driver, address,
                        self->ring.find != NULL ? &self->ring : NULL, self->accept, self->user,
                        error);
        return self->streams != NULL;
}

LwListener *lw_listener_new(LwDriver *driver, const LwUri *uri, LwFindKey find,
                LwListenerAccept accept, void *user, GError **error)
{
        LwListener *self;
        coap_address_t address;

        if (!can_listen(uri, find != NULL, error))
                return NULL;
        if (!lw_address_parse(uri->host, uri->port, &address)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' is not an address to listen at; one would be 127.0.0.1, or "
                                "[::] for all",
                                uri->host);
                return NULL;
        }
        self = g_new0(LwListener, 1);
        self->driver = driver;
        self->accept = accept;
        self->user = user;
        if (lw_scheme_is_secure(uri->scheme))
                self->ring = (LwKeyRing){ .find = find, .user = user };
        self->peers = g_ptr_array_new();
        self->sends = g_ptr_array_new_with_free_func(g_free);
        if (!(lw_scheme_is_stream(uri->scheme) ? listen_by_streams(self, &address, error)
                                               : listen_by_datagrams(self, &address, error))) {
                lw_listener_free(self);
                return NULL;
        }
        return self;
}

void lw_listener_use_certificates(LwListener *self, LwShowCertificate show)
{
        self->ring.show = show;
}

bool lw_listener_use_raw_keys(LwListener *self, LwShowRawKey show, LwTakeRawKey take)
{
        if (!lw_rpk_is_built_in())
                return false;
        self->ring.show_raw = show;
        self->ring.take_raw = take;
        return true;
}

/* The clock gives more numbers than anybody uses. */
static void on_numbers_used(void *user)
{
        (void) user;
}

bool lw_listener_add_oscore(LwListener *self, const LwOscore *oscore)
{
        LwOscoreSend *send;

        if (self->coap == NULL || self->ring.find != NULL)
                return false;
        send = g_new0(LwOscoreSend, 1);
        send->used = on_numbers_used;
        send->next = lw_oscore_numbers_of_clock();
        send->end = UINT64_MAX;
        g_ptr_array_add(self->sends, send);
        return lw_oscore_serve(lw_coap_context(self->coap), oscore, send);
}

void lw_listener_set_manner(LwListener *self, LwListenerManner manner)
{
        if (self->coap != NULL)
                lw_coap_set_manner(self->coap, manner == LW_LISTENER_IS_DEAF  ? LW_COAP_IS_DEAF
                                               : manner == LW_LISTENER_RESETS ? LW_COAP_RESETS
                                                                              : LW_COAP_ANSWERS);
}

void lw_listener_lose_sessions(LwListener *self)
{
        g_autoptr(GPtrArray) peers = g_ptr_array_copy(self->peers, NULL, NULL);

        for (guint i = 0; i < peers->len; i++) {
                ListenerPeer *peer = g_ptr_array_index(peers, i);
                SSL *ssl = lw_tls_of(peer->base.session);

                if (ssl == NULL)
                        continue;
                /* who has said farewell need not say it again */
                SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
                on_closed(&peer->base);
        }
}

void lw_listener_free(LwListener *self)
{
        if (self == NULL)
                return;
        while (self->peers->len > 0)
                peer_close(g_ptr_array_index(self->peers, self->peers->len - 1));
        if (self->coap != NULL)
                lw_coap_close(self->coap);
        lw_stream_listener_free(self->streams);
        g_ptr_array_free(self->peers, TRUE);
        g_ptr_array_free(self->sends, TRUE);
        g_free(self);
}

char *lw_listener_address(const LwListener *self)
{
        const char *text;

        if (self->streams != NULL)
                return lw_stream_listener_address(self->streams);
        /* libcoap tells where it is bound in its description alone: "127.0.0.1:40123 UDP" */
        text = coap_endpoint_str(self->endpoint);
        return g_strndup(text, strcspn(text, " "));
}
