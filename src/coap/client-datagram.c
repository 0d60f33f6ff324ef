/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers over UDP and DTLS, on libcoap: one context per peer, made anew at each
 * connection. */
#include "coap/client-datagram.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "coap/address.h"
#include "coap/credentials.h"
#include "coap/failure.h"
#include "coap/libcoap.h"
#include "coap/oscore-link.h"
#include "model/limits.h"
#include "model/status.h"

/* Beside the request that NSTART speaks of: an urgent one, a late response and a notification. */
#define NSTART_BESIDE 3
/* Repetitions of a handshake's message: 1 s, 2 s, 4 s and so on pass, 31 s in all with four; where
 * there is another address to try, 3 s. Source: RFC 6347, 4.2.4.1. */
#define HANDSHAKE_REPEATS 4
#define HANDSHAKE_REPEATS_BEFORE_LAST 1
/* A little more than they take. libcoap counts its own repetitions alone: a server that drops our
 * last message for its wrong key, and repeats its own, would keep a handshake going. */
#define HANDSHAKE_USEC (33 * LW_USEC_PER_SEC)
#define HANDSHAKE_BEFORE_LAST_USEC (4 * LW_USEC_PER_SEC)
/* MAX_RETRANSMIT. Source: RFC 7252, 4.8. */
#define MAX_RETRANSMIT 4
/* libcoap keeps what is unacknowledged in a list that it searches. */
#define NSTART_MAX 64

typedef struct Factory {
        LwTransportFactory factory;
        LwClientShared *shared;
        GPtrArray *transports; /* those that are open */
} Factory;

typedef struct ClientTransport {
        LwCoapTransport base;
        Factory *factory;
        LwPeer peer;
        LwTargets targets;
        LwTraffic traffic; /* of the addresses that were left */
        LwOscoreLink numbers;
        LwUsec deadline; /* of the handshake */
        bool secured;    /* the handshake is through */
        bool closing;    /* after_closed() is on its way */
} ClientTransport;

static bool open_next(ClientTransport *self, GError **error);

static LwTransport *transport_of(ClientTransport *self)
{
        return &self->base.transport;
}

/* The owner may close us from here: nothing may follow. */
static void tell_down(ClientTransport *self, const GError *reason)
{
        LwTransport *transport = transport_of(self);

        transport->events->down(
                        transport->user, reason, lw_driver_now(self->factory->shared->driver));
}

/* Two connected sockets with one pair of ends: the kernel gives all datagrams to one of them. */
static bool is_taken(const ClientTransport *self, const coap_address_t *local,
                const coap_address_t *remote)
{
        const GPtrArray *transports = self->factory->transports;

        for (guint i = 0; i < transports->len; i++) {
                const ClientTransport *other = g_ptr_array_index(transports, i);
                const coap_session_t *session = other->base.session;

                if (other != self && session != NULL &&
                                lw_address_equal(coap_session_get_addr_remote(session), remote) &&
                                lw_address_equal(coap_session_get_addr_local(session), local))
                        return true;
        }
        return false;
}

static bool is_secure(const ClientTransport *self)
{
        return self->peer.security != LW_SECURITY_NOSEC;
}

static bool has_oscore(const ClientTransport *self)
{
        return lw_oscore_is_set(&self->peer.oscore);
}

static void set_parameters(coap_session_t *session, const LwPeer *peer)
{
        if (peer->ack_timeout_usec != 0) {
                /* libcoap takes no less than a second, and no less than one repetition. */
                LwUsec msec = MAX(peer->ack_timeout_usec / LW_USEC_PER_MSEC, 1000);
                coap_fixed_point_t timeout = { (uint16_t) MIN(msec / 1000, UINT16_MAX),
                        (uint16_t) (msec % 1000) };

                coap_session_set_ack_timeout(session, timeout);
        }
        if (peer->ack_random_permille != 0) {
                coap_fixed_point_t factor = { (uint16_t) (peer->ack_random_permille / 1000),
                        (uint16_t) (peer->ack_random_permille % 1000) };

                coap_session_set_ack_random_factor(session, factor);
        }
        coap_session_set_max_retransmit(session,
                        peer->max_retransmit == 0 ? MAX_RETRANSMIT
                                                  : (uint16_t) MAX(peer->max_retransmit - 1, 1));
        coap_session_set_nstart(session,
                        (uint16_t) (MIN(MAX(peer->nstart, 1), NSTART_MAX) + NSTART_BESIDE));
}

