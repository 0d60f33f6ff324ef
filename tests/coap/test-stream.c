/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams: agent and listener in one loop, and both against raw sockets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coap/side.h"
#include "lib/suite.h"

#define CSM "40 e1 22 04 80 20"
#define PATIENCE_USEC (8 * G_USEC_PER_SEC)

TCase *test_stream(void);

static const uint8_t *find_key(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length)
{
        (void) user;
        if (identity_length != 7 || memcmp(identity, "gateway", 7) != 0)
                return NULL;
        *ret_length = 16;
        return (const uint8_t *) "0123456789abcdef";
}

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTransportFactory *factory;
        Side client, server;
        LwListener *listener;
        char *address; /* of the listener */
        int fd;        /* a raw socket; -1 none */
} Fixture;

static void setup(Fixture *self, const char *listen)
{
        g_auto(LwUri) uri = {};

        *self = (Fixture){ .driver = lw_driver_new(), .fd = -1 };
        self->worker = lw_worker_new(self->driver);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        self->client.closes_when_down = self->server.closes_when_down = true;
        if (listen == NULL)
                return;
        ck_assert(lw_uri_parse(listen, &uri, NULL));
        uri.port = 0;
        self->listener = lw_listener_new(
                        self->driver, &uri, find_key, side_accept, &self->server, NULL);
        ck_assert_ptr_nonnull(self->listener);
        self->address = lw_listener_address(self->listener);
}

static void teardown(Fixture *self)
{
        if (self->fd >= 0)
                close(self->fd);
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        g_free(self->address);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void open_to(Fixture *self, const char *scheme, const char *key)
{
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };
        g_autofree char *uri = g_strdup_printf("%s://%s", scheme, self->address);

        ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        if (key != NULL) {
                peer.security = LW_SECURITY_PSK;
                peer.psk_identity = g_strdup("gateway");
                peer.psk_key_length = strlen(key);
                memcpy(peer.psk_key, key, strlen(key));
        }
        side_connect_peer(&self->client, self->factory, &peer);
}

/* --- raw sockets ------------------------------------------------------------------------------ */

/* To the listener. */
static void dial(Fixture *self)
{
        static const int on = 1;

        self->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        raw_connect(self->fd, self->address);
        setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Instead of a listener: the agent comes to `fd`. */
static int await_agent(Fixture *self)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                .sin_addr = { htonl(INADDR_LOOPBACK) } };
        socklen_t length = sizeof(address);
        int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        ck_assert_int_eq(bind(listening, (struct sockaddr *) &address, length), 0);
        ck_assert_int_eq(listen(listening, 1), 0);
        getsockname(listening, (struct sockaddr *) &address, &length);
        self->address = g_strdup_printf("127.0.0.1:%u", ntohs(address.sin_port));
        open_to(self, "coap+tcp", NULL);
        run_idle(self->driver);
        self->fd = accept(listening, NULL, NULL);
        ck_assert_int_ge(self->fd, 0);
        return listening;
}

/* All that comes until it is as long as `hex` is, or the end. */
static char *receive(Fixture *self, size_t wanted)
{
        gint64 until = g_get_monotonic_time() + PATIENCE_USEC;
        g_autoptr(GString) hex = g_string_new(NULL);
        size_t count = 0;

        while (count < wanted) {
                uint8_t byte;
                ssize_t length = recv(self->fd, &byte, 1, MSG_DONTWAIT);

                if (length == 0)
                        break;
                if (length < 0) {
                        ck_assert_msg(g_get_monotonic_time() < until, "only '%s' came", hex->str);
                        sd_event_run(lw_driver_event(self->driver), 2 * LW_USEC_PER_MSEC);
                        continue;
                }
                g_string_append_printf(hex, "%s%02x", count++ == 0 ? "" : " ", byte);
        }
        return g_strdup(hex->str);
}

static void expect(Fixture *self, const char *hex)
{
        g_autofree char *got = receive(self, (strlen(hex) + 1) / 3);

        ck_assert_str_eq(got, hex);
}

