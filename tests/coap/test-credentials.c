/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions by pre-shared keys: handshakes over loopback, and why they fail. */
#include <string.h>
#include <unistd.h>

#include "coap/credentials.h"
#include "coap/side.h"
#include "lib/suite.h"

TCase *test_credentials(void);

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTransportFactory *factory;
        Side client;
        Side server; /* first: it is the listener's user */
        LwListener *listener;
        char *uri;
} Fixture;

/* What the server has: one identity, and its key in each row. */
static const char *server_identity;
static const char *server_key;
static size_t server_key_length;

static const uint8_t *find_key(
                void *user, const uint8_t *identity, size_t identity_length, size_t *ret_length)
{
        (void) user;
        if (identity_length != strlen(server_identity) ||
                        memcmp(identity, server_identity, identity_length) != 0)
                return NULL;
        *ret_length = server_key_length;
        return (const uint8_t *) server_key;
}

static void setup(Fixture *self)
{
        g_auto(LwUri) uri = {};
        g_autofree char *address = NULL;

        *self = (Fixture){ .driver = lw_driver_new() };
        self->worker = lw_worker_new(self->driver);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        ck_assert(lw_uri_parse("coaps://127.0.0.1", &uri, NULL));
        uri.port = 0;
        self->listener = lw_listener_new(
                        self->driver, &uri, find_key, side_accept, &self->server, NULL);
        ck_assert_ptr_nonnull(self->listener);
        address = lw_listener_address(self->listener);
        self->uri = g_strdup_printf("coaps://%s", address);
}

static void teardown(Fixture *self)
{
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        g_free(self->uri);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void open_with(Fixture *self, const char *identity, const char *key, size_t length,
                uint16_t mtu_bytes)
{
        g_auto(LwPeer) peer = { .security = LW_SECURITY_PSK, .mtu_bytes = mtu_bytes };

        ck_assert(lw_uri_parse(self->uri, &peer.uri, NULL));
        peer.psk_identity = g_strdup(identity);
        peer.psk_key_length = length;
        memcpy(peer.psk_key, key, length);
        side_connect_peer(&self->client, self->factory, &peer);
}

#define BYTES_32 "\x00\x01\xff\x00 any bytes are a key, as it is"
#define IDENTITY_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
        const char *identity;
        const char *key;
        size_t length;
} good[] = {
        { "gateway", "0123456789abcdef", 16 },
        { "g\xc3\xa4teway, 42", "x", 1 },
        { IDENTITY_64 IDENTITY_64, BYTES_32 BYTES_32, 64 },
        { "zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
};

START_TEST(speaks_both_ways_by_a_shared_key)
{
        Fixture self;
        g_autofree char *identity = NULL;

        setup(&self);
        server_identity = good[_i].identity;
        server_key = good[_i].key;
        server_key_length = good[_i].length;
        open_with(&self, good[_i].identity, good[_i].key, good[_i].length, 0);
        ck_assert(!side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self.client, "stage connecting\nup\n"), "%s",
                        self.client.log->str);
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert(run_until(&self.client, "response ACK 205 'here'"));
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/3/0", NULL, NULL));
        ck_assert(run_until(&self.server, "response ACK 205 'here'"));
        identity = self.server.transport->ops->identity(self.server.transport);
        ck_assert_str_eq(identity, good[_i].identity);
        teardown(&self);
}
END_TEST

START_TEST(an_unknown_identity_is_told_as_such)
{
        Fixture self;

        setup(&self);
        server_identity = "other";
        open_with(&self, "gateway", "0123456789abcdef", 16, 0);
        ck_assert_msg(run_until(&self.client, "does not know the identity of PskIdentity="), "%s",
                        self.client.log->str);
        ck_assert(side_says(&self.client, "down 503 127.0.0.1:"));
        ck_assert(!side_says(&self.client, "up\n"));
        ck_assert(!side_says(&self.server, "accepted"));
        teardown(&self);
}
END_TEST

START_TEST(nobody_there_is_told_at_once)
{
        Fixture self;
        uint16_t port;
        int fd = raw_socket(AF_INET, &port);

        setup(&self);
        close(fd);
        g_free(self.uri);
        self.uri = g_strdup_printf("coaps://127.0.0.1:%u", port);
        open_with(&self, "gateway", "0123456789abcdef", 16, 0);
        ck_assert_msg(run_until(&self.client, "does not answer the DTLS handshake: no server"),
                        "%s", self.client.log->str);
        teardown(&self);
}
END_TEST

/* A server that ends its session, and one that is closed while the handshake is under way. */
START_TEST(the_end_of_a_session_is_down)
{
        Fixture self;

        setup(&self);
        server_identity = "gateway";
        server_key = "0123456789abcdef";
        server_key_length = 16;
        open_with(&self, "gateway", "0123456789abcdef", 16, 0);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert(run_until(&self.client, "response ACK 205"));
        self.server.transport->ops->close(self.server.transport);
        self.server.transport = NULL;
        ck_assert_msg(run_until(&self.client, "is gone: the server ended it"), "%s",
                        self.client.log->str);
        teardown(&self);
}
END_TEST

