/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses from text and to text. */
#include <sys/socket.h>

#include <glib.h>

#include "coap/address.h"
#include "lib/suite.h"

TCase *test_address(void);

static const struct {
        const char *host;
        const char *text; /* NULL: no address */
} cases[] = {
        { "127.0.0.1", "127.0.0.1:5683" },
        { "192.0.2.255", "192.0.2.255:5683" },
        { "::1", "[::1]:5683" },
        { "2001:db8::1", "[2001:db8::1]:5683" },
        { "::ffff:192.0.2.1", "192.0.2.1:5683" },
        { "fe80::1%lo", "[fe80::1%lo]:5683" },
        { "localhost", NULL },
        { "", NULL },
        { "[::1]", NULL },
        { "1.2.3.4.5", NULL },
        { "2001:db8::g", NULL },
};

START_TEST(numbers_are_addresses_and_names_are_not)
{
        coap_address_t address;
        g_autofree char *text = NULL;

        ck_assert_int_eq(lw_address_parse(cases[_i].host, 5683, &address), cases[_i].text != NULL);
        if (cases[_i].text == NULL)
                return;
        text = lw_address_text(&address);
        ck_assert_str_eq(text, cases[_i].text);
}
END_TEST

START_TEST(equal_means_family_host_and_port)
{
        coap_address_t four;
        coap_address_t six;
        coap_address_t other_port;

        ck_assert(lw_address_parse("127.0.0.1", 1, &four));
        ck_assert(lw_address_parse("::1", 1, &six));
        ck_assert(lw_address_parse("::1", 2, &other_port));
        ck_assert(lw_address_equal(&four, &four));
        ck_assert(lw_address_equal(&six, &six));
        ck_assert(!lw_address_equal(&four, &six));
        ck_assert(!lw_address_equal(&six, &other_port));
}
END_TEST

START_TEST(finds_the_address_of_an_interface)
{
        coap_address_t remote;
        coap_address_t local;
        g_autofree char *text = NULL;

        ck_assert(lw_address_parse("127.0.0.2", 5683, &remote));
        ck_assert(lw_address_of_interface("lo", &remote, 4000, &local));
        text = lw_address_text(&local);
        ck_assert_str_eq(text, "127.0.0.1:4000");
        ck_assert(!lw_address_of_interface("nonesuch0", &remote, 4000, &local));
}
END_TEST

TCase *test_address(void)
{
        TCase *tcase = tcase_create("address");

        tcase_add_loop_test(tcase, numbers_are_addresses_and_names_are_not, 0, G_N_ELEMENTS(cases));
        tcase_add_test(tcase, equal_means_family_host_and_port);
        tcase_add_test(tcase, finds_the_address_of_an_interface);
        return tcase;
}
