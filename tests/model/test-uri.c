/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of server addresses. */
#include <string.h>

#include "lib/suite.h"
#include "model/status.h"
#include "model/uri.h"

TCase *test_uri(void);

/* `path` and `query` with the parts joined by '|', "" for none. Source: RFC 7252, 6; RFC 8323, 8 */
static const struct {
        const char *text;
        LwScheme scheme;
        const char *host;
        uint16_t port;
        const char *path, *query, *authority;
} good[] = {
        { "coap://example.org", LW_SCHEME_COAP, "example.org", 5683, "", "", "example.org:5683" },
        { "coap://example.org/", LW_SCHEME_COAP, "example.org", 5683, "", "", "example.org:5683" },
        { "coap://example.org:/", LW_SCHEME_COAP, "example.org", 5683, "", "", "example.org:5683" },
        { "COAPS://Example.ORG", LW_SCHEME_COAPS, "example.org", 5684, "", "", "example.org:5684" },
        { "coap+tcp://h", LW_SCHEME_COAP_TCP, "h", 5683, "", "", "h:5683" },
        { "coaps+tcp://h", LW_SCHEME_COAPS_TCP, "h", 5684, "", "", "h:5684" },
        { "http://h", LW_SCHEME_HTTP, "h", 80, "", "", "h:80" },
        { "https://h", LW_SCHEME_HTTPS, "h", 443, "", "", "h:443" },
        { "coap://127.0.0.1:5783", LW_SCHEME_COAP, "127.0.0.1", 5783, "", "", "127.0.0.1:5783" },
        { "coaps://[2001:DB8::1]:5684", LW_SCHEME_COAPS, "2001:db8::1", 5684, "", "",
                        "[2001:db8::1]:5684" },
        { "coap://[::1]", LW_SCHEME_COAP, "::1", 5683, "", "", "[::1]:5683" },
        { "coap://[::ffff:192.0.2.1]", LW_SCHEME_COAP, "::ffff:192.0.2.1", 5683, "", "",
                        "[::ffff:192.0.2.1]:5683" },
        { "coap://[fe80::1%25eth0]", LW_SCHEME_COAP, "fe80::1%eth0", 5683, "", "",
                        "[fe80::1%25eth0]:5683" },
        { "coap://[fe80::1%eth0]:1", LW_SCHEME_COAP, "fe80::1%eth0", 1, "", "",
                        "[fe80::1%25eth0]:1" },
        { "coap://[FE80::1%25Br-0.5]", LW_SCHEME_COAP, "fe80::1%Br-0.5", 5683, "", "",
                        "[fe80::1%25Br-0.5]:5683" },
        { "coap://h:65535", LW_SCHEME_COAP, "h", 65535, "", "", "h:65535" },
        { "coap://h/a/b", LW_SCHEME_COAP, "h", 5683, "a|b", "", "h:5683" },
        { "coap://h/a/", LW_SCHEME_COAP, "h", 5683, "a|", "", "h:5683" },
        { "coap://h//a", LW_SCHEME_COAP, "h", 5683, "|a", "", "h:5683" },
        { "coap://h/%7Esensors/t%2f1", LW_SCHEME_COAP, "h", 5683, "~sensors|t/1", "", "h:5683" },
        { "coap://h/%c3%a4", LW_SCHEME_COAP, "h", 5683, "\xc3\xa4", "", "h:5683" },
        { "coap://h/a:b@c;d=e,f", LW_SCHEME_COAP, "h", 5683, "a:b@c;d=e,f", "", "h:5683" },
        { "coap://h/a?x=1&y=/?&z", LW_SCHEME_COAP, "h", 5683, "a", "x=1|y=/?|z", "h:5683" },
        { "coap://h?a%26b", LW_SCHEME_COAP, "h", 5683, "", "a&b", "h:5683" },
        { "coap://h/?", LW_SCHEME_COAP, "h", 5683, "", "", "h:5683" },
        { "coap://under_score.lan.", LW_SCHEME_COAP, "under_score.lan.", 5683, "", "",
                        "under_score.lan.:5683" },
};

START_TEST(parses)
{
        g_auto(LwUri) uri = {};
        g_autofree char *path = NULL, *query = NULL, *authority = NULL;
        g_autoptr(GError) error = NULL;

        ck_assert_msg(lw_uri_parse(good[_i].text, &uri, &error), "%s",
                        error != NULL ? error->message : "");
        path = g_strjoinv("|", uri.segments);
        query = g_strjoinv("|", uri.query);
        authority = lw_uri_authority(&uri);
        ck_assert_int_eq(uri.scheme, good[_i].scheme);
        ck_assert_str_eq(uri.host, good[_i].host);
        ck_assert_uint_eq(uri.port, good[_i].port);
        ck_assert_str_eq(path, good[_i].path);
        ck_assert_str_eq(query, good[_i].query);
        ck_assert_str_eq(authority, good[_i].authority);
        ck_assert(good[_i].path[0] != '\0' || strstr(good[_i].text, "//a") != NULL ||
                        uri.segments[0] == NULL);
}
END_TEST

