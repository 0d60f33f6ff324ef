/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a certificate is that of a server of a name. */
#include <string.h>

#include "coap/pki.h"
#include "coap/server-name.h"
#include "lib/suite.h"

TCase *test_server_name(void);

/* RFC 6125, 6.4: where there is a dNSName, the Common Name does not count; a wildcard is the whole
 * left-most label and stands for one. RFC 7925, 4.4.1: no other wildcards. */
static const struct {
        const char *common_name;
        const char *names;
        const char *name;
        bool same;
} cases[] = {
        { "a.example", NULL, "a.example", true },
        { "a.example", NULL, "A.Example", true },
        { "a.example", NULL, "a.example.", true },
        { "a.example", NULL, "b.example", false },
        { "a.example", NULL, "x.a.example", false },
        { "a.example", NULL, "", false },
        { "a.example", NULL, ".example", false },
        { "a.example", "DNS:b.example", "b.example", true },
        { "a.example", "DNS:b.example", "a.example", false },
        { "x", "DNS:b.example,DNS:c.example", "c.example", true },
        { "x", "DNS:*.example.com", "a.example.com", true },
        { "x", "DNS:*.example.com", "a.b.example.com", false },
        { "x", "DNS:*.example.com", "example.com", false },
        { "x", "DNS:a*.example.com", "ab.example.com", false },
        { "x", "DNS:*a.example.com", "ba.example.com", false },
        { "x", "DNS:a.*.example.com", "a.b.example.com", false },
        { "x", "DNS:*", "a", false },
        { "x", "IP:192.0.2.1", "192.0.2.1", true },
        { "x", "IP:192.0.2.1", "192.0.2.2", false },
        { "x", "IP:2001:db8::1", "2001:db8:0::1", true },
        { "x", "IP:fe80::1", "fe80::1%eth0", true },
        { "x", "DNS:192.0.2.1", "192.0.2.1", false },
        { "192.0.2.1", NULL, "192.0.2.1", false },
        { "x", "IP:192.0.2.1", "x", true },
        { "x", "email:x@a.example", "a.example", false },
        { NULL, NULL, "a.example", false },
};

START_TEST(compares_names)
{
        g_auto(Pki) pki = pki_make(&(PkiOrder){ .common_name = cases[_i].common_name,
                                                   .names = cases[_i].names },
                        NULL);

        ck_assert_int_eq(lw_server_name_matches(pki.certificate, cases[_i].name), cases[_i].same);
}
END_TEST

static const struct {
        const char *name;
        bool address;
} addresses[] = {
        { "192.0.2.1", true },
        { "::1", true },
        { "fe80::1%eth0", true },
        { "a.example", false },
        { "192.0.2", false },
        { "", false },
};

START_TEST(knows_addresses)
{
        ck_assert_int_eq(lw_server_name_is_address(addresses[_i].name), addresses[_i].address);
}
END_TEST

static const struct {
        const char *common_name;
        const char *names;
        const char *text;
} lists[] = {
        { "a.example", NULL, "'a.example'" },
        { "x", "DNS:a.example,IP:192.0.2.1,IP:::1", "'a.example', '192.0.2.1', '::1'" },
        { "x", "DNS:a,DNS:b,DNS:c,DNS:d,DNS:e", "'a', 'b', 'c', 'd'" },
        { NULL, NULL, "nobody" },
        { "a\nb", NULL, "'a\\x0ab'" },
};

START_TEST(lists_names)
{
        g_auto(Pki) pki = pki_make(&(PkiOrder){ .common_name = lists[_i].common_name,
                                                   .names = lists[_i].names },
                        NULL);
        g_autofree char *text = lw_server_name_list(pki.certificate);

        ck_assert_str_eq(text, lists[_i].text);
}
END_TEST

TCase *test_server_name(void)
{
        TCase *tcase = tcase_create("server-name");

        tcase_add_loop_test(tcase, compares_names, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tcase, knows_addresses, 0, G_N_ELEMENTS(addresses));
        tcase_add_loop_test(tcase, lists_names, 0, G_N_ELEMENTS(lists));
        return tcase;
}
