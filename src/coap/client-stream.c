/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers over TCP and TLS. */
#include "coap/client-stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coap/address.h"
#include "coap/credentials.h"
#include "coap/failure.h"
#include "coap/stream.h"
#include "coap/tls.h"
#include "model/status.h"

/* After so long without a connection the next address is tried beside it. Source: RFC 8305, 5. */
#define ATTEMPT_DELAY_USEC (250 * LW_USEC_PER_MSEC)

typedef struct Factory {
        LwTransportFactory factory;
        LwClientShared *shared;
        GPtrArray *transports; /* those that are open */
} Factory;

typedef struct ClientStream ClientStream;

/* One connection to one address. */
typedef struct Attempt {
        ClientStream *owner;
        LwStream *stream;
        coap_address_t remote;
        LwHandshake handshake;
} Attempt;

struct ClientStream {
        LwTransport transport;
        Factory *factory;
        LwPeer peer;
        LwTargets targets;
        GPtrArray *attempts; /* Attempt */
        Attempt *chosen;     /* the first that was connected; NULL: none yet */
        LwUsec next_attempt;
        LwTraffic traffic; /* of attempts that are over */
        LwSecured failed;  /* of the one that came to nothing last; it has no texts */
        bool up;
};

static LwDriver *driver_of(const ClientStream *self)
{
        return self->factory->shared->driver;
}

/* --- attempts --------------------------------------------------------------------------------- */

static void attempt_free(void *data)
{
        Attempt *attempt = data;
        SSL *ssl = attempt->stream != NULL ? lw_stream_tls(attempt->stream) : NULL;

        if (ssl != NULL)
                lw_handshake_attach(NULL, ssl);
        lw_stream_free(attempt->stream);
        lw_handshake_clear(&attempt->handshake);
        g_free(attempt);
}

static void drop(ClientStream *self, Attempt *attempt)
{
        LwTraffic traffic = lw_stream_traffic(attempt->stream);

        self->traffic.messages_sent += traffic.messages_sent;
        self->traffic.messages_received += traffic.messages_received;
        self->traffic.bytes_sent += traffic.bytes_sent;
        self->traffic.bytes_received += traffic.bytes_received;
        lw_handshake_report(&attempt->handshake, NULL, &self->failed);
        if (self->chosen == attempt)
                self->chosen = NULL;
        g_ptr_array_remove_fast(self->attempts, attempt);
}

