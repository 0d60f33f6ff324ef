/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes over loopback: certificates, chosen ciphers, sessions that are resumed. */
#include <string.h>

#include <openssl/ssl.h>

#include "coap/handshake.h"
#include "coap/libcoap.h"
#include "coap/pki.h"
#include "coap/side.h"
#include "exchange/vault.h"
#include "lib/suite.h"

TCase *test_handshake(void);

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTransportFactory *factory;
        LwVault *vault;
        Side client;
        Side server; /* first: it is the listener's user */
        LwListener *listener;
        char *uri;
} Fixture;

static Pki authority, stranger, server, client;
static LwX509 shown;

/* Good today: the clock of this test is the real one. */
static void make_all(void)
{
        int64_t now = g_get_real_time() / G_USEC_PER_SEC;
        PkiOrder order = { .begins = now - 86400, .ends = now + 86400 };

        order.authority = true;
        order.common_name = "authority";
        authority = pki_make(&order, NULL);
        order.common_name = "stranger";
        stranger = pki_make(&order, NULL);
        order.authority = false;
        order.common_name = "server";
        order.names = "IP:127.0.0.1,DNS:lwm2m.example";
        server = pki_make(&order, &authority);
        order.common_name = "dev1";
        order.names = NULL;
        client = pki_make(&order, &authority);
        shown = (LwX509){ .certificate = pki_certificate(&server),
                .private_key = pki_key(&server),
                .anchors = pki_certificate(&authority) };
}

static void clear_all(void)
{
        pki_clear(&authority);
        pki_clear(&stranger);
        pki_clear(&server);
        pki_clear(&client);
        lw_x509_clear(&shown);
}

static const uint8_t *find_key(void *user G_GNUC_UNUSED, const uint8_t *identity G_GNUC_UNUSED,
                size_t identity_length G_GNUC_UNUSED, size_t *ret_length)
{
        *ret_length = 3;
        return (const uint8_t *) "key";
}

static const LwX509 *show(void *user G_GNUC_UNUSED)
{
        return &shown;
}

static void setup(Fixture *self)
{
        g_auto(LwUri) uri = {};
        g_autofree char *address = NULL;

        *self = (Fixture){ .driver = lw_driver_new(), .vault = lw_vault_new() };
        self->worker = lw_worker_new(self->driver);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        lw_client_transport_factory_use_vault(self->factory, self->vault);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        ck_assert(lw_uri_parse("coaps://127.0.0.1", &uri, NULL));
        uri.port = 0;
        self->listener = lw_listener_new(
                        self->driver, &uri, find_key, side_accept, &self->server, NULL);
        ck_assert_ptr_nonnull(self->listener);
        lw_listener_use_certificates(self->listener, show);
        address = lw_listener_address(self->listener);
        self->uri = g_strdup_printf("coaps://%s", address);
}

static void teardown(Fixture *self)
{
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        lw_vault_free(self->vault);
        g_free(self->uri);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static LwPeer peer_of(const Fixture *self, LwSecurity security)
{
        LwPeer peer = { .security = security };

        ck_assert(lw_uri_parse(self->uri, &peer.uri, NULL));
        if (security == LW_SECURITY_PSK) {
                peer.psk_identity = g_strdup("gateway");
                peer.psk_key_length = 3;
                memcpy(peer.psk_key, "key", 3);
                return peer;
        }
        peer.x509.certificate = pki_certificate(&client);
        peer.x509.private_key = pki_key_pem(&client);
        peer.x509.server = pki_certificate(&authority);
        peer.x509.usage = LW_USAGE_TRUST_ANCHOR;
        return peer;
}

static void secured(const Side *side, LwSecured *ret_secured)
{
        side->transport->ops->secured(side->transport, ret_secured);
}

static void speak(Fixture *self, const LwPeer *peer)
{
        side_connect_peer(&self->client, self->factory, peer);
        ck_assert_msg(run_until(&self->client, "up\n"), "%s", self->client.log->str);
        ck_assert(side_request(&self->client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self->client, "response ACK 205 'here'"), "%s",
                        self->client.log->str);
}

/* Both ends anew; the listener stays. */
static void leave(Fixture *self)
{
        side_clear(&self->client);
        run_idle(self->driver);
        side_clear(&self->server);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
}

START_TEST(both_ends_know_whose_certificate_the_other_has)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        g_auto(LwSecured) ours = {}, theirs = {};

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_X509);
        speak(&self, &peer);
        secured(&self.client, &ours);
        secured(&self.server, &theirs);
        ck_assert_str_eq(ours.subject, "CN=server");
        ck_assert_str_eq(theirs.name, "dev1");
        ck_assert_str_eq(ours.cipher, theirs.cipher);
        ck_assert(!ours.resumed && !ours.refused && ours.alert == 0);
        teardown(&self);
}
END_TEST

