/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw public keys: what is read, what is judged, and handshakes by them where this build has them.
 */
#include <string.h>

#include <openssl/ssl.h>

#include "coap/certificates.h"
#include "coap/handshake.h"
#include "coap/libcoap.h"
#include "coap/pki.h"
#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "coap/side.h"
#include "exchange/vault.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_raw_keys(void);

/* As 'openssl pkey -pubout -outform DER' writes it, and what sha256sum and sha384sum say of it. */
#define SPKI                                                                                       \
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000489d2e2bf6d"                         \
        "f2125805c1cd318cb2e5397c49ceea5836559b824b325d7878dc4a9a2eed267a"                         \
        "ae1e09401091b9d9ab3b3b16ef26b71e77c61f1bd5bbac0f14acff"
#define SHA256 "4f615deac1375dadcd0bb34514131b52f9d9fa6f816baa9cd1749e6d4d3ab565"
#define SHA384                                                                                     \
        "e2d4190eb833bccff0974299f5737f80d1c6727218006287ad4207037e64cefb4037f8668063421a385ea684" \
        "23e46ce1"
#define PEM                                                                                        \
        "-----BEGIN PUBLIC "                                                                       \
        "KEY-----"                                                                                 \
        "\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEidLiv23yElgFwc0xjLLlOXxJzupY\nNlWbgksyXXh43EqaLu0m" \
        "eq4eCUAQkbnZqzs7Fu8mtx53xh8b1busDxSs/w==\n-----END PUBLIC KEY-----\n"

static GBytes *from_hex(const char *hex)
{
        size_t length = strlen(hex) / 2;
        uint8_t *bytes = g_malloc(length);

        for (size_t i = 0; i < length; i++)
                bytes[i] = (uint8_t) (g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                      g_ascii_xdigit_value(hex[2 * i + 1]));
        return g_bytes_new_take(bytes, length);
}

static GBytes *from_text(const char *text)
{
        return g_bytes_new(text, strlen(text));
}

START_TEST(reads_der_and_pem_and_knows_the_digest)
{
        g_autoptr(GBytes) der = from_hex(SPKI), pem = from_text(PEM), sha384 = from_hex(SHA384);
        g_autoptr(GBytes) digest = lw_raw_key_digest(pem, LW_MATCHING_SHA384);
        g_autoptr(EVP_PKEY) one = lw_public_key_parse(der, NULL);
        g_autoptr(EVP_PKEY) other = lw_public_key_parse(pem, NULL);
        g_autofree char *first = NULL, *second = NULL, *identity = NULL;

        ck_assert(one != NULL && other != NULL);
        first = lw_raw_key_fingerprint(one);
        second = lw_raw_key_fingerprint(other);
        identity = lw_raw_key_identity(one);
        ck_assert_str_eq(first, SHA256);
        ck_assert_str_eq(second, SHA256);
        ck_assert_str_eq(identity, "rpk:" SHA256);
        ck_assert(g_bytes_equal(digest, sha384));
}
END_TEST

static const struct {
        const char *hex;
} garbage[] = {
        { "" }, { "00" }, { SPKI "00" },                    /* something behind it */
        { "3059301306072a8648ce3d020106082a8648ce3d0301" }, /* cut off */
        { "2d2d2d2d2d424547494e20" },                       /* "-----BEGIN " and no more */
};