/* A listener that a raw peer has greeted. */
static void setup_greeted(Fixture *self)
{
        setup(self, "coap+tcp://127.0.0.1");
        dial(self);
        expect(self, CSM);
        raw_send(self->fd, CSM);
        ck_assert(run_until(&self->server, "accepted\n"));
}

/* --- both ends are ours ----------------------------------------------------------------------- */

static const struct {
        const char *listen, *scheme, *key;
} links[] = {
        { "coap+tcp://127.0.0.1", "coap+tcp", NULL },
        { "coap+tcp://[::1]", "coap+tcp", NULL },
        { "coaps+tcp://127.0.0.1", "coaps+tcp", "0123456789abcdef" },
};

START_TEST(carries_requests_and_answers_both_ways)
{
        Fixture self;
        g_autofree char *remote = NULL, *local = NULL, *seen = NULL, *identity = NULL;
        const LwTransport *client;

        setup(&self, links[_i].listen);
        open_to(&self, links[_i].scheme, links[_i].key);
        ck_assert(!side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self.client, "stage connecting\nup\n"), "%s",
                        self.client.log->str);
        ck_assert(run_until(&self.server, "accepted\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", "hello", NULL));
        ck_assert(run_until(&self.client, "response CON 205 'here'"));
        self.client.manner = SIDE_IS_LATE;
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/3/0", NULL, NULL));
        ck_assert(run_until(&self.client, "request CON 1 /3/0"));
        side_answer_late(&self.client, LW_MESSAGE_CON, "late");
        ck_assert(run_until(&self.server, "response CON 205 'late'"));
        client = self.client.transport;
        ck_assert(client->ops->is_stream(client));
        remote = client->ops->address(client, LW_TRANSPORT_REMOTE);
        local = client->ops->address(client, LW_TRANSPORT_LOCAL);
        seen = self.server.transport->ops->address(self.server.transport, LW_TRANSPORT_REMOTE);
        ck_assert_str_eq(remote, self.address);
        ck_assert_str_eq(local, seen);
        identity = self.server.transport->ops->identity(self.server.transport);
        ck_assert_str_eq(identity != NULL ? identity : "", links[_i].key != NULL ? "gateway" : "");
        teardown(&self);
}
END_TEST

START_TEST(counts_messages_and_the_bytes_of_the_network)
{
        Fixture self;
        LwTraffic client, server;

        setup(&self, links[_i].listen);
        open_to(&self, links[_i].scheme, links[_i].key);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(run_until(&self.server, "accepted\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", "hello", NULL));
        ck_assert(run_until(&self.client, "response CON 205 'here'"));
        client = self.client.transport->ops->traffic(self.client.transport);
        server = self.server.transport->ops->traffic(self.server.transport);
        ck_assert_uint_eq(client.messages_sent, 2); /* CSM and request */
        ck_assert_uint_eq(client.messages_received, 2);
        ck_assert_uint_eq(client.bytes_sent, server.bytes_received);
        ck_assert_uint_eq(server.bytes_sent, client.bytes_received);
        /* in the clear it is these: the CSM, then length, code, token, options and payload */
        if (links[_i].key == NULL)
                ck_assert_uint_eq(client.bytes_sent, 6 + 3 + 3 + 6);
        else
                ck_assert_uint_gt(client.bytes_sent, 100);
        teardown(&self);
}
END_TEST

START_TEST(a_wrong_key_is_told_as_such)
{
        Fixture self;

        setup(&self, "coaps+tcp://127.0.0.1");
        open_to(&self, "coaps+tcp", "fedcba9876543210");
        ck_assert_msg(run_until(&self.client, "down 503 "), "%s", self.client.log->str);
        ck_assert_msg(side_says(&self.client, "compare PskIdentity= and the key at both ends"),
                        "%s", self.client.log->str);
        ck_assert(!side_says(&self.client, "up\n"));
        teardown(&self);
}
END_TEST

