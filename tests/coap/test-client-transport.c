/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports of the agent: to a listener in the same loop, and to raw sockets. */
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "coap/side.h"
#include "lib/suite.h"

TCase *test_client_transport(void);

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTransportFactory *factory;
        Side client;
        Side server;
        LwListener *listener;
        char *address; /* of the listener */
} Fixture;

static void setup(Fixture *self, const char *listen)
{
        g_auto(LwUri) uri = {};

        *self = (Fixture){ .driver = lw_driver_new() };
        self->worker = lw_worker_new(self->driver);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        if (listen == NULL)
                return;
        ck_assert(lw_uri_parse(listen, &uri, NULL));
        uri.port = 0;
        self->listener =
                        lw_listener_new(self->driver, &uri, NULL, side_accept, &self->server, NULL);
        ck_assert_ptr_nonnull(self->listener);
        self->address = lw_listener_address(self->listener);
}

static void teardown(Fixture *self)
{
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        g_free(self->address);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

/* Connects the client to the listener, under this name if one is given, and lets them meet. */
static void meet(Fixture *self, const char *host)
{
        g_autofree char *uri = host == NULL ? g_strdup_printf("coap://%s", self->address)
                                            : g_strdup_printf("coap://%s%s", host,
                                                              strrchr(self->address, ':'));

        side_connect(&self->client, self->factory, uri);
        ck_assert_msg(run_until(&self->client, "up\n"), "%s", self->client.log->str);
        ck_assert(side_request(&self->client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self->client, "response ACK 205 'here'"), "%s",
                        self->client.log->str);
}

static bool has_ipv6(void)
{
        int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in6 loopback = { .sin6_family = AF_INET6,
                .sin6_addr = IN6ADDR_LOOPBACK_INIT };
        bool has = fd >= 0 && bind(fd, (struct sockaddr *) &loopback, sizeof(loopback)) == 0;

        if (fd >= 0)
                close(fd);
        return has;
}

/* Where a server may be, and the names under which it is found. */
static const struct {
        const char *listen;
        const char *host;
        const char *stages;
} places[] = {
        { "coap://127.0.0.1", NULL, "stage connecting\nup\n" },
        { "coap://[::1]", NULL, "stage connecting\nup\n" },
        { "coap://127.0.0.1", "localhost", "stage resolving\nstage connecting\nup\n" },
        /* ::1, then 127.0.0.1 (names.c): where nobody listens, ICMP sends us on to the other. */
        { "coap://127.0.0.1", "both.test", "stage resolving\nstage connecting\nup\n" },
        { "coap://[::1]", "both.test", "stage resolving\nstage connecting\nup\n" },
};

START_TEST(reaches_a_server)
{
        Fixture self;

        if (!has_ipv6())
                return;
        setup(&self, places[_i].listen);
        meet(&self, places[_i].host);
        ck_assert(g_str_has_prefix(self.client.log->str, places[_i].stages));
        ck_assert(side_says(&self.server, "accepted\nrequest CON 1 /rd ''\n"));
        teardown(&self);
}
END_TEST

START_TEST(goes_on_when_a_socket_cannot_connect)
{
        Fixture self;
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };
        g_autofree char *uri = NULL;
        g_autofree char *remote = NULL;

        setup(&self, "coap://127.0.0.1");
        /* 192.0.2.1, then 127.0.0.1 (names.c); the first cannot be reached from a loopback address.
         */
        uri = g_strdup_printf("coap://nowhere.test%s", strrchr(self.address, ':'));
        ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        peer.local_address = g_strdup("127.0.0.1");
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert(run_until(&self.client, "up\n"));
        remote = self.client.transport->ops->address(self.client.transport, LW_TRANSPORT_REMOTE);
        ck_assert_str_eq(remote, self.address);
        teardown(&self);
}
END_TEST

START_TEST(an_address_that_was_silent_is_tried_last)
{
        Fixture self;
        g_autofree char *uri = NULL;
        g_autofree char *remote = NULL;
        uint16_t port;
        int silent = raw_socket(AF_INET, &port);

        setup(&self, NULL);
        uri = g_strdup_printf(
                        "coap://twins.test:%u", port); /* 127.0.0.1, then 127.0.0.2 (names.c) */
        for (unsigned i = 0; i < 3; i++) {
                g_autofree char *wanted = g_strdup_printf("127.0.0.%u:%u", i % 2 + 1, port);

                g_free(remote);
                side_connect(&self.client, self.factory, uri);
                ck_assert(run_until(&self.client, "up\n"));
                remote = self.client.transport->ops->address(
                                self.client.transport, LW_TRANSPORT_REMOTE);
                ck_assert_str_eq(remote, wanted);
                side_clear(&self.client);
                side_init(&self.client, self.driver);
        }
        close(silent);
        teardown(&self);
}
END_TEST

