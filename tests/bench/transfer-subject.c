/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A large transfer by the agent's own transport and block engine, into a file: the part of it that
 * firmware images go through.
 *
 * transfer-subject take|fetch coap|coaps PORT BYTES FILE
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "coap/client-transport.h"
#include "coap/listener.h"
#include "exchange/exchange.h"
#include "io/driver.h"
#include "io/worker.h"
#include "model/status.h"

#define IDENTITY "bench"
#define KEY "0123456789abcdef"
#define TIMEOUT_USEC (600 * LW_USEC_PER_SEC)

static struct {
        LwDriver *driver;
        LwExchange *exchange;
        const char *uri;
        uint64_t bytes;
        int fd;
        double begin;
} self;

static double seconds_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* --- take: a sink that is a file -------------------------------------------------------------- */

static void on_append(LwSink *sink, const uint8_t *data, size_t length, LwSinkDone done, void *user)
{
        g_autoptr(GError) error = NULL;

        (void) sink;
        if (write(self.fd, data, length) != (ssize_t) length)
                g_set_error_literal(&error, LW_ERROR, LW_STATUS_FAILED, "cannot write");
        done(user, error);
}

static void on_finish(LwSink *sink, LwSinkDone done, void *user)
{
        (void) sink;
        done(user, NULL);
}

static void on_abort(LwSink *sink)
{
        (void) sink;
}

static const LwSinkOps sink_ops = { .append = on_append, .finish = on_finish, .abort = on_abort };
static LwSink file_sink = { .ops = &sink_ops };

static LwSink *on_receive(
                void *user, const LwMessage *first, uint64_t size, LwNow now, GError **error)
{
        (void) user;
        (void) first;
        (void) size;
        (void) now;
        (void) error;
        return &file_sink;
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        (void) user;
        (void) message;
        (void) now;
        lw_exchange_reply_status(self.exchange, ticket, LW_STATUS_NOT_FOUND, NULL);
}

/* --- fetch ------------------------------------------------------------------------------------ */

static bool on_piece(
                void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error)
{
        (void) user;
        if (pwrite(self.fd, data, length, (off_t) offset) == (ssize_t) length)
                return true;
        g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED, "cannot write");
        return false;
}

static void on_done(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        (void) user;
        (void) now;
        if (error != NULL)
                fprintf(stderr, "transfer-subject: %s\n", error->message);
        printf("seconds %f\n", response == NULL ? 0.0 : seconds_now() - self.begin);
        fflush(stdout);
        lw_driver_exit(self.driver, getchar() == EOF ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void on_up(void *user, LwNow now)
{
        LwExchangeHow how = { .block_size = 1024, .answer_max = self.bytes, .take = on_piece };
        LwMessage head;

        (void) user;
        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_text(&head, LW_OPTION_URI_PATH, "b");
        lw_exchange_request_how(self.exchange, &head, NULL, &how, TIMEOUT_USEC, LW_EXCHANGE_PLAIN,
                        on_done, NULL, now, NULL);
}

static void on_stage(void *user, LwTransportStage stage)
{
        (void) user;
        (void) stage;
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        (void) user;
        (void) now;
        fprintf(stderr, "transfer-subject: %s\n", reason->message);
}

static const LwExchangeEvents events = { .stage = on_stage,
        .up = on_up,
        .down = on_down,
        .request = on_request,
        .receive = on_receive };

/* --- the process ------------------------------------------------------------------------------ */

static LwUsec deadline(void *user)
{
        (void) user;
        return self.exchange != NULL ? lw_exchange_deadline(self.exchange) : LW_USEC_NEVER;
}

static void run(void *user, LwNow now)
{
        (void) user;
        if (self.exchange != NULL)
                lw_exchange_run(self.exchange, now);
}

static const LwDriverClient client = { .deadline = deadline, .run = run };

static const uint8_t *find_key(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length)
{
        (void) user;
        (void) identity;
        (void) identity_length;
        *ret_length = sizeof(KEY) - 1;
        return (const uint8_t *) KEY;
}

static bool on_accept(void *user, LwTransport *transport)
{
        (void) user;
        if (self.exchange != NULL)
                return false;
        self.exchange = lw_exchange_new(transport, &events, NULL);
        return true;
}

static int take(const LwPeer *peer)
{
        g_autoptr(GError) error = NULL;
        LwUri uri = peer->uri;
        LwListener *listener;

        uri.port = 0;
        listener = lw_listener_new(self.driver, &uri, find_key, on_accept, NULL, &error);
        if (listener == NULL) {
                fprintf(stderr, "transfer-subject: %s\n", error->message);
                return EXIT_FAILURE;
        }
        printf("port %s\n", strchr(lw_listener_address(listener), ':') + 1);
        fflush(stdout);
        return lw_driver_run(self.driver); /* whoever started it ends it */
}

static int fetch(const LwPeer *peer)
{
        LwTransportFactory *factory =
                        lw_client_transport_factory_new(self.driver, lw_worker_new(self.driver));
        LwTransport *transport = factory->open(factory, peer, NULL);

        if (transport == NULL)
                return EXIT_FAILURE;
        self.exchange = lw_exchange_new(transport, &events, NULL);
        self.begin = seconds_now();
        lw_exchange_start(self.exchange);
        return lw_driver_run(self.driver);
}

int main(int argc, char **argv)
{
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };
        g_autofree char *uri = NULL;

        if (argc != 6)
                return EXIT_FAILURE;
        uri = g_strdup_printf("%s://127.0.0.1:%s", argv[2], argv[1][0] == 't' ? "1" : argv[3]);
        self.bytes = g_ascii_strtoull(argv[4], NULL, 10);
        self.fd = open(argv[5], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        self.driver = lw_driver_new();
        if (self.fd < 0 || self.driver == NULL || !lw_uri_parse(uri, &peer.uri, NULL))
                return EXIT_FAILURE;
        if (lw_scheme_is_secure(peer.uri.scheme)) {
                peer.security = LW_SECURITY_PSK;
                peer.psk_identity = g_strdup(IDENTITY);
                peer.psk_key_length = sizeof(KEY) - 1;
                memcpy(peer.psk_key, KEY, sizeof(KEY) - 1);
        }
        lw_driver_add(self.driver, &client, NULL);
        return argv[1][0] == 't' ? take(&peer) : fetch(&peer);
}