static const struct {
        const char *text;
        const char *reason; /* in the message */
} bad[] = {
        { "", "does not start with coap://" },
        { "example.org", "does not start with coap://" },
        { "coap:", "does not start with coap://" },
        { "coap:/h", "does not start with coap://" },
        { "coapx://h", "does not start with coap://" },
        { "mqtt://h", "does not start with coap://" },
        { "tel:+491", "does not start with coap://" },
        { " coap://h", "does not start with coap://" },
        { "coap://", "names no host" },
        { "coap:///path", "names no host" },
        { "coap://:5683", "names no host" },
        { "coap://me@h", "user" },
        { "coap://me:secret@h", "user" },
        { "coap://me:secret@[::1]", "user" },
        { "coap://[::1]@h", "user" },
        { "coap://h h", "neither a name nor an address" },
        { "coap://h%41", "neither a name nor an address" },
        { "coap://h\xc3\xa4.org", "neither a name nor an address" },
        { "coap://2001:db8::1", "brackets" },
        { "coap://h:0", "port" },
        { "coap://h:65536", "port" },
        { "coap://h:-1", "port" },
        { "coap://h:5683x", "port" },
        { "coap://[::1", "without ']'" },
        { "coap://[]", "no IPv6 address" },
        { "coap://[127.0.0.1]", "no IPv6 address" },
        { "coap://[::g]", "no IPv6 address" },
        { "coap://[example.org]", "no IPv6 address" },
        { "coap://[fe80::1%]", "zone" },
        { "coap://[fe80::1%a/b]", "zone" },
        { "coap://[::1]x", "behind its host" },
        { "coap://h/a b", "percent-encoded" },
        { "coap://h/\"", "percent-encoded" },
        { "coap://h/\xc3\xa4", "percent-encoded" },
        { "coap://h/%4", "percent-encoded" },
        { "coap://h/%", "percent-encoded" },
        { "coap://h/%4g", "percent-encoded" },
        { "coap://h/%00", "percent-encoded" },
        { "coap://h/%ff", "percent-encoded" },
        { "coap://h/[", "percent-encoded" },
        { "coap://h?a b", "percent-encoded" },
        { "coap://h/..", "'..'" },
        { "coap://h/a/%2e/b", "'.'" },
        { "coap://h/#x", "fragment" },
        { "coap://h?x#", "fragment" },
        { "coap://h#x", "fragment" },
        { "coap://h/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "more than 16" },
        { "coap://h?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17", "more than 16" },
};

START_TEST(refuses_what_is_no_address)
{
        g_autoptr(GError) error = NULL;
        LwUri uri = { .port = 7 };

        ck_assert(!lw_uri_parse(bad[_i].text, &uri, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, bad[_i].reason) != NULL, "%s", error->message);
        ck_assert_ptr_null(uri.host);
        ck_assert_ptr_null(uri.segments);
        ck_assert_ptr_null(uri.query);
        ck_assert_uint_eq(uri.port, 0);
}
END_TEST

START_TEST(shows_no_password_in_messages)
{
        g_autoptr(GError) error = NULL;
        LwUri uri;

        ck_assert(!lw_uri_parse("coap://me:secret@h", &uri, &error));
        ck_assert_ptr_null(strstr(error->message, "secret"));
}
END_TEST

START_TEST(is_bounded_in_length)
{
        g_autofree char *segment = g_strnfill(255 - strlen("coap://h/"), 'x');
        g_autofree char *longest = g_strconcat("coap://h/", segment, NULL);
        g_autofree char *longer = g_strconcat(longest, "x", NULL);
        LwUri uri;

        ck_assert(lw_uri_parse(longest, &uri, NULL));
        lw_uri_clear(&uri);
        ck_assert(!lw_uri_parse(longer, &uri, NULL));
}
END_TEST

static const struct {
        LwScheme scheme;
        const char *name;
        bool secure, stream;
} schemes[] = {
        { LW_SCHEME_COAP, "coap", false, false },
        { LW_SCHEME_COAPS, "coaps", true, false },
        { LW_SCHEME_COAP_TCP, "coap+tcp", false, true },
        { LW_SCHEME_COAPS_TCP, "coaps+tcp", true, true },
        { LW_SCHEME_HTTP, "http", false, true },
        { LW_SCHEME_HTTPS, "https", true, true },
};

START_TEST(knows_its_schemes)
{
        ck_assert_str_eq(lw_scheme_name(schemes[_i].scheme), schemes[_i].name);
        ck_assert(lw_scheme_is_secure(schemes[_i].scheme) == schemes[_i].secure);
        ck_assert(lw_scheme_is_stream(schemes[_i].scheme) == schemes[_i].stream);
}
END_TEST

TCase *test_uri(void)
{
        TCase *tcase = tcase_create("uri");

        tcase_add_loop_test(tcase, parses, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(tcase, refuses_what_is_no_address, 0, G_N_ELEMENTS(bad));
        tcase_add_test(tcase, shows_no_password_in_messages);
        tcase_add_test(tcase, is_bounded_in_length);
        tcase_add_loop_test(tcase, knows_its_schemes, 0, G_N_ELEMENTS(schemes));
        return tcase;
}
