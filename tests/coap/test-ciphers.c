/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cipher suites by number and name. */
#include "coap/ciphers.h"
#include "lib/suite.h"

TCase *test_ciphers(void);

/* Source: IANA, TLS Cipher Suites; RFC 6655, 3; RFC 7251, 2. */
static const struct {
        const char *text;
        uint16_t number;
        const char *name;
        LwCipherFit psk, x509;
} known[] = {
        { "TLS_PSK_WITH_AES_128_CCM_8", 0xc0a8, "TLS_PSK_WITH_AES_128_CCM_8", LW_CIPHER_FITS,
                        LW_CIPHER_OF_OTHER_MODE },
        { "PSK-AES128-CCM8", 0xc0a8, "TLS_PSK_WITH_AES_128_CCM_8", LW_CIPHER_FITS,
                        LW_CIPHER_OF_OTHER_MODE },
        { "0xC0A8", 0xc0a8, "TLS_PSK_WITH_AES_128_CCM_8", LW_CIPHER_FITS, LW_CIPHER_OF_OTHER_MODE },
        { "0xc0ae", 0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", LW_CIPHER_OF_OTHER_MODE,
                        LW_CIPHER_FITS },
        { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 0xc023,
                        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", LW_CIPHER_OF_OTHER_MODE,
                        LW_CIPHER_FITS },
        { "TLS_PSK_WITH_AES_128_CBC_SHA256", 0x00ae, "TLS_PSK_WITH_AES_128_CBC_SHA256",
                        LW_CIPHER_FITS, LW_CIPHER_OF_OTHER_MODE },
        { "TLS_AES_128_GCM_SHA256", 0x1301, "TLS_AES_128_GCM_SHA256", LW_CIPHER_FITS,
                        LW_CIPHER_FITS },
};

START_TEST(knows_them_by_each_name)
{
        uint16_t number = 0;

        ck_assert(lw_cipher_parse(known[_i].text, &number));
        ck_assert_uint_eq(number, known[_i].number);
        ck_assert_str_eq(lw_cipher_name(number), known[_i].name);
        ck_assert_int_eq(lw_cipher_fit(number, LW_SECURITY_PSK), known[_i].psk);
        ck_assert_int_eq(lw_cipher_fit(number, LW_SECURITY_X509), known[_i].x509);
}
END_TEST

/* Those that encrypt nothing, or prove nobody, are none to us. */
static const char *const unknown[] = { "", "AES", "0xC0A", "0xC0A88", "0xzzzz", "0xffff", "C0A8",
        "TLS_NULL_WITH_NULL_NULL", "TLS_PSK_WITH_NULL_SHA256", "0x0000",
        "TLS_DH_anon_WITH_AES_128_CBC_SHA", "ALL", "PSK-AES128-CCM8:ALL" };

START_TEST(does_not_know_others)
{
        uint16_t number = 7;

        ck_assert(!lw_cipher_parse(unknown[_i], &number));
        ck_assert_uint_eq(number, 7);
}
END_TEST

START_TEST(a_number_of_nothing_has_no_name)
{
        ck_assert_ptr_null(lw_cipher_name(0xffff));
        ck_assert_int_eq(lw_cipher_fit(0xffff, LW_SECURITY_PSK), LW_CIPHER_UNKNOWN);
}
END_TEST

static const struct {
        uint16_t numbers[4];
        unsigned count;
        bool ok;
        uint16_t offered[4];
} offers[] = {
        { { 0xc0a8 }, 1, true, { 0xc0a8 } },
        { { 0x00a8, 0xc0a8 }, 2, true, { 0x00a8, 0xc0a8 } },
        { { 0xc0a8, 0x00a8 }, 2, true, { 0xc0a8, 0x00a8 } },
        { { 0xffff, 0xc0a8 }, 2, true, { 0xc0a8 } },
        { { 0x1301, 0xc0a8 }, 2, true, { 0x1301, 0xc0a8 } },
        { { 0xffff }, 1, false, {} },
};

START_TEST(offers_these_and_no_others)
{
        SSL_CTX *context = SSL_CTX_new(TLS_client_method());
        SSL *ssl = SSL_new(context);
        STACK_OF(SSL_CIPHER) * list;
        unsigned count = 0;

        ck_assert_int_eq(
                        lw_ciphers_offer(ssl, offers[_i].numbers, offers[_i].count), offers[_i].ok);
        list = SSL_get_ciphers(ssl);
        for (int i = 0; offers[_i].ok && i < sk_SSL_CIPHER_num(list); i++) {
                ck_assert_uint_lt(count, G_N_ELEMENTS(offers[_i].offered));
                ck_assert_uint_eq(SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(list, i)),
                                offers[_i].offered[count++]);
        }
        SSL_free(ssl);
        SSL_CTX_free(context);
}
END_TEST

TCase *test_ciphers(void)
{
        TCase *tcase = tcase_create("ciphers");

        tcase_add_loop_test(tcase, knows_them_by_each_name, 0, G_N_ELEMENTS(known));
        tcase_add_loop_test(tcase, does_not_know_others, 0, G_N_ELEMENTS(unknown));
        tcase_add_test(tcase, a_number_of_nothing_has_no_name);
        tcase_add_loop_test(tcase, offers_these_and_no_others, 0, G_N_ELEMENTS(offers));
        return tcase;
}