START_TEST(knows_both_its_addresses)
{
        Fixture self;
        g_autofree char *remote = NULL;
        g_autofree char *local = NULL;
        g_autofree char *seen = NULL;

        setup(&self, "coap://127.0.0.1");
        meet(&self, NULL);
        remote = self.client.transport->ops->address(self.client.transport, LW_TRANSPORT_REMOTE);
        local = self.client.transport->ops->address(self.client.transport, LW_TRANSPORT_LOCAL);
        seen = self.server.transport->ops->address(self.server.transport, LW_TRANSPORT_REMOTE);
        ck_assert_str_eq(remote, self.address);
        ck_assert_str_eq(local, seen);
        ck_assert(!self.client.transport->ops->is_stream(self.client.transport));
        teardown(&self);
}
END_TEST

/* Each way, each type, at once and later. */
static const struct {
        bool from_server;
        LwMessageType type;
        SideManner manner;
        LwMessageType answer_type;
        const char *answer;
} ways[] = {
        { false, LW_MESSAGE_CON, SIDE_ECHOES, 0, "response ACK 204 'body'" },
        { false, LW_MESSAGE_NON, SIDE_ECHOES, 0, "response NON 204 'body'" },
        { true, LW_MESSAGE_CON, SIDE_ECHOES, 0, "response ACK 204 'body'" },
        { true, LW_MESSAGE_NON, SIDE_ECHOES, 0, "response NON 204 'body'" },
        { false, LW_MESSAGE_CON, SIDE_IS_LATE, LW_MESSAGE_CON, "response CON 205 'late'" },
        { false, LW_MESSAGE_CON, SIDE_IS_LATE, LW_MESSAGE_NON, "response NON 205 'late'" },
        { true, LW_MESSAGE_CON, SIDE_IS_LATE, LW_MESSAGE_CON, "response CON 205 'late'" },
        { true, LW_MESSAGE_NON, SIDE_IS_LATE, LW_MESSAGE_NON, "response NON 205 'late'" },
};

START_TEST(carries_requests_and_answers_both_ways)
{
        Fixture self;
        Side *asks;
        Side *answers;

        setup(&self, "coap://127.0.0.1");
        meet(&self, NULL);
        asks = ways[_i].from_server ? &self.server : &self.client;
        answers = ways[_i].from_server ? &self.client : &self.server;
        answers->manner = ways[_i].manner;
        ck_assert(side_request(asks, ways[_i].type, "/3/0", "body", NULL));
        ck_assert(run_until(answers, "/3/0 'body'"));
        if (ways[_i].manner == SIDE_IS_LATE) {
                run_idle(self.driver);
                side_answer_late(answers, ways[_i].answer_type, "late");
        }
        ck_assert_msg(run_until(asks, ways[_i].answer), "%s", asks->log->str);
        run_idle(self.driver);
        ck_assert(!side_says(answers, "failed"));
        ck_assert(!side_says(asks, "failed"));
        teardown(&self);
}
END_TEST

/* Every datagram counts, the repetitions of libcoap too. */
START_TEST(counts_what_the_network_carries)
{
        g_autofree char *uri = NULL, *first = NULL;
        LwTraffic traffic;
        Fixture fixture;
        uint16_t port;
        int fd = raw_socket(AF_INET, &port);

        setup(&fixture, NULL);
        uri = g_strdup_printf("coap://127.0.0.1:%u", port);
        side_connect(&fixture.client, fixture.factory, uri);
        ck_assert(run_until(&fixture.client, "up\n"));
        ck_assert(side_request(&fixture.client, LW_MESSAGE_CON, "/rd", "hello", NULL));
        first = raw_receive(fd, fixture.driver);
        raw_answer(fd, fixture.driver, "61 45 MM MM TT ff 41 42");
        ck_assert(run_until(&fixture.client, "response"));
        traffic = fixture.client.transport->ops->traffic(fixture.client.transport);
        ck_assert_uint_ge(traffic.messages_sent, 2);
        ck_assert_uint_eq(traffic.bytes_sent, traffic.messages_sent * (strlen(first) + 1) / 3);
        ck_assert_uint_eq(traffic.messages_received, 1);
        ck_assert_uint_eq(traffic.bytes_received, 8);
        close(fd);
        teardown(&fixture);
}
END_TEST