START_TEST(a_closed_port_is_down)
{
        Fixture self;
        g_autofree char *words = NULL;

        setup(&self, "coap+tcp://127.0.0.1");
        lw_listener_free(self.listener);
        self.listener = NULL;
        open_to(&self, "coap+tcp", NULL);
        words = g_strdup_printf("cannot connect to %s: Connection refused", self.address);
        ck_assert_msg(run_until(&self.client, words), "%s", self.client.log->str);
        teardown(&self);
}
END_TEST

/* ::1 and then 127.0.0.1, or 192.0.2.1, from where nothing comes back (names.c). */
static const struct {
        const char *listen, *host;
} names[] = {
        { "coap+tcp://127.0.0.1", "both.test" },
        { "coap+tcp://[::1]", "both.test" },
        { "coap+tcp://127.0.0.1", "nowhere.test" },
};

START_TEST(another_address_is_tried_beside_one_that_does_not_answer)
{
        Fixture self;
        g_autofree char *remote = NULL, *address = NULL;

        setup(&self, names[_i].listen);
        address = self.address;
        self.address = g_strdup_printf("%s%s", names[_i].host, strrchr(address, ':'));
        open_to(&self, "coap+tcp", NULL);
        ck_assert_msg(run_until(&self.client, "up\n"), "%s", self.client.log->str);
        remote = self.client.transport->ops->address(self.client.transport, LW_TRANSPORT_REMOTE);
        ck_assert_str_eq(remote, address);
        teardown(&self);
}
END_TEST

START_TEST(the_other_side_hears_of_the_end)
{
        Fixture self;

        setup(&self, links[_i].listen);
        open_to(&self, links[_i].scheme, links[_i].key);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(run_until(&self.server, "accepted\n"));
        self.client.transport->ops->close(self.client.transport);
        self.client.transport = NULL;
        ck_assert(run_until(&self.server, "down 503 the peer asked to end the connection\n"));
        teardown(&self);
}
END_TEST

START_TEST(can_be_closed_from_a_request)
{
        Fixture self;

        setup(&self, links[_i].listen);
        open_to(&self, links[_i].scheme, links[_i].key);
        ck_assert(run_until(&self.server, "accepted\n"));
        self.client.manner = SIDE_CLOSES;
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/3/0", "body", NULL));
        ck_assert(run_until(&self.client, "request CON"));
        ck_assert(run_until(&self.server, "down"));
        teardown(&self);
}
END_TEST

START_TEST(can_be_closed_at_any_step)
{
        Fixture self;

        setup(&self, links[_i % 3].listen);
        open_to(&self, links[_i % 3].scheme, links[_i % 3].key);
        for (int step = 0; step < _i / 3; step++)
                sd_event_run(lw_driver_event(self.driver), LW_USEC_PER_MSEC);
        side_clear(&self.client);
        side_init(&self.client, self.driver);
        run_idle(self.driver);
        teardown(&self);
}
END_TEST

START_TEST(a_local_port_can_be_used_again_at_once)
{
        Fixture self;
        g_autofree char *uri = NULL;

        setup(&self, "coap+tcp://127.0.0.1");
        uri = g_strdup_printf("coap+tcp://%s", self.address);
        for (unsigned i = 0; i < 3; i++) {
                g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC, .local_port = 45671 };
                g_autofree char *local = NULL;

                ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
                side_connect_peer(&self.client, self.factory, &peer);
                ck_assert_msg(run_until(&self.client, "up\n"), "%s", self.client.log->str);
                local = self.client.transport->ops->address(
                                self.client.transport, LW_TRANSPORT_LOCAL);
                ck_assert_str_eq(local, "127.0.0.1:45671");
                side_clear(&self.client);
                side_init(&self.client, self.driver);
                ck_assert(run_until(&self.server, "down"));
                g_string_truncate(self.server.log, 0);
        }
        teardown(&self);
}
END_TEST

/* --- what a peer may do ----------------------------------------------------------------------- */

