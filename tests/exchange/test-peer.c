/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers: copied deep, cleared whole. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/peer.h"
#include "exchange/suite.h"

START_TEST(a_copy_owns_its_strings)
{
        g_auto(LwPeer) copy = {};
        LwPeer peer = { .security = LW_SECURITY_NOSEC, .local_port = 5700, .nstart = 2 };

        ck_assert(lw_uri_parse("coap://example.com:5690/a/b?c", &peer.uri, NULL));
        peer.local_address = g_strdup("192.0.2.1");
        peer.interface = g_strdup("wwan0");
        lw_peer_copy(&copy, &peer);
        lw_peer_clear(&peer);
        ck_assert_ptr_null(peer.local_address);
        ck_assert_str_eq(copy.uri.host, "example.com");
        ck_assert_uint_eq(copy.uri.port, 5690);
        ck_assert_str_eq(copy.uri.segments[1], "b");
        ck_assert_str_eq(copy.uri.query[0], "c");
        ck_assert_str_eq(copy.local_address, "192.0.2.1");
        ck_assert_str_eq(copy.interface, "wwan0");
        ck_assert_uint_eq(copy.local_port, 5700);
        ck_assert_uint_eq(copy.nstart, 2);
}
END_TEST

START_TEST(an_empty_peer_copies_to_an_empty_one)
{
        g_auto(LwPeer) copy = {};
        LwPeer peer = {};

        lw_peer_copy(&copy, &peer);
        ck_assert_ptr_null(copy.uri.host);
        ck_assert_ptr_null(copy.interface);
}
END_TEST

static const struct {
        LwSecurity security;
        const char *identity;
        const char *key;
        bool same;
} secrets[] = {
        { LW_SECURITY_PSK, "a", "key", true },
        { LW_SECURITY_PSK, "b", "key", false },
        { LW_SECURITY_PSK, NULL, "key", false },
        { LW_SECURITY_PSK, "a", "kez", false },
        { LW_SECURITY_PSK, "a", "keys", false },
        { LW_SECURITY_PSK, "a", "", false },
        { LW_SECURITY_NOSEC, "a", "key", false },
};

static void give(LwPeer *peer, LwSecurity security, const char *identity, const char *key)
{
        peer->security = security;
        peer->psk_identity = g_strdup(identity);
        peer->psk_key_length = strlen(key);
        memcpy(peer->psk_key, key, strlen(key));
}

START_TEST(another_secret_is_another_security)
{
        g_auto(LwPeer) a = {}, b = {};

        give(&a, LW_SECURITY_PSK, "a", "key");
        give(&b, secrets[_i].security, secrets[_i].identity, secrets[_i].key);
        ck_assert_int_eq(lw_peer_same_security(&a, &b), secrets[_i].same);
}
END_TEST

START_TEST(a_cleared_peer_has_no_key)
{
        static const LwPeer nothing;
        g_auto(LwPeer) copy = {};
        LwPeer peer = {};

        give(&peer, LW_SECURITY_PSK, "a", "key");
        lw_peer_copy(&copy, &peer);
        lw_peer_clear(&peer);
        ck_assert_mem_eq(&peer, &nothing, sizeof(peer));
        ck_assert_str_eq(copy.psk_identity, "a");
        ck_assert_mem_eq(copy.psk_key, "key", 3);
}
END_TEST

static const struct {
        LwSecurity security;
        const char *name;
} names[] = {
        { LW_SECURITY_NOSEC, "nosec" },
        { LW_SECURITY_PSK, "psk" },
        { LW_SECURITY_RPK, "rpk" },
        { LW_SECURITY_X509, "x509" },
};

START_TEST(names_are_the_words_of_the_configuration)
{
        ck_assert_str_eq(lw_security_name(names[_i].security), names[_i].name);
}
END_TEST

TCase *test_peer(void)
{
        TCase *tcase = tcase_create("peer");

        tcase_add_test(tcase, a_copy_owns_its_strings);
        tcase_add_test(tcase, an_empty_peer_copies_to_an_empty_one);
        tcase_add_loop_test(tcase, another_secret_is_another_security, 0, G_N_ELEMENTS(secrets));
        tcase_add_test(tcase, a_cleared_peer_has_no_key);
        tcase_add_loop_test(
                        tcase, names_are_the_words_of_the_configuration, 0, G_N_ELEMENTS(names));
        return tcase;
}