START_TEST(sends_nothing_before_it_is_up)
{
        Fixture self;

        setup(&self, "coap://127.0.0.1");
        side_connect(&self.client, self.factory, "coap://127.0.0.1:40000");
        ck_assert_str_eq(self.client.log->str, "stage connecting\n");
        ck_assert(!side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_ptr_null(self.client.transport->ops->address(
                        self.client.transport, LW_TRANSPORT_LOCAL));
        teardown(&self);
}
END_TEST

START_TEST(can_be_closed_before_it_is_up)
{
        Fixture self;

        setup(&self, NULL);
        side_connect(&self.client, self.factory,
                        _i == 0 ? "coap://127.0.0.1:40000" : "coap://localhost:40000");
        self.client.transport->ops->close(self.client.transport);
        self.client.transport = NULL;
        run_idle(self.driver);
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert(!side_says(&self.client, "up"));
        teardown(&self);
}
END_TEST

START_TEST(can_be_closed_from_a_request)
{
        Fixture self;

        setup(&self, "coap://127.0.0.1");
        meet(&self, NULL);
        self.client.manner = SIDE_CLOSES;
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/3/0", "body", NULL));
        ck_assert(run_until(&self.client, "request CON"));
        run_idle(self.driver);
        ck_assert_ptr_null(self.client.transport);
        teardown(&self);
}
END_TEST

START_TEST(a_name_that_is_none_is_down)
{
        Fixture self;

        setup(&self, NULL);
        self.client.closes_when_down = true;
        /* A label of 64 letters is refused before any name server is asked. Source: RFC 1035, 2.3.4
         */
        side_connect(&self.client, self.factory,
                        "coap://"
                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid");
        ck_assert(run_until(&self.client, "down 503 cannot resolve 'aaaa"));
        ck_assert_ptr_null(self.client.transport);
        teardown(&self);
}
END_TEST

START_TEST(a_closed_port_times_out_and_is_not_down)
{
        Fixture self;
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC,
                .ack_timeout_usec = LW_USEC_PER_SEC,
                .max_retransmit = 1 };
        g_autofree char *uri = NULL;
        uint16_t port;
        int fd = raw_socket(AF_INET, &port);

        close(fd);
        setup(&self, NULL);
        uri = g_strdup_printf("coap://127.0.0.1:%u", port);
        ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self.client, "failed T timed out"), "%s", self.client.log->str);
        ck_assert(!side_says(&self.client, "down"));
        /* It may still come back: the next request goes out. */
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        teardown(&self);
}
END_TEST

START_TEST(icmp_from_a_peer_that_was_heard_is_nothing)
{
        Fixture self;

        setup(&self, "coap://127.0.0.1");
        meet(&self, NULL);
        side_clear(&self.server);
        side_init(&self.server, self.driver);
        lw_listener_free(self.listener);
        self.listener = NULL;
        g_string_truncate(self.client.log, 0);
        for (unsigned i = 0; i < 5; i++) {
                ck_assert(side_request(&self.client, LW_MESSAGE_NON, "/dp", "x", NULL));
                run_idle(self.driver);
        }
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        run_idle(self.driver);
        ck_assert_str_eq(self.client.log->str, "");
        teardown(&self);
}
END_TEST