/* Bytes after the CSM, and the answer to them. */
static const struct {
        const char *hex, *answer;
} exchanges[] = {
        { "21 01 54 b1 61", "61 45 54 c0 ff 68 65 72 65" }, /* GET /a, token T */
        { "00 e2", "00 e3" },                               /* Ping, Pong */
        { "12 e2 12 34 20", "02 e3 12 34" }, /* Ping with Custody and a token, which comes back */
        { "00 00 00 00 00 e2", "00 e3" },    /* empty messages say nothing */
        { "00 45 00 e2", "00 e3" },          /* nor does a response that nobody asked for */
        { CSM " 00 e2", "00 e3" },           /* capabilities may be told again */
        { "00 e3 00 e2", "00 e3" },          /* a Pong for which there was no Ping */
};

START_TEST(answers)
{
        Fixture self;

        setup_greeted(&self);
        raw_send(self.fd, exchanges[_i].hex);
        expect(&self, exchanges[_i].answer);
        teardown(&self);
}
END_TEST

START_TEST(a_message_may_come_byte_by_byte)
{
        /* PUT /a with 20 bytes: one more byte of length; then 300: two */
        static const char *const messages[] = {
                "d1 0a 03 54 b1 61 ff 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 37 38 39",
                NULL,
        };
        Fixture self;
        g_autoptr(GString) hex = g_string_new(messages[0]);

        setup_greeted(&self);
        if (_i == 1) {
                g_string_assign(hex, "e1 00 22 03 54 b1 61 ff");
                for (unsigned i = 0; i < 300; i++)
                        g_string_append(hex, " 78");
        }
        for (size_t at = 0; at < hex->len; at += 3) {
                char byte[3] = { hex->str[at], hex->str[at + 1], '\0' };

                raw_send(self.fd, byte);
                run_idle(self.driver);
        }
        expect(&self, "61 45 54 c0 ff 68 65 72 65");
        teardown(&self);
}
END_TEST

/* First bytes, or bytes after the CSM, and the reason that both sides hear. */
static const struct {
        bool greeted;
        const char *hex, *reason;
} offences[] = {
        { false, "21 01 54 b1 61", "the first message must be a CSM" },
        { false, "00 e2", "the first message must be a CSM" },
        { false, "16 03 01 02 00 01 00 01 fc", "a message is malformed" }, /* TLS */
        { false, "47 45 54 20 2f 20 48 54 54 50 2f 31 2e",
                        "a message is malformed" }, /* HTTP: GET */
        { false, "10 e1 10", "option 1 of a signal is not understood" },
        { true, "f0 ff ff ff ff", "a message is longer than 1400 bytes, or malformed" },
        { true, "e0 ff ff 01", "a message is longer than 1400 bytes, or malformed" },
        { true, "0f 01", "a message is longer than 1400 bytes, or malformed" },
        { true, "10 01 ff", "a message is malformed" },
        { true, "10 01 f0", "a message is malformed" },
        { true, "00 e6", "there is no signal 7.06" },
        { true, "00 c1", "there is no code 6.01" },
        { true, "00 21", "there is no code 1.01" },
        { true, "10 e2 10", "option 1 of a signal is not understood" },
};

START_TEST(who_breaks_the_rules_is_told_and_left)
{
        Fixture self;
        g_autofree char *answer = NULL;
        g_autoptr(GString) text = g_string_new(NULL);

        if (offences[_i].greeted) {
                setup_greeted(&self);
        } else {
                setup(&self, "coap+tcp://127.0.0.1");
                dial(&self);
                expect(&self, CSM);
        }
        raw_send(self.fd, offences[_i].hex);
        answer = receive(&self, 2000); /* to the end of the connection */
        for (const char *at = answer; *at != '\0'; at += at[2] == '\0' ? 2 : 3) {
                char byte = (char) (g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));

                g_string_append_c(text, byte == '\0' ? '.' : byte);
        }
        ck_assert_msg(g_str_has_suffix(text->str, offences[_i].reason), "%s", answer);
        if (offences[_i].greeted)
                ck_assert_msg(side_says(&self.server, offences[_i].reason), "%s",
                                self.server.log->str);
        teardown(&self);
}
END_TEST

static const struct {
        const char *hex, *reason;
} ends[] = {
        { "00 e4", "down 503 the peer asked to end the connection\n" },
        { "00 e5", "down 503 the peer aborted the connection\n" },
        { "40 e5 ff 6e 6f 0a", "down 503 the peer aborted the connection: 'no\\x0a'\n" },
        { "", "down 503 the peer closed the connection\n" },
};