START_TEST(refuses_what_is_no_public_key)
{
        g_autoptr(GBytes) bytes = from_hex(garbage[_i].hex);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_public_key_parse(bytes, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert(g_str_has_prefix(error->message, "it holds no public key that can be read; "));
}
END_TEST

static Pki ours, theirs, stranger;
static GBytes *shown;

static void make_all(void)
{
        static const PkiOrder order = { .common_name = "nobody" };

        ours = pki_make(&order, NULL);
        theirs = pki_make(&order, NULL);
        stranger = pki_make(&order, NULL);
        shown = pki_key(&theirs);
}

static void clear_all(void)
{
        pki_clear(&ours);
        pki_clear(&theirs);
        pki_clear(&stranger);
        g_bytes_unref(shown);
}

/* --- what an account has ---------------------------------------------------------------------- */

static LwRpk good(void)
{
        return (LwRpk){ .private_key = pki_key(&ours), .server = pki_public_key(&theirs) };
}

static void replace(GBytes **place, GBytes *bytes)
{
        if (*place != NULL)
                g_bytes_unref(*place);
        *place = bytes;
}

static void check_refused(const LwRpk *rpk, const char *prefix)
{
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_rpk_check(rpk, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(g_str_has_prefix(error->message, prefix), "%s", error->message);
}

START_TEST(checks_what_an_account_has)
{
        g_auto(LwRpk) rpk = good();

        ck_assert(lw_rpk_check(&rpk, NULL));
        replace(&rpk.private_key, pki_key_pem(&ours));
        replace(&rpk.public_key, pki_public_key(&ours));
        ck_assert(lw_rpk_check(&rpk, NULL));
        replace(&rpk.public_key, pki_public_key(&theirs));
        check_refused(&rpk, "the public key is not that of the private key; ");
        replace(&rpk.public_key, NULL);
        rpk.matching = LW_MATCHING_SHA256;
        check_refused(&rpk, "the server's public key is given as 91 bytes, and its sha256 digest "
                            "has 32; ");
        replace(&rpk.server, from_hex(SHA256));
        ck_assert(lw_rpk_check(&rpk, NULL));
        rpk.matching = LW_MATCHING_EXACT;
        check_refused(&rpk, "the server's public key: it holds no public key");
        replace(&rpk.server, NULL);
        check_refused(&rpk, "'rpk' needs a private key and the server's public key");
        replace(&rpk.server, pki_public_key(&theirs));
        replace(&rpk.private_key, pki_public_key(&ours));
        check_refused(&rpk, "it holds no private key that can be read; ");
}
END_TEST

START_TEST(judges_by_key_and_by_digest)
{
        for (int matching = LW_MATCHING_EXACT; matching <= LW_MATCHING_SHA512; matching++) {
                g_auto(LwRpk) rpk = good();
                g_auto(LwVerdict) same = {}, other = {}, none = {};

                rpk.matching = (LwMatchingType) matching;
                if (matching != LW_MATCHING_EXACT) {
                        g_autoptr(GBytes) spki = pki_public_key(&theirs);

                        replace(&rpk.server, lw_raw_key_digest(spki, rpk.matching));
                }
                lw_rpk_judge(&rpk, theirs.key, &same);
                ck_assert_int_eq(same.code, X509_V_OK);
                ck_assert_ptr_null(same.reason);
                lw_rpk_judge(&rpk, stranger.key, &other);
                ck_assert_int_ne(other.code, X509_V_OK);
                ck_assert_ptr_nonnull(strstr(other.reason, "is not the one that is given"));
                lw_rpk_judge(&rpk, NULL, &none);
                ck_assert_int_ne(none.code, X509_V_OK);
                ck_assert_ptr_nonnull(strstr(none.reason, "no raw public key"));
        }
}
END_TEST

START_TEST(another_key_of_the_server_is_another_session)
{
        g_auto(LwPeer) peer = { .security = LW_SECURITY_RPK };
        g_autofree char *one = NULL, *other = NULL;
        g_auto(LwPeer) copy = {};

        ck_assert(lw_uri_parse("coaps://127.0.0.1", &peer.uri, NULL));
        peer.rpk = good();
        lw_peer_copy(&copy, &peer);
        ck_assert(lw_peer_same_security(&copy, &peer));
        one = lw_vault_key(&peer);
        replace(&peer.rpk.server, pki_public_key(&stranger));
        other = lw_vault_key(&peer);
        ck_assert_str_ne(one, other);
        ck_assert(!lw_peer_same_security(&copy, &peer));
}
END_TEST

/* --- handshakes ------------------------------------------------------------------------------- */

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTransportFactory *factory;
        LwVault *vault;
        Side client;
        Side server; /* first: it is the listener's user */
        LwListener *listener;
        LwPeer peer;
} Fixture;

static const LwScheme schemes[] = { LW_SCHEME_COAPS, LW_SCHEME_COAPS_TCP };

static const uint8_t *find_nothing(void *user G_GNUC_UNUSED, const uint8_t *identity G_GNUC_UNUSED,
                size_t identity_length G_GNUC_UNUSED, size_t *ret_length G_GNUC_UNUSED)
{
        return NULL;
}

static GBytes *show(void *user G_GNUC_UNUSED)
{
        return shown;
}

static bool take(void *user G_GNUC_UNUSED, const char *identity)
{
        g_autofree char *wanted = lw_raw_key_identity(ours.key);

        return strcmp(identity, wanted) == 0;
}

static void setup(Fixture *self, LwScheme scheme)
{
        g_auto(LwUri) uri = {};
        g_autofree char *address = NULL, *text = NULL;
        g_autofree char *any = g_strconcat(lw_scheme_name(scheme), "://127.0.0.1", NULL);

        *self = (Fixture){ .driver = lw_driver_new(), .vault = lw_vault_new() };
        self->worker = lw_worker_new(self->driver);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        lw_client_transport_factory_use_vault(self->factory, self->vault);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        ck_assert(lw_uri_parse(any, &uri, NULL));
        uri.port = 0;
        self->listener = lw_listener_new(
                        self->driver, &uri, find_nothing, side_accept, &self->server, NULL);
        ck_assert_ptr_nonnull(self->listener);
        ck_assert_int_eq(
                        lw_listener_use_raw_keys(self->listener, show, take), lw_rpk_is_built_in());
        address = lw_listener_address(self->listener);
        text = g_strdup_printf("%s://%s", lw_scheme_name(scheme), address);
        self->peer = (LwPeer){ .security = LW_SECURITY_RPK, .rpk = good() };
        ck_assert(lw_uri_parse(text, &self->peer.uri, NULL));
}

static void teardown(Fixture *self)
{
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        lw_vault_free(self->vault);
        lw_peer_clear(&self->peer);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void speak(Fixture *self)
{
        side_connect_peer(&self->client, self->factory, &self->peer);
        ck_assert_msg(run_until(&self->client, "up\n"), "%s", self->client.log->str);
        ck_assert(side_request(&self->client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self->client, "response"), "%s", self->client.log->str);
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

static void check_known(const Fixture *self, bool resumed)
{
        g_auto(LwSecured) secured = {};
        g_autofree char *fingerprint = lw_raw_key_fingerprint(theirs.key);
        g_autofree char *subject = g_strconcat("sha256:", fingerprint, NULL);
        g_autofree char *wanted = lw_raw_key_identity(ours.key);
        g_autofree char *identity = self->server.transport->ops->identity(self->server.transport);

        self->client.transport->ops->secured(self->client.transport, &secured);
        ck_assert_str_eq(secured.subject, subject);
        ck_assert_ptr_null(secured.name);
        ck_assert_str_eq(identity, wanted);
        ck_assert_int_eq(secured.resumed, resumed);
}

START_TEST(both_ends_know_whose_key_the_other_has)
{
        Fixture self;

        setup(&self, schemes[_i]);
        speak(&self);
        check_known(&self, false);
        teardown(&self);
}
END_TEST

START_TEST(speaks_by_the_cipher_of_the_standard)
{
        Fixture self;
        g_auto(LwSecured) secured = {};

        setup(&self, LW_SCHEME_COAPS);
        self.peer.ciphers[self.peer.cipher_count++] = 0xc0ae;
        speak(&self);
        self.client.transport->ops->secured(self.client.transport, &secured);
        ck_assert_str_eq(secured.cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8");
        teardown(&self);
}
END_TEST

START_TEST(resumes_a_session_with_all_that_it_knew)
{
        Fixture self;

        setup(&self, schemes[_i]);
        speak(&self);
        leave(&self);
        speak(&self);
        check_known(&self, true);
        teardown(&self);
}
END_TEST

START_TEST(a_session_is_not_resumed_for_another_key)
{
        Fixture self;

        setup(&self, schemes[_i]);
        speak(&self);
        leave(&self);
        replace(&self.peer.rpk.server, pki_public_key(&stranger));
        side_connect_peer(&self.client, self.factory, &self.peer);
        ck_assert_msg(run_until(&self.client,
                                      "was refused: the server's public key is not the one"),
                        "%s", self.client.log->str);
        ck_assert(!side_says(&self.client, "up\n"));
        teardown(&self);
}
END_TEST

START_TEST(a_client_with_another_key_is_told)
{
        Fixture self;

        setup(&self, schemes[_i]);
        replace(&self.peer.rpk.private_key, pki_key(&stranger));
        side_connect_peer(&self.client, self.factory, &self.peer);
        ck_assert_msg(run_until(&self.client, "does not take our raw public key: give the server"),
                        "%s", self.client.log->str);
        ck_assert(!side_says(&self.server, "request"));
        teardown(&self);
}
END_TEST

START_TEST(a_server_without_raw_keys_is_told)
{
        Fixture self;

        setup(&self, schemes[_i]);
        lw_listener_use_raw_keys(self.listener, NULL, NULL);
        side_connect_peer(&self.client, self.factory, &self.peer);
        ck_assert_msg(run_until(&self.client, "it has or takes no raw public keys"), "%s",
                        self.client.log->str);
        teardown(&self);
}
END_TEST

START_TEST(a_build_without_them_says_so)
{
        Fixture self;
        g_autoptr(GError) error = NULL;

        setup(&self, schemes[_i]);
        ck_assert_ptr_null(self.factory->open(self.factory, &self.peer, &error));
        ck_assert_str_eq(error->message, LW_RPK_NOT_BUILT_IN);
        teardown(&self);
}
END_TEST

TCase *test_raw_keys(void)
{
        TCase *tcase = tcase_create("raw-keys");
        int count = G_N_ELEMENTS(schemes);

        tcase_set_timeout(tcase, 60);
        tcase_add_unchecked_fixture(tcase, make_all, clear_all);
        tcase_add_test(tcase, reads_der_and_pem_and_knows_the_digest);
        tcase_add_loop_test(tcase, refuses_what_is_no_public_key, 0, G_N_ELEMENTS(garbage));
        tcase_add_test(tcase, checks_what_an_account_has);
        tcase_add_test(tcase, judges_by_key_and_by_digest);
        tcase_add_test(tcase, another_key_of_the_server_is_another_session);
        if (!lw_rpk_is_built_in()) {
                tcase_add_loop_test(tcase, a_build_without_them_says_so, 0, count);
                return tcase;
        }
        tcase_add_loop_test(tcase, both_ends_know_whose_key_the_other_has, 0, count);
        tcase_add_test(tcase, speaks_by_the_cipher_of_the_standard);
        tcase_add_loop_test(tcase, resumes_a_session_with_all_that_it_knew, 0, count);
        tcase_add_loop_test(tcase, a_session_is_not_resumed_for_another_key, 0, count);
        tcase_add_loop_test(tcase, a_client_with_another_key_is_told, 0, count);
        tcase_add_loop_test(tcase, a_server_without_raw_keys_is_told, 0, count);
        return tcase;
}