/* A raw server, to which the client has said hello: `fd` is connected to it. */
static int meet_raw(Fixture *self)
{
        uint16_t port;
        int fd = raw_socket(AF_INET, &port);
        g_autofree char *uri = g_strdup_printf("coap://127.0.0.1:%u", port);

        side_connect(&self->client, self->factory, uri);
        ck_assert(run_until(&self->client, "up\n"));
        ck_assert(side_request(&self->client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        raw_answer(fd, self->driver, "61 41 MM MM TT");
        ck_assert(run_until(&self->client, "response ACK 201"));
        return fd;
}

START_TEST(an_rst_to_a_notification_is_told)
{
        Fixture self;
        g_autofree char *told = NULL;
        uint16_t mid;
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        ck_assert(side_request(&self.client, LW_MESSAGE_NON, "/dp", "x", &mid));
        raw_answer(fd, self.driver, "70 00 MM MM");
        told = g_strdup_printf("reset %u\n", mid);
        ck_assert(run_until(&self.client, told));
        close(fd);
        teardown(&self);
}
END_TEST

/* An empty acknowledgement is the end of a notification, of which libcoap says nothing. */
START_TEST(it_is_told_when_all_is_acknowledged)
{
        Fixture self;
        unsigned before;
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        run_idle(self.driver);
        before = self.client.settled;
        ck_assert_uint_gt(before, 0);
        ck_assert(side_request(&self.client, LW_MESSAGE_NON, "/dp", "x", NULL));
        run_idle(self.driver);
        ck_assert_uint_eq(self.client.settled, before);
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/dp", "x", NULL));
        run_idle(self.driver);
        ck_assert_uint_eq(self.client.settled, before);
        g_free(raw_receive(fd, self.driver)); /* the NON one */
        raw_answer(fd, self.driver, "60 00 MM MM");
        run_idle(self.driver);
        ck_assert_uint_eq(self.client.settled, before + 1);
        close(fd);
        teardown(&self);
}
END_TEST

START_TEST(an_rst_to_a_confirmable_is_a_failure)
{
        Fixture self;
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/dp", "x", NULL));
        raw_answer(fd, self.driver, "70 00 MM MM");
        ck_assert(run_until(&self.client, "failed T reset"));
        ck_assert(!side_says(&self.client, "\nreset"));
        close(fd);
        teardown(&self);
}
END_TEST

/* A response that the owner does not want. Source: RFC 7252, 4.2, 4.3 */
static const struct {
        const char *response;
        const char *answer; /* NULL: silence */
} unwanted[] = {
        { "41 45 43 21 99", "70 00 43 21" },
        { "51 45 43 21 99", "70 00 43 21" },
        { "61 45 43 21 99", NULL },
};

START_TEST(a_response_that_nobody_wants_is_reset)
{
        Fixture self;
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        self.client.refuses_responses = true;
        raw_send(fd, unwanted[_i].response);
        if (unwanted[_i].answer != NULL) {
                g_autofree char *answer = raw_receive(fd, self.driver);

                ck_assert_str_eq(answer, unwanted[_i].answer);
        } else {
                run_idle(self.driver);
                ck_assert_int_lt(recv(fd, (char[4]){ 0 }, 4, MSG_DONTWAIT), 0);
        }
        ck_assert_uint_eq(self.client.responses, 2);
        close(fd);
        teardown(&self);
}
END_TEST

START_TEST(a_response_that_is_wanted_is_acknowledged)
{
        Fixture self;
        g_autofree char *answer = NULL;
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        raw_send(fd, "41 45 43 21 54");
        answer = raw_receive(fd, self.driver);
        ck_assert_str_eq(answer, "60 00 43 21");
        close(fd);
        teardown(&self);
}
END_TEST

START_TEST(survives_garbage_from_its_server)
{
        Fixture self;
        GRand *random = g_rand_new_with_seed(7641);
        int fd;

        setup(&self, NULL);
        fd = meet_raw(&self);
        for (unsigned i = 0; i < 3000; i++) {
                uint8_t bytes[64];
                size_t length = (size_t) g_rand_int_range(random, 1, sizeof(bytes));

                for (size_t j = 0; j < length; j++)
                        bytes[j] = (uint8_t) g_rand_int_range(random, 0, 256);
                bytes[0] = (uint8_t) (0x40 | (bytes[0] & 0x3f));
                ck_assert_int_ge(send(fd, bytes, length, 0), 0);
                if (i % 16 == 0)
                        run_idle(self.driver);
                while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) >= 0)
                        continue;
        }
        run_idle(self.driver);
        ck_assert(!side_says(&self.client, "down"));
        g_rand_free(random);
        close(fd);
        teardown(&self);
}
END_TEST

static unsigned count_descriptors(void)
{
        DIR *dir = opendir("/proc/self/fd");
        unsigned count = 0;

        while (readdir(dir) != NULL)
                count++;
        closedir(dir);
        return count;
}