static void on_unreachable(LwCoapTransport *transport, const LwMessage *sent)
{
        ClientTransport *self = (ClientTransport *) transport;
        uint16_t mid;

        /* Nothing was heard from this address yet: the next one gets what was sent. */
        if (open_next(self, NULL))
                lw_coap_send(transport_of(self), sent, &mid, NULL);
}

static void on_settled(void *user)
{
        ClientTransport *self = user;
        LwTransport *transport = transport_of(self);

        if (transport->events->settled != NULL)
                transport->events->settled(
                                transport->user, lw_driver_now(self->factory->shared->driver));
}

/* The handshake. libcoap tells from inside, and has more to do with the session: so later. */

static uint16_t datagram_bytes(const LwPeer *peer)
{
        return peer->mtu_bytes == 0 ? LW_MESSAGE_MAX : MIN(peer->mtu_bytes, LW_MESSAGE_MAX);
}

static void after_secured(void *user)
{
        ClientTransport *self = user;
        LwTransport *transport = transport_of(self);

        transport->events->up(transport->user, lw_driver_now(self->factory->shared->driver));
}

static void on_secured(LwCoapTransport *transport)
{
        ClientTransport *self = (ClientTransport *) transport;

        if (self->secured)
                return;
        self->secured = true;
        self->deadline = LW_USEC_NEVER;
        transport->heard = true;
        transport->limit_bytes =
                        lw_credentials_room(transport->session, datagram_bytes(&self->peer));
        set_parameters(transport->session, &self->peer);
        lw_driver_defer(self->factory->shared->driver, after_secured, self);
}

static GError *closed_error(const ClientTransport *self)
{
        LwCoap *coap = self->base.coap;
        g_autofree char *address = lw_coap_address(&self->base.transport, LW_TRANSPORT_REMOTE);
        g_autofree char *reason = NULL;

        if (self->secured && lw_coap_handshake(coap)->verdict.reason == NULL)
                return g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the DTLS session with %s is gone: the server ended it, or is not "
                                "there now",
                                address);
        reason = lw_credentials_failure(lw_coap_handshake(coap), address,
                        lw_coap_traffic(coap).messages_received > 0);
        return g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, reason);
}

static void after_closed(void *user)
{
        ClientTransport *self = user;
        g_autoptr(GError) error = closed_error(self);

        self->closing = false;
        if (!self->secured)
                lw_handshake_failed(lw_coap_handshake(self->base.coap));
        if (!self->secured && open_next(self, NULL))
                return;
        tell_down(self, error);
}

static void on_closed(LwCoapTransport *transport)
{
        ClientTransport *self = (ClientTransport *) transport;

        if (self->closing)
                return;
        self->closing = true;
        self->deadline = LW_USEC_NEVER;
        lw_driver_defer(self->factory->shared->driver, after_closed, self);
}

static void on_refused(void *user)
{
        ClientTransport *self = user;

        if (is_secure(self) && !self->secured)
                on_closed(&self->base);
}

static const LwCoapRole client_role = {
        .refused = on_refused,
        .unreachable = on_unreachable,
        .secured = on_secured,
        .closed = on_closed,
        .settled = on_settled,
};

static coap_session_t *new_session(ClientTransport *self, LwCoap *coap, const coap_address_t *local,
                const coap_address_t *remote)
{
        coap_context_t *context = lw_coap_context(coap);

        errno = 0;
        if (has_oscore(self)) {
                return lw_oscore_connect(
                                context, local, remote, &self->peer.oscore, &self->numbers.send);
        }
        if (!is_secure(self))
                return coap_new_client_session(context, local, remote, COAP_PROTO_UDP);
        lw_coap_handshake(coap)->vault = self->factory->shared->vault;
        return lw_credentials_connect(context, local, remote, &self->peer, lw_coap_handshake(coap));
}