START_TEST(the_client_that_leaves_is_down_at_the_server)
{
        Fixture self;

        setup(&self);
        server_identity = "gateway";
        server_key = "0123456789abcdef";
        server_key_length = 16;
        open_with(&self, "gateway", "0123456789abcdef", 16, 0);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert(run_until(&self.client, "response ACK 205"));
        self.client.transport->ops->close(self.client.transport);
        self.client.transport = NULL;
        ck_assert_msg(run_until(&self.server, "the peer ended the DTLS session"), "%s",
                        self.server.log->str);
        teardown(&self);
}
END_TEST

START_TEST(can_be_closed_within_the_handshake)
{
        Fixture self;

        setup(&self);
        server_identity = "gateway";
        server_key = "0123456789abcdef";
        server_key_length = 16;
        open_with(&self, "gateway", "0123456789abcdef", 16, 0);
        for (int turn = 0; turn < _i; turn++)
                sd_event_run(lw_driver_event(self.driver), 0);
        self.client.transport->ops->close(self.client.transport);
        self.client.transport = NULL;
        run_idle(self.driver);
        teardown(&self);
}
END_TEST

/* A record of DTLS 1.2 is longer than what is in it, by 29 to 93 bytes. */
START_TEST(a_message_fits_into_the_link_with_its_record)
{
        Fixture self;
        uint16_t limit;

        setup(&self);
        server_identity = "gateway";
        server_key = "0123456789abcdef";
        server_key_length = 16;
        open_with(&self, "gateway", "0123456789abcdef", 16, 600);
        ck_assert(run_until(&self.client, "up\n"));
        limit = self.client.transport->ops->limit(self.client.transport);
        ck_assert_uint_ge(limit, 600 - 93);
        ck_assert_uint_le(limit, 600 - 29);
        teardown(&self);
}
END_TEST

static const struct {
        int alert;
        bool heard;
        const char *words;
} failures[] = {
        { 0, false, "does not answer the DTLS handshake" },
        { 0, true, "fell silent in the DTLS handshake: the key is probably not the one" },
        { 20, true, "refused the DTLS handshake: the key is probably not the one" },
        { 51, true, "refused the DTLS handshake: the key is probably not the one" },
        { 40, true, "it takes no pre-shared keys, or no cipher that is offered" },
        { 71, true, "it takes no pre-shared keys, or no cipher that is offered" },
        { 115, true, "does not know the identity of PskIdentity=" },
        { 70, true, "refused the DTLS handshake: it does not speak version 1.2" },
        { 80, true, "(alert 80, 'internal error')" },
};

static const struct {
        LwSecurity security;
        int alert;
        const char *words;
} stream_failures[] = {
        { LW_SECURITY_PSK, 20, "refused the TLS handshake: the key is probably not the one" },
        { LW_SECURITY_PSK, 40, "refused the TLS handshake: it takes no pre-shared keys" },
        { LW_SECURITY_PSK, 120, "refused the TLS handshake: it does not speak CoAP there" },
        { LW_SECURITY_X509, 40, "refused the TLS handshake: it takes no certificates" },
        { LW_SECURITY_X509, 51, "refused the TLS handshake: our private key is probably not" },
        { LW_SECURITY_X509, 70, "refused the TLS handshake: it does not speak version 1.2" },
        { LW_SECURITY_X509, 80, "refused the TLS handshake (alert 80, 'internal error')" },
        { LW_SECURITY_X509, 116, "refused the TLS handshake: it takes no certificates, wants one" },
};

START_TEST(a_stream_does_not_speak_of_datagrams)
{
        const LwHandshake handshake = { .is_stream = true,
                .security = stream_failures[_i].security,
                .alert = stream_failures[_i].alert };
        g_autofree char *text = lw_credentials_failure(&handshake, "192.0.2.1:5684", true);

        ck_assert(g_str_has_prefix(text, "192.0.2.1:5684 "));
        ck_assert_msg(strstr(text, stream_failures[_i].words) != NULL, "%s", text);
}
END_TEST

START_TEST(says_why_a_handshake_failed)
{
        const LwHandshake handshake = { .alert = failures[_i].alert };
        g_autofree char *text =
                        lw_credentials_failure(&handshake, "192.0.2.1:5684", failures[_i].heard);

        ck_assert(g_str_has_prefix(text, "192.0.2.1:5684 "));
        ck_assert_msg(strstr(text, failures[_i].words) != NULL, "%s", text);
}
END_TEST

TCase *test_credentials(void)
{
        TCase *tcase = tcase_create("credentials");

        tcase_add_loop_test(tcase, speaks_both_ways_by_a_shared_key, 0, G_N_ELEMENTS(good));
        tcase_add_test(tcase, an_unknown_identity_is_told_as_such);
        tcase_add_test(tcase, nobody_there_is_told_at_once);
        tcase_add_test(tcase, the_end_of_a_session_is_down);
        tcase_add_test(tcase, the_client_that_leaves_is_down_at_the_server);
        tcase_add_loop_test(tcase, can_be_closed_within_the_handshake, 0, 12);
        tcase_add_test(tcase, a_message_fits_into_the_link_with_its_record);
        tcase_add_loop_test(tcase, says_why_a_handshake_failed, 0, G_N_ELEMENTS(failures));
        tcase_add_loop_test(tcase, a_stream_does_not_speak_of_datagrams, 0,
                        G_N_ELEMENTS(stream_failures));
        return tcase;
}