START_TEST(sixty_four_servers_at_once_take_four_descriptors_each)
{
        Fixture self;
        Side sides[64];
        uint16_t ports[G_N_ELEMENTS(sides)];
        int fds[G_N_ELEMENTS(sides)];
        unsigned before;

        setup(&self, NULL);
        for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++)
                fds[i] = raw_socket(AF_INET, &ports[i]);
        before = count_descriptors();
        for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
                g_autofree char *uri = g_strdup_printf("coap://127.0.0.1:%u", ports[i]);

                side_init(&sides[i], self.driver);
                side_connect(&sides[i], self.factory, uri);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
                ck_assert(run_until(&sides[i], "up\n"));
                ck_assert(side_request(&sides[i], LW_MESSAGE_CON, "/rd", NULL, NULL));
        }
        ck_assert_uint_le(count_descriptors() - before, 4 * G_N_ELEMENTS(sides));
        for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++)
                raw_answer(fds[i], self.driver, "61 41 MM MM TT");
        for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
                ck_assert(run_until(&sides[i], "response ACK 201"));
                side_clear(&sides[i]);
                close(fds[i]);
        }
        ck_assert_uint_le(count_descriptors(), before);
        teardown(&self);
}
END_TEST

/* What a peer may ask of its own end. */
static const struct {
        const char *local_address;
        const char *interface;
        const char *server;
        const char *local; /* prefix of the local address; NULL: it is down */
        const char *reason;
} ends[] = {
        { "127.0.0.3", NULL, "coap://127.0.0.1", "127.0.0.3:", NULL },
        { NULL, "lo", "coap://127.0.0.1", "127.0.0.1:", NULL },
        { "::1", NULL, "coap://127.0.0.1", NULL, "the local address '::1' is not an IPv4 address" },
        { "192.0.2.77", NULL, "coap://127.0.0.1", NULL, "cannot reach 127.0.0.1:" },
        { "nonsense", NULL, "coap://127.0.0.1", NULL,
                        "the local address 'nonsense' is not an IPv4" },
        { NULL, "nonesuch0", "coap://127.0.0.1", NULL,
                        "the interface 'nonesuch0' has no IPv4 address now" },
};

static unsigned tls_contexts;

static void on_tls_context(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index,
                long number, void *user)
{
        (void) parent;
        (void) pointer;
        (void) data;
        (void) index;
        (void) number;
        (void) user;
        tls_contexts++;
}

START_TEST(a_plain_connection_costs_no_tls)
{
        Fixture self;

        SSL_CTX_get_ex_new_index(0, NULL, on_tls_context, NULL, NULL);
        setup(&self, "coap://127.0.0.1");
        meet(&self, NULL);
        ck_assert_uint_eq(tls_contexts, 0);
        teardown(&self);
}
END_TEST

START_TEST(starts_from_the_address_that_is_asked_for)
{
        Fixture self;
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };

        setup(&self, NULL);
        ck_assert(lw_uri_parse(ends[_i].server, &peer.uri, NULL));
        peer.local_address = g_strdup(ends[_i].local_address);
        peer.interface = g_strdup(ends[_i].interface);
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert_msg(run_until(&self.client, ends[_i].local != NULL ? "up\n" : ends[_i].reason),
                        "%s", self.client.log->str);
        if (ends[_i].local != NULL) {
                g_autofree char *local = self.client.transport->ops->address(
                                self.client.transport, LW_TRANSPORT_LOCAL);

                ck_assert_msg(g_str_has_prefix(local, ends[_i].local), "%s", local);
        }
        teardown(&self);
}
END_TEST

START_TEST(a_local_port_is_kept_and_not_shared)
{
        Fixture self;
        Side second;
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };
        g_autofree char *uri = NULL;
        g_autofree char *local = NULL;
        g_autofree char *wanted = NULL;
        uint16_t server_port;
        int server = raw_socket(AF_INET, &server_port);
        int free_port = raw_socket(AF_INET, &peer.local_port);

        close(free_port);
        setup(&self, NULL);
        uri = g_strdup_printf("coap://127.0.0.1:%u", server_port);
        ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert(run_until(&self.client, "up\n"));
        local = self.client.transport->ops->address(self.client.transport, LW_TRANSPORT_LOCAL);
        wanted = g_strdup_printf("127.0.0.1:%u", peer.local_port);
        ck_assert_str_eq(local, wanted);
        side_init(&second, self.driver);
        side_connect_peer(&second, self.factory, &peer);
        ck_assert(run_until(&second, "another server has the same address and local port"));
        side_clear(&second);
        close(server);
        teardown(&self);
}
END_TEST