static void add_traffic(LwTraffic *self, LwTraffic more)
{
        self->messages_sent += more.messages_sent;
        self->messages_received += more.messages_received;
        self->bytes_sent += more.bytes_sent;
        self->bytes_received += more.bytes_received;
}

static LwTraffic client_traffic(const LwTransport *transport)
{
        const ClientTransport *self = (const ClientTransport *) transport;
        LwTraffic traffic = self->traffic;

        if (self->base.coap != NULL)
                add_traffic(&traffic, lw_coap_traffic(self->base.coap));
        return traffic;
}

static void begin_handshake(ClientTransport *self)
{
        bool last = lw_targets_is_last(&self->targets);
        LwNow now = lw_driver_now(self->factory->shared->driver);

        coap_session_set_max_retransmit(self->base.session,
                        last ? HANDSHAKE_REPEATS : HANDSHAKE_REPEATS_BEFORE_LAST);
        self->deadline = lw_usec_add(now.boot, last ? HANDSHAKE_USEC : HANDSHAKE_BEFORE_LAST_USEC);
}

/* Speaks with this address from now on; what was there before stays on failure. */
static bool open_address(ClientTransport *self, const coap_address_t *remote, GError **error)
{
        LwCoap *before = self->base.coap;
        coap_address_t local;
        bool any;
        coap_session_t *session;
        LwCoap *coap;

        if (!lw_targets_source(&self->targets, remote, &local, &any, error))
                return false;
        coap = lw_coap_new(
                        self->factory->shared->driver, is_secure(self), &client_role, self, error);
        if (coap == NULL)
                return false;
        session = new_session(self, coap, any ? NULL : &local, remote);
        if (session == NULL || is_taken(self, coap_session_get_addr_local(session), remote)) {
                g_autofree char *text = lw_address_text(remote);

                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "cannot reach %s: %s", text,
                                session != NULL ? "another server has the same address and local "
                                                  "port"
                                : errno != 0    ? g_strerror(errno)
                                                : "libcoap makes no session");
                lw_coap_close(coap);
                return false;
        }
        if (before != NULL) {
                add_traffic(&self->traffic, lw_coap_traffic(before));
                lw_coap_detach(&self->base);
                lw_coap_close(before);
        }
        lw_coap_attach(coap, &self->base, session);
        set_parameters(session, &self->peer);
        if (is_secure(self))
                begin_handshake(self);
        lw_coap_arm(coap);
        return true;
}

/* The next address that can be spoken with; `error` is the last one's. */
static bool open_next(ClientTransport *self, GError **error)
{
        g_autoptr(GError) reason = NULL;
        const coap_address_t *remote;

        while ((remote = lw_targets_next(&self->targets)) != NULL) {
                g_clear_error(&reason);
                if (open_address(self, remote, &reason))
                        return true;
        }
        if (reason == NULL)
                g_set_error(&reason, LW_ERROR, LW_STATUS_UNAVAILABLE, "no address is left to try");
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
}

static void connect_now(void *user)
{
        ClientTransport *self = user;
        LwTransport *transport = transport_of(self);
        g_autoptr(GError) error = NULL;

        if (!open_next(self, &error))
                tell_down(self, error);
        else if (!is_secure(self))
                transport->events->up(
                                transport->user, lw_driver_now(self->factory->shared->driver));
}

static void find(void *user)
{
        ClientTransport *self = user;

        lw_targets_find(&self->targets, connect_now, self);
}

static void on_no_numbers(void *user, const GError *reason)
{
        tell_down(user, reason);
}

static void client_start(LwTransport *transport)
{
        ClientTransport *self = (ClientTransport *) transport;
        LwClientShared *shared = self->factory->shared;

        if (has_oscore(self))
                lw_oscore_link_start(&self->numbers, shared->driver, shared->numbers,
                                &self->peer.oscore, find, on_no_numbers, self);
        else
                find(self);
}

