/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of pre-shared keys: what it says, and what is said of its mistakes. */
#include <string.h>

#include "coap/rpk.h"
#include "model/status.h"
#include "testserver/keys.h"
#include "testserver/suite.h"

static const char text[] = "# identity key endpoint\n"
                           "\n"
                           "gateway 00ff10 dev1\n"
                           "  any\tAB\r\n"
                           "last 01";

static const struct {
        const char *identity;
        const char *key;
        size_t length; /* 0: unknown */
} found[] = {
        { "gateway", "\x00\xff\x10", 3 },
        { "any", "\xab", 1 },
        { "last", "\x01", 1 },
        { "gate", NULL, 0 },
        { "#", NULL, 0 },
        { "", NULL, 0 },
};

/* A key of openssl, and what sha256sum says of its DER. */
#define RAW_LINE                                                                                   \
        "rpk MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEidLiv23yElgFwc0xjLLlOXxJzupY"                     \
        "NlWbgksyXXh43EqaLu0meq4eCUAQkbnZqzs7Fu8mtx53xh8b1busDxSs/w=="
#define RAW_IDENTITY "rpk:4f615deac1375dadcd0bb34514131b52f9d9fa6f816baa9cd1749e6d4d3ab565"

static const char raw[] = RAW_LINE " dev1\ngateway 00ff10\n";

START_TEST(finds_the_key_of_an_identity)
{
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse(text, strlen(text), NULL);
        size_t length = 0;
        const uint8_t *key = lw_test_keys_find(keys, (const uint8_t *) found[_i].identity,
                        strlen(found[_i].identity), &length);

        ck_assert_uint_eq(length, found[_i].length);
        ck_assert_int_eq(key != NULL, found[_i].length > 0);
        if (key != NULL)
                ck_assert_mem_eq(key, found[_i].key, length);
}
END_TEST

START_TEST(an_identity_with_a_byte_0_is_unknown)
{
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse(text, strlen(text), NULL);
        size_t length;

        ck_assert_ptr_null(lw_test_keys_find(keys, (const uint8_t *) "any\0x", 5, &length));
}
END_TEST

static const struct {
        const char *identity;
        const char *endpoint;
        bool allowed;
} pairs[] = {
        { "gateway", "dev1", true },
        { "gateway", "dev2", false },
        { "any", "dev2", true },
        { "nobody", "dev1", false },
};

START_TEST(binds_an_identity_to_its_endpoint)
{
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse(text, strlen(text), NULL);

        ck_assert_int_eq(lw_test_keys_allow(keys, pairs[_i].identity, pairs[_i].endpoint),
                        pairs[_i].allowed);
}
END_TEST

#define OSCORE_DIGITS                                                                              \
        "line 1: a Master Secret has 16 to 64 bytes, an id at most 7, all in hexadecimal digits, " \
        "of which two are a byte"

static const struct {
        const char *text;
        const char *message;
} mistakes[] = {
        { "a\n", "line 1: a line is IDENTITY KEY, or IDENTITY KEY ENDPOINT" },
        { "\na 00 b c\n", "line 2: a line is IDENTITY KEY, or IDENTITY KEY ENDPOINT" },
        { "oscore:01 000102030405060708090a0b0c0d0e0f",
                        "line 1: an OSCORE identity is oscore:CLIENT:SERVER, then perhaps :SALT "
                        "and :CONTEXT" },
        { "oscore:01:01 000102030405060708090a0b0c0d0e0f",
                        "line 1: client and server must have different ids" },
        { "oscore:01:02 0001", OSCORE_DIGITS },
        { "oscore:0102030405060708:02 000102030405060708090a0b0c0d0e0f", OSCORE_DIGITS },
        { "oscore:x1:02 000102030405060708090a0b0c0d0e0f", OSCORE_DIGITS },
        { "a sentinel\n", "line 1: the key must be 2 to 128 hexadecimal digits, of which two are a "
                          "byte" },
        { "a 000\n", "line 1: the key must be 2 to 128 hexadecimal digits, of which two are a "
                     "byte" },
        { "a 00\na 01\n", "line 2: the identity has a key already" },
        { "\xff 00\n", "line 1: the line is not UTF-8 text" },
};