START_TEST(sends_no_more_than_the_link_takes)
{
        Fixture self;
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC, .mtu_bytes = 300 };
        g_autofree char *long_text = g_strnfill(300, 'x');
        g_autofree char *short_text = g_strnfill(200, 'x');

        setup(&self, "coap://127.0.0.1");
        g_free(self.address);
        self.address = lw_listener_address(self.listener);
        {
                g_autofree char *uri = g_strdup_printf("coap://%s", self.address);

                ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        }
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(!side_request(&self.client, LW_MESSAGE_CON, "/a", long_text, NULL));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/a", short_text, NULL));
        ck_assert(run_until(&self.client, "response ACK 205"));
        teardown(&self);
}
END_TEST

static const struct {
        const char *uri;
        LwSecurity security;
        const char *message;
} impossible[] = {
        { "coaps://127.0.0.1", LW_SECURITY_PSK, "'psk' needs an identity and a key" },
        { "coaps://127.0.0.1", LW_SECURITY_X509, "'x509' needs a certificate and its private key" },
        { "coap://127.0.0.1", LW_SECURITY_RPK,
                        "coap:// has no security, so 'rpk' cannot be used with it" },
        { "coaps://127.0.0.1", LW_SECURITY_NOSEC, "coaps:// needs 'psk' or 'x509'" },
        { "coaps+tcp://127.0.0.1", LW_SECURITY_NOSEC, "coaps+tcp:// needs 'psk' or 'x509'" },
        { "coap+tcp://127.0.0.1", LW_SECURITY_PSK,
                        "coap+tcp:// has no security, so 'psk' cannot be used with it" },
        { "https://127.0.0.1", LW_SECURITY_PSK, "'https://' is not spoken with servers" },
        { "coap://127.0.0.1", LW_SECURITY_PSK,
                        "coap:// has no security, so 'psk' cannot be used with it" },
};

START_TEST(says_what_it_cannot_do)
{
        Fixture self;
        g_auto(LwPeer) peer = { .security = impossible[_i].security };
        g_autoptr(GError) error = NULL;

        setup(&self, NULL);
        ck_assert(lw_uri_parse(impossible[_i].uri, &peer.uri, NULL));
        ck_assert_ptr_null(self.factory->open(self.factory, &peer, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        ck_assert_msg(g_str_has_prefix(error->message, impossible[_i].message), "%s",
                        error->message);
        teardown(&self);
}
END_TEST

TCase *test_client_transport(void)
{
        TCase *tcase = tcase_create("client-transport");

        tcase_add_loop_test(tcase, reaches_a_server, 0, G_N_ELEMENTS(places));
        tcase_add_test(tcase, goes_on_when_a_socket_cannot_connect);
        tcase_add_test(tcase, an_address_that_was_silent_is_tried_last);
        tcase_add_test(tcase, knows_both_its_addresses);
        tcase_add_loop_test(tcase, carries_requests_and_answers_both_ways, 0, G_N_ELEMENTS(ways));
        tcase_add_test(tcase, counts_what_the_network_carries);
        tcase_add_test(tcase, sends_nothing_before_it_is_up);
        tcase_add_loop_test(tcase, can_be_closed_before_it_is_up, 0, 2);
        tcase_add_test(tcase, can_be_closed_from_a_request);
        tcase_add_test(tcase, a_name_that_is_none_is_down);
        tcase_add_test(tcase, a_closed_port_times_out_and_is_not_down);
        tcase_add_test(tcase, icmp_from_a_peer_that_was_heard_is_nothing);
        tcase_add_test(tcase, an_rst_to_a_notification_is_told);
        tcase_add_test(tcase, it_is_told_when_all_is_acknowledged);
        tcase_add_test(tcase, an_rst_to_a_confirmable_is_a_failure);
        tcase_add_loop_test(
                        tcase, a_response_that_nobody_wants_is_reset, 0, G_N_ELEMENTS(unwanted));
        tcase_add_test(tcase, a_response_that_is_wanted_is_acknowledged);
        tcase_add_test(tcase, survives_garbage_from_its_server);
        tcase_add_test(tcase, sixty_four_servers_at_once_take_four_descriptors_each);
        tcase_add_test(tcase, a_plain_connection_costs_no_tls);
        tcase_add_loop_test(
                        tcase, starts_from_the_address_that_is_asked_for, 0, G_N_ELEMENTS(ends));
        tcase_add_test(tcase, a_local_port_is_kept_and_not_shared);
        tcase_add_test(tcase, sends_no_more_than_the_link_takes);
        tcase_add_loop_test(tcase, says_what_it_cannot_do, 0, G_N_ELEMENTS(impossible));
        return tcase;
}
