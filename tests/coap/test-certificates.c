/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and private keys, from their bytes. */
#include <string.h>

#include "coap/certificates.h"
#include "coap/pki.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_certificates(void);

typedef struct Fixture {
        Pki authority, ours, other;
} Fixture;

static Fixture fixture;

static void setup(void)
{
        fixture.authority = pki_make(&(PkiOrder){ .common_name = "ca", .authority = true }, NULL);
        fixture.ours = pki_make(&(PkiOrder){ .common_name = "dev1" }, &fixture.authority);
        fixture.other = pki_make(&(PkiOrder){ .common_name = "other" }, &fixture.authority);
}

static void teardown(void)
{
        pki_clear(&fixture.authority);
        pki_clear(&fixture.ours);
        pki_clear(&fixture.other);
}

START_TEST(reads_der_and_pem_and_several)
{
        g_autoptr(GBytes) der = pki_certificate(&fixture.ours);
        g_autoptr(GBytes) pem = pki_certificate_pem(&fixture.ours);
        g_autoptr(GBytes) two = pki_chain(&fixture.ours, &fixture.authority);
        g_autoptr(GPtrArray) a = lw_chain_parse(der, NULL), b = lw_chain_parse(pem, NULL);
        g_autoptr(GPtrArray) c = lw_chain_parse(two, NULL);
        g_autofree char *subject = NULL, *name = NULL;

        ck_assert_uint_eq(a->len, 1);
        ck_assert_uint_eq(b->len, 1);
        ck_assert_int_eq(X509_cmp(a->pdata[0], b->pdata[0]), 0);
        ck_assert_uint_eq(c->len, 2);
        ck_assert_int_eq(X509_cmp(c->pdata[1], fixture.authority.certificate), 0);
        subject = lw_certificate_subject(c->pdata[0]);
        name = lw_certificate_common_name(c->pdata[0]);
        ck_assert_str_eq(subject, "CN=dev1");
        ck_assert_str_eq(name, "dev1");
}
END_TEST

START_TEST(reads_keys_of_each_kind)
{
        g_autoptr(GBytes) der = pki_key(&fixture.ours), pem = pki_key_pem(&fixture.ours);
        g_autoptr(EVP_PKEY) a = lw_private_key_parse(der, NULL);
        g_autoptr(EVP_PKEY) b = lw_private_key_parse(pem, NULL);

        ck_assert_int_eq(EVP_PKEY_eq(a, fixture.ours.key), 1);
        ck_assert_int_eq(EVP_PKEY_eq(b, fixture.ours.key), 1);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
        const char *bytes;
        size_t length;
} garbage[] = {
        { BYTES("") },
        { BYTES("x") },
        { BYTES("\x30\x82\xff\xff") },
        { BYTES("\x30\x80\x00\x00") },
        { BYTES("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n") },
        { BYTES("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") },
        { BYTES("-----BEGIN ") },
};