/* An address that cannot be sent to is left for the next one, as long as the peer was not heard. */
static bool client_send(
                LwTransport *transport, const LwMessage *message, uint16_t *ret_mid, GError **error)
{
        ClientTransport *self = (ClientTransport *) transport;

        if (is_secure(self) && !self->secured) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "there is no connection yet");
                return false;
        }
        for (;;) {
                g_autoptr(GError) reason = NULL;

                if (lw_coap_send(transport, message, ret_mid, &reason))
                        return true;
                if (self->base.heard || self->base.coap == NULL || !open_next(self, NULL)) {
                        g_propagate_error(error, g_steal_pointer(&reason));
                        return false;
                }
        }
}

static void client_close(LwTransport *transport)
{
        ClientTransport *self = (ClientTransport *) transport;
        LwCoap *coap = self->base.coap;
        const coap_session_t *session = self->base.session;

        lw_targets_remember(&self->targets, self->base.heard,
                        session != NULL ? coap_session_get_addr_remote(session) : NULL);
        lw_targets_clear(&self->targets);
        lw_oscore_link_clear(&self->numbers);
        lw_driver_forget(self->factory->shared->driver, after_secured, self);
        lw_driver_forget(self->factory->shared->driver, after_closed, self);
        if (coap != NULL) {
                lw_coap_detach(&self->base);
                lw_coap_close(coap);
        }
        g_ptr_array_remove_fast(self->factory->transports, self);
        lw_peer_clear(&self->peer);
        g_free(self);
}

static const LwTransportOps client_ops = {
        .start = client_start,
        .send = client_send,
        .close = client_close,
        .address = lw_coap_address,
        .secured = lw_coap_secured,
        .is_stream = lw_coap_is_stream,
        .traffic = client_traffic,
        .limit = lw_coap_limit,
        .leaves_ack = true,
};

static LwTransport *client_open(LwTransportFactory *factory, const LwPeer *peer, GError **error)
{
        ClientTransport *self = g_new0(ClientTransport, 1);

        (void) error;
        self->base.transport.ops = &client_ops;
        self->base.limit_bytes =
                        (uint16_t) (datagram_bytes(peer) -
                                        (lw_oscore_is_set(&peer->oscore) ? LW_OSCORE_OVERHEAD : 0));
        self->base.has_oscore = lw_oscore_is_set(&peer->oscore);
        self->base.guarded = self->base.has_oscore;
        self->deadline = LW_USEC_NEVER;
        self->factory = (Factory *) factory;
        lw_peer_copy(&self->peer, peer);
        lw_targets_init(&self->targets, self->factory->shared, &self->peer, transport_of(self));
        g_ptr_array_add(self->factory->transports, self);
        return transport_of(self);
}

static LwUsec deadline(void *user)
{
        const Factory *self = user;
        LwUsec soonest = LW_USEC_NEVER;

        for (guint i = 0; i < self->transports->len; i++) {
                const ClientTransport *transport = g_ptr_array_index(self->transports, i);

                soonest = lw_usec_min(soonest, transport->deadline);
        }
        return soonest;
}

static void run(void *user, LwNow now)
{
        const Factory *self = user;

        for (guint i = 0; i < self->transports->len; i++) {
                ClientTransport *transport = g_ptr_array_index(self->transports, i);

                if (transport->deadline <= now.boot)
                        on_closed(&transport->base);
        }
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

void lw_client_datagram_clock_stepped(LwTransportFactory *factory)
{
        const Factory *self = (Factory *) factory;

        for (guint i = 0; i < self->transports->len; i++) {
                ClientTransport *transport = g_ptr_array_index(self->transports, i);
                LwCoap *coap = transport->base.coap;

                if (coap != NULL && !lw_handshake_look_again(lw_coap_handshake(coap),
                                                    lw_tls_of(transport->base.session)))
                        on_closed(&transport->base);
        }
}

LwTransportFactory *lw_client_datagram_factory_new(LwClientShared *shared)
{
        Factory *self = g_new0(Factory, 1);

        self->factory.open = client_open;
        self->shared = shared;
        self->transports = g_ptr_array_new();
        lw_driver_add(shared->driver, &driver_client, self);
        return &self->factory;
}

void lw_client_datagram_factory_free(LwTransportFactory *factory)
{
        Factory *self = (Factory *) factory;

        lw_driver_remove(self->shared->driver, &driver_client, self);
        g_ptr_array_free(self->transports, TRUE);
        g_free(self);
}