/* A socket that leaves from where it should; -1 with the reason. */
static int open_socket(const ClientStream *self, const coap_address_t *remote, GError **error)
{
        static const struct linger none = { .l_onoff = 1 };
        static const int on = 1;
        coap_address_t local;
        bool any;
        int fd;

        if (!lw_targets_source(&self->targets, remote, &local, &any, error))
                return -1;
        fd = socket(remote->addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && !any) {
                setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
                if (self->peer.local_port == 0)
                        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
                else /* the port is needed again before TIME_WAIT is over */
                        setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
        }
        if (fd >= 0 && (any || bind(fd, &local.addr.sa, local.size) == 0) &&
                        (connect(fd, &remote->addr.sa, remote->size) == 0 || errno == EINPROGRESS))
                return fd;
        g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE, g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

/* Why the handshake failed, and what would help. */
static char *on_explain(void *user, const char *reason)
{
        Attempt *attempt = user;
        LwHandshake *handshake = &attempt->handshake;
        g_autofree char *address = lw_address_text(&attempt->remote);

        lw_handshake_failed(handshake);
        if (handshake->alert == 0 && handshake->verdict.reason == NULL && !handshake->unusable)
                return g_strdup_printf(
                                "%s; look at the port in Uri= and into the server's log", reason);
        return lw_credentials_failure(handshake, address, true);
}

static void on_connected(void *user)
{
        Attempt *attempt = user;
        ClientStream *self = attempt->owner;

        self->chosen = attempt;
        self->next_attempt = LW_USEC_NEVER;
        for (guint i = self->attempts->len; i-- > 0;)
                if (g_ptr_array_index(self->attempts, i) != attempt)
                        drop(self, g_ptr_array_index(self->attempts, i));
}

static void on_up(void *user)
{
        Attempt *attempt = user;
        ClientStream *self = attempt->owner;

        self->up = true;
        lw_stream_carry(attempt->stream, &self->transport);
        self->transport.events->up(self->transport.user, lw_driver_now(driver_of(self)));
}

static void open_next(ClientStream *self, const GError *former);

static void on_down(void *user, const GError *reason)
{
        Attempt *attempt = user;
        ClientStream *self = attempt->owner;
        g_autofree char *address = lw_address_text(&attempt->remote);
        g_autoptr(GError) told = g_error_copy(reason);

        if (self->up) {
                self->transport.events->down(
                                self->transport.user, told, lw_driver_now(driver_of(self)));
                return;
        }
        if (!g_str_has_prefix(told->message, address))
                g_prefix_error(&told, "cannot connect to %s: ", address);
        drop(self, attempt);
        open_next(self, told);
}

static const LwStreamEvents stream_events = {
        .connected = on_connected,
        .up = on_up,
        .down = on_down,
};

static bool open_attempt(ClientStream *self, const coap_address_t *remote, GError **error)
{
        LwStreamStart start = { .connecting = true, .explain = on_explain };
        Attempt *attempt = g_new0(Attempt, 1);

        attempt->owner = self;
        attempt->remote = *remote;
        attempt->handshake.vault = self->factory->shared->vault;
        if (self->peer.security != LW_SECURITY_NOSEC) {
                start.ssl = lw_tls_connect(&self->peer, &attempt->handshake, error);
                if (start.ssl == NULL) {
                        attempt_free(attempt);
                        return false;
                }
        }
        start.fd = open_socket(self, remote, error);
        if (start.fd < 0) {
                SSL_free(start.ssl);
                attempt_free(attempt);
                return false;
        }
        attempt->stream = lw_stream_new(driver_of(self), &start, &stream_events, attempt, error);
        if (attempt->stream == NULL) {
                attempt_free(attempt);
                return false;
        }
        g_ptr_array_add(self->attempts, attempt);
        return true;
}

/* The next address that can be tried. When none is left, and none is under way, that is the end:
 * `former` is why the one before came to nothing. */
static void open_next(ClientStream *self, const GError *former)
{
        g_autoptr(GError) reason = former != NULL ? g_error_copy(former) : NULL;
        const coap_address_t *remote;

        self->next_attempt = LW_USEC_NEVER;
        while ((remote = lw_targets_next(&self->targets)) != NULL) {
                g_autofree char *text = lw_address_text(remote);

                g_clear_error(&reason);
                if (open_attempt(self, remote, &reason)) {
                        if (!lw_targets_is_last(&self->targets))
                                self->next_attempt =
                                                lw_usec_add(lw_driver_now(driver_of(self)).boot,
                                                                ATTEMPT_DELAY_USEC);
                        return;
                }
                g_prefix_error(&reason, "cannot reach %s: ", text);
        }
        if (self->attempts->len > 0)
                return;
        if (reason == NULL)
                g_set_error_literal(&reason, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "no address is left to try");
        self->transport.events->down(self->transport.user, reason, lw_driver_now(driver_of(self)));
}

static void on_ready(void *user)
{
        open_next(user, NULL);
}

/* --- the vtable ------------------------------------------------------------------------------- */

static ClientStream *stream_of(const LwTransport *transport)
{
        return (ClientStream *) transport; /* its first member */
}

static void client_start(LwTransport *transport)
{
        ClientStream *self = stream_of(transport);

        lw_targets_find(&self->targets, on_ready, self);
}

static bool client_send(
                LwTransport *transport, const LwMessage *message, uint16_t *ret_mid, GError **error)
{
        ClientStream *self = stream_of(transport);

        if (!self->up) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "there is no connection yet");
                return false;
        }
        *ret_mid = 0;
        return lw_stream_send(self->chosen->stream, message, error);
}

static void client_close(LwTransport *transport)
{
        ClientStream *self = stream_of(transport);

        lw_targets_clear(&self->targets);
        g_ptr_array_remove_fast(self->factory->transports, self);
        g_ptr_array_unref(self->attempts);
        lw_peer_clear(&self->peer);
        g_free(self);
}

static char *client_address(const LwTransport *transport, LwTransportEnd end)
{
        const ClientStream *self = stream_of(transport);

        return self->chosen != NULL ? lw_stream_address(self->chosen->stream, end) : NULL;
}

static void client_secured(const LwTransport *transport, LwSecured *ret_secured)
{
        const ClientStream *self = stream_of(transport);
        const Attempt *chosen = self->chosen;

        if (chosen != NULL)
                lw_handshake_report(&chosen->handshake, lw_stream_tls(chosen->stream), ret_secured);
        else
                *ret_secured = self->failed;
}

