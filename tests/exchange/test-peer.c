/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers: copied deep, cleared whole. */
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
        tcase_add_loop_test(
                        tcase, names_are_the_words_of_the_configuration, 0, G_N_ELEMENTS(names));
        return tcase;
}