START_TEST(a_mistake_is_told_with_its_line)
{
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(
                        lw_test_keys_parse(mistakes[_i].text, strlen(mistakes[_i].text), &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        ck_assert_str_eq(error->message, mistakes[_i].message);
}
END_TEST

START_TEST(an_oscore_context_is_no_shared_key)
{
        static const char line[] = "oscore:01:02:9e7c:a0 000102030405060708090a0b0c0d0e0f dev1";
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse(line, strlen(line), NULL);
        const LwOscore *oscore;
        size_t length;

        ck_assert_ptr_nonnull(keys);
        ck_assert_uint_eq(lw_test_keys_oscore_count(keys), 1);
        oscore = lw_test_keys_oscore(keys, 0);
        ck_assert_uint_eq(oscore->secret.length, 16);
        ck_assert_uint_eq(oscore->recipient.data[0], 1); /* the client's id is what we receive by */
        ck_assert_uint_eq(oscore->sender.data[0], 2);
        ck_assert_uint_eq(oscore->salt.length, 2);
        ck_assert_uint_eq(oscore->context.data[0], 0xa0);
        ck_assert_ptr_null(lw_test_keys_find(keys, (const uint8_t *) "oscore:01", 9, &length));
        ck_assert(lw_test_keys_allow(keys, "oscore:01", "dev1"));
        ck_assert(!lw_test_keys_allow(keys, "oscore:01", "dev2"));
}
END_TEST

START_TEST(a_raw_public_key_is_known_by_its_digest)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse(raw, strlen(raw), &error);
        size_t length;

        if (!lw_rpk_is_built_in()) {
                ck_assert_str_eq(error->message, "line 1: " LW_RPK_NOT_BUILT_IN);
                return;
        }
        ck_assert_ptr_nonnull(keys);
        ck_assert(lw_test_keys_has_raw(keys, RAW_IDENTITY));
        ck_assert(!lw_test_keys_has_raw(keys, "rpk"));
        ck_assert(!lw_test_keys_has_raw(keys, "gateway"));
        ck_assert(lw_test_keys_allow(keys, RAW_IDENTITY, "dev1"));
        ck_assert(!lw_test_keys_allow(keys, RAW_IDENTITY, "dev2"));
        ck_assert_ptr_null(lw_test_keys_find(
                        keys, (const uint8_t *) RAW_IDENTITY, strlen(RAW_IDENTITY), &length));
}
END_TEST

static const struct {
        const char *text;
        const char *message;
} raw_mistakes[] = {
        { "rpk AAAA\n", "line 1: a raw public key is its SubjectPublicKeyInfo, DER in base64" },
        { "rpk !\n", "line 1: a raw public key is its SubjectPublicKeyInfo, DER in base64" },
        { RAW_LINE " dev1\n" RAW_LINE " dev2\n", "line 2: the raw public key is there already" },
};

START_TEST(a_mistake_in_a_raw_public_key_is_told)
{
        const char *text_of = raw_mistakes[_i].text;
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_test_keys_parse(text_of, strlen(text_of), &error));
        ck_assert_msg(g_str_has_prefix(error->message, raw_mistakes[_i].message) ||
                                        !lw_rpk_is_built_in(),
                        "%s", error->message);
}
END_TEST

START_TEST(holds_keys_of_64_bytes_and_no_more)
{
        for (unsigned bytes = 64; bytes <= 65; bytes++) {
                g_autofree char *digits = g_strnfill(2 * bytes, 'a');
                g_autofree char *line = g_strdup_printf("a %s", digits);
                g_autoptr(LwTestKeys) keys = lw_test_keys_parse(line, strlen(line), NULL);

                ck_assert_int_eq(keys != NULL, bytes == 64);
        }
}
END_TEST

TCase *test_keys(void)
{
        TCase *tcase = tcase_create("keys");

        tcase_add_loop_test(tcase, finds_the_key_of_an_identity, 0, G_N_ELEMENTS(found));
        tcase_add_test(tcase, an_identity_with_a_byte_0_is_unknown);
        tcase_add_loop_test(tcase, binds_an_identity_to_its_endpoint, 0, G_N_ELEMENTS(pairs));
        tcase_add_loop_test(tcase, a_mistake_is_told_with_its_line, 0, G_N_ELEMENTS(mistakes));
        tcase_add_test(tcase, an_oscore_context_is_no_shared_key);
        tcase_add_test(tcase, a_raw_public_key_is_known_by_its_digest);
        tcase_add_loop_test(tcase, a_mistake_in_a_raw_public_key_is_told, 0,
                        G_N_ELEMENTS(raw_mistakes));
        tcase_add_test(tcase, holds_keys_of_64_bytes_and_no_more);
        return tcase;
}