static bool client_is_stream(const LwTransport *transport)
{
        (void) transport;
        return true;
}

static LwTraffic client_traffic(const LwTransport *transport)
{
        const ClientStream *self = stream_of(transport);
        LwTraffic traffic = self->traffic;

        for (guint i = 0; i < self->attempts->len; i++) {
                const Attempt *attempt = g_ptr_array_index(self->attempts, i);
                LwTraffic more = lw_stream_traffic(attempt->stream);

                traffic.messages_sent += more.messages_sent;
                traffic.messages_received += more.messages_received;
                traffic.bytes_sent += more.bytes_sent;
                traffic.bytes_received += more.bytes_received;
        }
        return traffic;
}

static uint16_t client_limit(const LwTransport *transport)
{
        const ClientStream *self = stream_of(transport);

        return self->chosen != NULL ? lw_stream_limit(self->chosen->stream) : LW_MESSAGE_MAX;
}

static const LwTransportOps client_ops = {
        .start = client_start,
        .send = client_send,
        .close = client_close,
        .address = client_address,
        .secured = client_secured,
        .is_stream = client_is_stream,
        .traffic = client_traffic,
        .limit = client_limit,
};

static LwTransport *client_open(LwTransportFactory *factory, const LwPeer *peer, GError **error)
{
        ClientStream *self = g_new0(ClientStream, 1);

        (void) error;
        self->transport.ops = &client_ops;
        self->factory = (Factory *) factory;
        self->attempts = g_ptr_array_new_with_free_func(attempt_free);
        self->next_attempt = LW_USEC_NEVER;
        lw_peer_copy(&self->peer, peer);
        lw_targets_init(&self->targets, self->factory->shared, &self->peer, &self->transport);
        g_ptr_array_add(self->factory->transports, self);
        return &self->transport;
}

static LwUsec deadline(void *user)
{
        const Factory *self = user;
        LwUsec soonest = LW_USEC_NEVER;

        for (guint i = 0; i < self->transports->len; i++) {
                const ClientStream *transport = g_ptr_array_index(self->transports, i);

                soonest = lw_usec_min(soonest, transport->next_attempt);
                for (guint j = 0; j < transport->attempts->len; j++) {
                        const Attempt *attempt = g_ptr_array_index(transport->attempts, j);

                        soonest = lw_usec_min(soonest, lw_stream_deadline(attempt->stream));
                }
        }
        return soonest;
}

/* Nothing of this calls an owner: what a stream has to say comes later. */
static void run(void *user, LwNow now)
{
        const Factory *self = user;

        for (guint i = 0; i < self->transports->len; i++) {
                ClientStream *transport = g_ptr_array_index(self->transports, i);

                for (guint j = 0; j < transport->attempts->len; j++) {
                        const Attempt *attempt = g_ptr_array_index(transport->attempts, j);

                        lw_stream_run(attempt->stream, now);
                }
                if (transport->next_attempt <= now.boot)
                        open_next(transport, NULL);
        }
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

void lw_client_stream_clock_stepped(LwTransportFactory *factory)
{
        const Factory *self = (Factory *) factory;

        for (guint i = 0; i < self->transports->len; i++) {
                const ClientStream *transport = g_ptr_array_index(self->transports, i);
                Attempt *chosen = transport->chosen;
                g_autofree char *address = NULL, *reason = NULL;

                if (chosen == NULL || lw_handshake_look_again(&chosen->handshake,
                                                      lw_stream_tls(chosen->stream)))
                        continue;
                address = lw_stream_address(chosen->stream, LW_TRANSPORT_REMOTE);
                reason = lw_credentials_failure(&chosen->handshake, address, true);
                lw_stream_end(chosen->stream, reason);
        }
}

LwTransportFactory *lw_client_stream_factory_new(LwClientShared *shared)
{
        Factory *self = g_new0(Factory, 1);

        self->factory.open = client_open;
        self->shared = shared;
        self->transports = g_ptr_array_new();
        lw_driver_add(shared->driver, &driver_client, self);
        return &self->factory;
}

void lw_client_stream_factory_free(LwTransportFactory *factory)
{
        Factory *self = (Factory *) factory;

        lw_driver_remove(self->shared->driver, &driver_client, self);
        g_ptr_array_free(self->transports, TRUE);
        g_free(self);
}