static const struct {
        LwSecurity security;
        uint16_t number;
        const char *name;
} ciphers[] = {
        { LW_SECURITY_PSK, 0xc0a8, "TLS_PSK_WITH_AES_128_CCM_8" },
        { LW_SECURITY_PSK, 0x00a8, "TLS_PSK_WITH_AES_128_GCM_SHA256" },
        { LW_SECURITY_X509, 0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8" },
        { LW_SECURITY_X509, 0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
};

START_TEST(speaks_by_the_cipher_that_is_chosen)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        g_auto(LwSecured) ours = {};

        setup(&self);
        peer = peer_of(&self, ciphers[_i].security);
        peer.ciphers[peer.cipher_count++] = ciphers[_i].number;
        speak(&self, &peer);
        secured(&self.client, &ours);
        ck_assert_str_eq(ours.cipher, ciphers[_i].name);
        teardown(&self);
}
END_TEST

static const LwSecurity modes[] = { LW_SECURITY_PSK, LW_SECURITY_X509 };

START_TEST(resumes_a_session_with_all_that_it_knew)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        g_auto(LwSecured) first = {}, ours = {}, theirs = {};
        g_autofree char *identity = NULL;

        setup(&self);
        peer = peer_of(&self, modes[_i]);
        speak(&self, &peer);
        secured(&self.client, &first);
        leave(&self);
        speak(&self, &peer);
        secured(&self.client, &ours);
        secured(&self.server, &theirs);
        identity = self.server.transport->ops->identity(self.server.transport);
        ck_assert(ours.resumed);
        ck_assert_str_eq(first.cipher, ours.cipher);
        if (modes[_i] == LW_SECURITY_X509) {
                ck_assert_str_eq(ours.subject, "CN=server");
                ck_assert_str_eq(theirs.name, "dev1");
        } else {
                ck_assert_str_eq(identity, "gateway");
        }
        teardown(&self);
}
END_TEST

START_TEST(other_credentials_resume_nothing)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        g_auto(LwSecured) ours = {};

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_X509);
        speak(&self, &peer);
        leave(&self);
        peer.sni = g_strdup("lwm2m.example");
        speak(&self, &peer);
        secured(&self.client, &ours);
        ck_assert(!ours.resumed);
        teardown(&self);
}
END_TEST

START_TEST(a_session_that_the_server_lost_is_made_anew)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        g_auto(LwSecured) ours = {};
        g_autofree char *key = NULL;
        g_autoptr(GBytes) garbage = g_bytes_new("garbage", 7);

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_PSK);
        key = lw_vault_key(&peer);
        lw_vault_put(self.vault, key, garbage, INT64_MAX);
        speak(&self, &peer);
        secured(&self.client, &ours);
        ck_assert(!ours.resumed);
        teardown(&self);
}
END_TEST

/* What was let through by a doubtful clock: good by the right one, and not. */
START_TEST(a_clock_that_was_set_has_certificates_looked_at_again)
{
        Fixture self;
        g_auto(LwPeer) peer = {};
        LwHandshake *handshake;

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_X509);
        speak(&self, &peer);
        handshake = lw_coap_handshake(((LwCoapTransport *) self.client.transport)->coap);
        ck_assert(!handshake->verdict.dates_unchecked);
        handshake->verdict.dates_unchecked = true;
        lw_client_transport_factory_clock_stepped(self.factory);
        run_idle(self.driver);
        ck_assert(!side_says(&self.client, "down"));
        ck_assert(!handshake->verdict.dates_unchecked);
        g_bytes_unref(peer.x509.server);
        peer.x509.server = pki_certificate(&stranger);
        lw_trust_free(handshake->trust);
        handshake->trust = lw_trust_new(&peer.x509, "127.0.0.1");
        handshake->verdict.dates_unchecked = true;
        lw_client_transport_factory_clock_stepped(self.factory);
        ck_assert_msg(run_until(&self.client, "an authority that is not trusted here"), "%s",
                        self.client.log->str);
        ck_assert(side_says(&self.client, "down 503"));
        teardown(&self);
}
END_TEST

