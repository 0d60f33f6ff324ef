/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates for tests, made on the spot. */
#include "coap/pki.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "lib/suite.h"

static void add_extension(X509 *certificate, X509 *issuer, int kind, const char *text)
{
        X509V3_CTX context;
        X509_EXTENSION *extension;

        X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
        extension = X509V3_EXT_conf_nid(NULL, &context, kind, text);
        ck_assert_ptr_nonnull(extension);
        ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
        X509_EXTENSION_free(extension);
}

static void set_times(X509 *certificate, const PkiOrder *order)
{
        int64_t begins = order->begins != 0 ? order->begins : PKI_NOW - PKI_YEAR / 2;
        int64_t ends = order->ends != 0 ? order->ends : PKI_NOW + PKI_YEAR / 2;

        ASN1_TIME_set(X509_getm_notBefore(certificate), begins);
        ASN1_TIME_set(X509_getm_notAfter(certificate), ends);
}

Pki pki_make(const PkiOrder *order, const Pki *issuer)
{
        static long serial = 1;
        Pki self = { EVP_EC_gen("P-256"), X509_new() };
        const Pki *above = issuer != NULL ? issuer : &self;
        X509_NAME *subject = X509_get_subject_name(self.certificate);

        ck_assert_ptr_nonnull(self.key);
        X509_set_version(self.certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(self.certificate), serial++);
        if (order->common_name != NULL)
                X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                (const unsigned char *) order->common_name, -1, -1, 0);
        X509_set_issuer_name(self.certificate, X509_get_subject_name(above->certificate));
        X509_set_pubkey(self.certificate, self.key);
        set_times(self.certificate, order);
        if (order->authority)
                add_extension(self.certificate, above->certificate, NID_basic_constraints,
                                "critical,CA:TRUE");
        if (order->names != NULL)
                add_extension(self.certificate, above->certificate, NID_subject_alt_name,
                                order->names);
        if (order->purposes != NULL)
                add_extension(self.certificate, above->certificate, NID_ext_key_usage,
                                order->purposes);
        ck_assert_int_gt(X509_sign(self.certificate, above->key, EVP_sha256()), 0);
        return self;
}

void pki_clear(Pki *self)
{
        X509_free(self->certificate);
        EVP_PKEY_free(self->key);
}

static GBytes *take(unsigned char *der, int length)
{
        GBytes *bytes;

        ck_assert_int_gt(length, 0);
        bytes = g_bytes_new(der, (gsize) length);
        OPENSSL_free(der);
        return bytes;
}

GBytes *pki_certificate(const Pki *self)
{
        unsigned char *der = NULL;
        int length = i2d_X509(self->certificate, &der);

        return take(der, length);
}

GBytes *pki_chain(const Pki *self, const Pki *above)
{
        g_autoptr(GBytes) first = pki_certificate(self), second = pki_certificate(above);
        GByteArray *both = g_byte_array_new();

        g_byte_array_append(both, g_bytes_get_data(first, NULL), (guint) g_bytes_get_size(first));
        g_byte_array_append(both, g_bytes_get_data(second, NULL), (guint) g_bytes_get_size(second));
        return g_byte_array_free_to_bytes(both);
}

GBytes *pki_key(const Pki *self)
{
        unsigned char *der = NULL;
        int length = i2d_PrivateKey(self->key, &der);

        return take(der, length);
}

GBytes *pki_public_key(const Pki *self)
{
        unsigned char *der = NULL;
        int length = i2d_PUBKEY(self->key, &der);

        return take(der, length);
}

static GBytes *take_bio(BIO *bio)
{
        char *text = NULL;
        long length = BIO_get_mem_data(bio, &text);
        GBytes *bytes = g_bytes_new(text, (gsize) length);

        BIO_free(bio);
        return bytes;
}

GBytes *pki_certificate_pem(const Pki *self)
{
        BIO *bio = BIO_new(BIO_s_mem());

        ck_assert_int_eq(PEM_write_bio_X509(bio, self->certificate), 1);
        return take_bio(bio);
}

GBytes *pki_key_pem(const Pki *self)
{
        BIO *bio = BIO_new(BIO_s_mem());

        ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(bio, self->key, NULL, NULL, 0, NULL, NULL),
                        1);
        return take_bio(bio);
}