START_TEST(an_end_is_told_with_its_reason)
{
        Fixture self;

        setup_greeted(&self);
        raw_send(self.fd, ends[_i].hex);
        if (ends[_i].hex[0] == '\0')
                shutdown(self.fd, SHUT_WR);
        ck_assert_msg(run_until(&self.server, ends[_i].reason), "%s", self.server.log->str);
        teardown(&self);
}
END_TEST

START_TEST(what_a_peer_does_not_take_is_bounded)
{
        Fixture self;
        bool sent = true;
        unsigned count = 0;

        setup_greeted(&self);
        self.server.closes_when_down = false;
        for (; sent && count < 100000; count++)
                sent = side_request(&self.server, LW_MESSAGE_CON, "/a",
                                "0123456789012345678901234567890123456789", NULL);
        ck_assert(!sent);
        ck_assert_uint_gt(count, 1000);
        teardown(&self);
}
END_TEST

START_TEST(who_takes_no_answers_is_not_read_from)
{
        Fixture self;
        unsigned requests;
        ssize_t sent = 0;

        setup_greeted(&self);
        /* GET /a, as often as the kernel takes it: the answers go nowhere */
        while (sent >= 0) {
                sent = send(self.fd, "\x21\x01T\xb1\x61", 5, MSG_DONTWAIT);
                if (self.server.requests % 64 == 0)
                        run_idle(self.driver);
                ck_assert_uint_lt(self.server.requests, 4000000);
        }
        run_idle(self.driver);
        requests = self.server.requests;
        run_idle(self.driver);
        ck_assert_uint_eq(self.server.requests, requests);
        ck_assert(!side_says(&self.server, "down"));
        teardown(&self);
}
END_TEST

START_TEST(a_smaller_message_is_what_a_peer_may_ask_for)
{
        Fixture self;
        g_autofree char *text = g_strnfill(200, 'x');

        setup(&self, "coap+tcp://127.0.0.1");
        dial(&self);
        expect(&self, CSM);
        raw_send(self.fd, "20 e1 21 c8"); /* Max-Message-Size 200 */
        ck_assert(run_until(&self.server, "accepted\n"));
        ck_assert_uint_eq(self.server.transport->ops->limit(self.server.transport), 200);
        ck_assert(!side_request(&self.server, LW_MESSAGE_CON, "/a", text, NULL));
        text[150] = '\0';
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/a", text, NULL));
        teardown(&self);
}
END_TEST

static bool notify(Side *side, LwMessageType type)
{
        LwMessage message;
        uint16_t mid = 1;

        lw_message_init(&message, type, lw_status_to_code(LW_STATUS_CONTENT));
        message.token[0] = 'N';
        message.token_length = 1;
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 5);
        return side->transport->ops->send(side->transport, &message, &mid, NULL) && mid == 0;
}

START_TEST(a_pong_says_that_a_confirmable_notification_arrived)
{
        Fixture self;
        int listening;

        setup(&self, NULL);
        listening = await_agent(&self);
        expect(&self, CSM);
        raw_send(self.fd, CSM);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(notify(&self.client, LW_MESSAGE_NON));
        expect(&self, "21 45 4e 61 05");
        ck_assert(notify(&self.client, LW_MESSAGE_CON));
        expect(&self, "21 45 4e 61 05 10 e2 20"); /* and a Ping with Custody */
        ck_assert(notify(&self.client, LW_MESSAGE_CON));
        expect(&self, "21 45 4e 61 05");
        ck_assert_uint_eq(self.client.settled, 0);
        raw_send(self.fd, "00 e3");
        expect(&self, "10 e2 20"); /* for the second */
        ck_assert_uint_eq(self.client.settled, 0);
        raw_send(self.fd, "00 e3");
        run_idle(self.driver);
        ck_assert_uint_eq(self.client.settled, 1);
        close(listening);
        teardown(&self);
}
END_TEST