START_TEST(a_server_of_another_authority_is_refused)
{
        Fixture self;
        g_auto(LwPeer) peer = {};

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_X509);
        g_bytes_unref(peer.x509.server);
        peer.x509.server = pki_certificate(&stranger);
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert_msg(run_until(&self.client, "an authority that is not trusted here"), "%s",
                        self.client.log->str);
        ck_assert(!side_says(&self.client, "up\n"));
        ck_assert(!side_says(&self.server, "accepted"));
        teardown(&self);
}
END_TEST

START_TEST(a_client_of_another_authority_is_told)
{
        Fixture self;
        g_auto(LwPeer) peer = {};

        setup(&self);
        peer = peer_of(&self, LW_SECURITY_X509);
        g_bytes_unref(peer.x509.certificate);
        g_bytes_unref(peer.x509.private_key);
        peer.x509.certificate = pki_certificate(&stranger);
        peer.x509.private_key = pki_key(&stranger);
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert_msg(run_until(&self.client, "does not take our certificate"), "%s",
                        self.client.log->str);
        teardown(&self);
}
END_TEST

START_TEST(a_server_without_certificates_is_told)
{
        Fixture self;
        g_auto(LwPeer) peer = {};

        setup(&self);
        lw_listener_use_certificates(self.listener, NULL);
        peer = peer_of(&self, LW_SECURITY_X509);
        side_connect_peer(&self.client, self.factory, &peer);
        ck_assert_msg(run_until(&self.client,
                                      "refused the DTLS handshake: it takes no certificates"),
                        "%s", self.client.log->str);
        teardown(&self);
}
END_TEST

/* Source: OMA LwM2M Transport 1.1, table of alerts. */
static const struct {
        int alert;
        bool refusal;
} alerts[] = {
        { 0, false },
        { 10, false },
        { 20, false },
        { 40, false },
        { 42, true },
        { 43, true },
        { 44, true },
        { 45, true },
        { 46, true },
        { 47, false },
        { 48, true },
        { 49, true },
        { 51, false },
        { 70, false },
        { 71, false },
        { 80, false },
        { 100, false },
        { 112, true },
        { 113, true },
        { 114, true },
        { 115, true },
};

START_TEST(knows_which_alerts_are_refusals)
{
        ck_assert_int_eq(lw_alert_is_refusal(alerts[_i].alert), alerts[_i].refusal);
}
END_TEST

TCase *test_handshake(void)
{
        TCase *tcase = tcase_create("handshake");

        tcase_add_unchecked_fixture(tcase, make_all, clear_all);
        tcase_add_test(tcase, both_ends_know_whose_certificate_the_other_has);
        tcase_add_loop_test(tcase, speaks_by_the_cipher_that_is_chosen, 0, G_N_ELEMENTS(ciphers));
        tcase_add_loop_test(tcase, resumes_a_session_with_all_that_it_knew, 0, G_N_ELEMENTS(modes));
        tcase_add_test(tcase, other_credentials_resume_nothing);
        tcase_add_test(tcase, a_session_that_the_server_lost_is_made_anew);
        tcase_add_test(tcase, a_clock_that_was_set_has_certificates_looked_at_again);
        tcase_add_test(tcase, a_server_of_another_authority_is_refused);
        tcase_add_test(tcase, a_client_of_another_authority_is_told);
        tcase_add_test(tcase, a_server_without_certificates_is_told);
        tcase_add_loop_test(tcase, knows_which_alerts_are_refusals, 0, G_N_ELEMENTS(alerts));
        return tcase;
}