START_TEST(refuses_garbage)
{
        g_autoptr(GBytes) bytes = g_bytes_new_static(garbage[_i].bytes, garbage[_i].length);
        g_autoptr(GError) error = NULL, second = NULL;

        ck_assert_ptr_null(lw_chain_parse(bytes, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        ck_assert_ptr_null(lw_private_key_parse(bytes, &second));
        ck_assert_int_eq(second->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(refuses_what_follows_a_certificate_and_is_none)
{
        g_autoptr(GBytes) der = pki_certificate(&fixture.ours);
        GByteArray *more = g_byte_array_new();
        g_autoptr(GBytes) bytes = NULL;

        g_byte_array_append(more, g_bytes_get_data(der, NULL), (guint) g_bytes_get_size(der));
        g_byte_array_append(more, (const guint8 *) "x", 1);
        bytes = g_byte_array_free_to_bytes(more);
        ck_assert_ptr_null(lw_chain_parse(bytes, NULL));
}
END_TEST

START_TEST(tells_that_a_key_is_encrypted)
{
        static const char text[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                   "-----END ENCRYPTED PRIVATE KEY-----\n";
        g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_private_key_parse(bytes, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "the private key is encrypted"));
}
END_TEST

enum { NONE, OURS, OTHER, DIGEST_32, DIGEST_48, KEY_OF_OTHER, GARBAGE };

static GBytes *server_of(int which)
{
        switch (which) {
        case OURS:
                return pki_certificate(&fixture.ours);
        case OTHER:
                return pki_certificate_pem(&fixture.other);
        case KEY_OF_OTHER:
                return pki_public_key(&fixture.other);
        case DIGEST_32:
                return g_bytes_new("0123456789abcdef0123456789abcdef", 32);
        case DIGEST_48:
                return g_bytes_new("0123456789abcdef0123456789abcdef0123456789abcdef", 48);
        case GARBAGE:
                return g_bytes_new("garbage", 7);
        }
        return NULL;
}

static const struct {
        bool certificate, key_of_other;
        int server;
        LwMatchingType matching;
        const char *problem;
} checks[] = {
        { true, false, NONE, LW_MATCHING_EXACT, NULL },
        { true, false, OTHER, LW_MATCHING_EXACT, NULL },
        { true, false, KEY_OF_OTHER, LW_MATCHING_EXACT, NULL },
        { true, false, DIGEST_32, LW_MATCHING_SHA256, NULL },
        { true, false, DIGEST_48, LW_MATCHING_SHA384, NULL },
        { false, false, NONE, LW_MATCHING_EXACT, "'x509' needs a certificate and its private key" },
        { true, true, NONE, LW_MATCHING_EXACT, "the private key is not that of the certificate" },
        { true, false, GARBAGE, LW_MATCHING_EXACT, "the server's certificate cannot be read" },
        { true, false, DIGEST_32, LW_MATCHING_SHA384,
                        "the server's certificate is given as 32 bytes, and its sha384 digest has "
                        "48" },
        { true, false, OURS, LW_MATCHING_SHA512, "the server's certificate is given as" },
};

START_TEST(checks_what_belongs_together)
{
        g_auto(LwX509) x509 = { .matching = checks[_i].matching };
        g_autoptr(GError) error = NULL;

        if (checks[_i].certificate)
                x509.certificate = pki_certificate(&fixture.ours);
        x509.private_key = pki_key(checks[_i].key_of_other ? &fixture.other : &fixture.ours);
        x509.server = server_of(checks[_i].server);
        ck_assert_int_eq(lw_x509_check(&x509, &error), checks[_i].problem == NULL);
        if (error != NULL)
                ck_assert_msg(g_str_has_prefix(error->message, checks[_i].problem), "%s",
                                error->message);
}
END_TEST

/* 2023-11-14, and certificates from 2023-05-16 to 2024-05-15. */
static const struct {
        int64_t now;
        const char *warning;
} warnings[] = {
        { PKI_NOW, NULL },
        { PKI_NOW + PKI_YEAR / 2 - 31 * 86400, NULL },
        { PKI_NOW + PKI_YEAR / 2 - 29 * 86400,
                        "the certificate expires on 2024-05-15; renew it before" },
        { PKI_NOW + PKI_YEAR / 2, "the certificate expired on 2024-05-15; renew it" },
        { PKI_NOW - PKI_YEAR, "the certificate is good from 2023-05-16 on; set the clock of this "
                              "host, or "
                              "wait" },
};

START_TEST(warns_of_dates)
{
        g_auto(LwX509) x509 = { .certificate = pki_certificate(&fixture.ours) };
        g_autofree char *warning = lw_x509_warning(&x509, warnings[_i].now);

        ck_assert_msg(g_strcmp0(warning, warnings[_i].warning) == 0, "%s", warning);
}
END_TEST

START_TEST(reads_dates)
{
        ck_assert_int_eq(lw_certificate_ends(fixture.ours.certificate), PKI_NOW + PKI_YEAR / 2);
        ck_assert_int_eq(lw_certificate_begins(fixture.ours.certificate), PKI_NOW - PKI_YEAR / 2);
}
END_TEST

TCase *test_certificates(void)
{
        TCase *tcase = tcase_create("certificates");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, reads_der_and_pem_and_several);
        tcase_add_test(tcase, reads_keys_of_each_kind);
        tcase_add_loop_test(tcase, refuses_garbage, 0, G_N_ELEMENTS(garbage));
        tcase_add_test(tcase, refuses_what_follows_a_certificate_and_is_none);
        tcase_add_test(tcase, tells_that_a_key_is_encrypted);
        tcase_add_loop_test(tcase, checks_what_belongs_together, 0, G_N_ELEMENTS(checks));
        tcase_add_loop_test(tcase, warns_of_dates, 0, G_N_ELEMENTS(warnings));
        tcase_add_test(tcase, reads_dates);
        return tcase;
}