START_TEST(survives_random_bytes)
{
        Fixture self;
        GRand *random = g_rand_new_with_seed(8323 + (guint32) _i);

        setup(&self, "coap+tcp://127.0.0.1");
        for (unsigned round = 0; round < 60; round++) {
                uint8_t bytes[512];

                dial(&self);
                expect(&self, CSM);
                if (round % 4 != 0)
                        raw_send(self.fd, CSM);
                for (unsigned i = 0; i < sizeof(bytes); i++)
                        bytes[i] = (uint8_t) g_rand_int_range(random, 0, 256);
                /* most begin as a short message with a code that is one */
                bytes[0] &= round % 3 == 0 ? 0xff : 0x7f & 0xf8;
                bytes[1] &= round % 3 == 0 ? 0xff : 0x47;
                ck_assert_int_ge(send(self.fd, bytes, sizeof(bytes), MSG_NOSIGNAL), 0);
                run_idle(self.driver);
                close(self.fd);
                self.fd = -1;
                run_idle(self.driver);
        }
        g_string_truncate(self.server.log, 0);
        dial(&self);
        expect(&self, CSM);
        raw_send(self.fd, CSM " 21 01 54 b1 61");
        expect(&self, "61 45 54 c0 ff 68 65 72 65");
        g_rand_free(random);
        teardown(&self);
}
END_TEST

static const struct {
        const char *uri;
        const char *message;
} refused[] = {
        { "https://127.0.0.1", "'https://' cannot be listened at" },
        { "coap+tcp://localhost", "'localhost' is not an address to listen at" },
        { "coap+tcp://192.0.2.1:40000",
                        "cannot listen at 192.0.2.1:40000: Cannot assign requested address" },
};

START_TEST(says_why_it_cannot_listen)
{
        LwDriver *driver = lw_driver_new();
        g_auto(LwUri) uri = {};
        g_autoptr(GError) error = NULL;

        ck_assert(lw_uri_parse(refused[_i].uri, &uri, NULL));
        ck_assert_ptr_null(lw_listener_new(driver, &uri, NULL, side_accept, NULL, &error));
        ck_assert_msg(strstr(error->message, refused[_i].message) != NULL, "%s", error->message);
        lw_driver_free(driver);
}
END_TEST

TCase *test_stream(void)
{
        TCase *tcase = tcase_create("stream");

        tcase_add_loop_test(tcase, carries_requests_and_answers_both_ways, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, counts_messages_and_the_bytes_of_the_network, 0,
                        G_N_ELEMENTS(links));
        tcase_add_test(tcase, a_wrong_key_is_told_as_such);
        tcase_add_test(tcase, a_closed_port_is_down);
        tcase_add_loop_test(tcase, another_address_is_tried_beside_one_that_does_not_answer, 0,
                        G_N_ELEMENTS(names));
        tcase_add_loop_test(tcase, the_other_side_hears_of_the_end, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, can_be_closed_from_a_request, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, can_be_closed_at_any_step, 0, 30);
        tcase_add_test(tcase, a_local_port_can_be_used_again_at_once);
        tcase_add_loop_test(tcase, answers, 0, G_N_ELEMENTS(exchanges));
        tcase_add_loop_test(tcase, a_message_may_come_byte_by_byte, 0, 2);
        tcase_add_loop_test(
                        tcase, who_breaks_the_rules_is_told_and_left, 0, G_N_ELEMENTS(offences));
        tcase_add_loop_test(tcase, an_end_is_told_with_its_reason, 0, G_N_ELEMENTS(ends));
        tcase_add_test(tcase, what_a_peer_does_not_take_is_bounded);
        tcase_add_test(tcase, who_takes_no_answers_is_not_read_from);
        tcase_add_test(tcase, a_smaller_message_is_what_a_peer_may_ask_for);
        tcase_add_test(tcase, a_pong_says_that_a_confirmable_notification_arrived);
        tcase_add_loop_test(tcase, survives_random_bytes, 0, 4);
        tcase_add_loop_test(tcase, says_why_it_cannot_listen, 0, G_N_ELEMENTS(refused));
        return tcase;
}
