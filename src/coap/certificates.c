/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and keys, from their bytes. */
#include "coap/certificates.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "model/limits.h"
#include "model/status.h"

#define DAY_SECONDS 86400
/* Who is warned so early can get another one in time. */
#define WARNING_SECONDS (30 * DAY_SECONDS)

static void free_certificate(void *data)
{
        X509_free(data);
}

/* A key that is encrypted would make OpenSSL ask on the terminal. */
static int no_passphrase(char *text G_GNUC_UNUSED, int size G_GNUC_UNUSED,
                int writing G_GNUC_UNUSED, void *user G_GNUC_UNUSED)
{
        return -1;
}

static bool is_pem(GBytes *bytes)
{
        size_t length;
        const char *text = g_bytes_get_data(bytes, &length);

        return length > 0 && g_strstr_len(text, (gssize) length, "-----BEGIN ") != NULL;
}

static BIO *open_bytes(GBytes *bytes)
{
        size_t length;
        const void *data = g_bytes_get_data(bytes, &length);

        return BIO_new_mem_buf(data, (int) length);
}

/* --- certificates ----------------------------------------------------------------------------- */

static void read_pem(GBytes *bytes, LwChain *chain)
{
        BIO *bio = open_bytes(bytes);
        X509 *certificate;

        while (chain->len < LW_CERTIFICATES_MAX &&
                        (certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL)
                g_ptr_array_add(chain, certificate);
        BIO_free(bio);
}

/* False: there is something that is none. */
static bool read_der(GBytes *bytes, LwChain *chain)
{
        size_t length;
        const unsigned char *at = g_bytes_get_data(bytes, &length);
        const unsigned char *end = at + length;

        while (at < end && chain->len < LW_CERTIFICATES_MAX) {
                X509 *certificate = d2i_X509(NULL, &at, end - at);

                if (certificate == NULL)
                        return false;
                g_ptr_array_add(chain, certificate);
        }
        return at == end;
}

LwChain *lw_chain_parse(GBytes *bytes, GError **error)
{
        g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(free_certificate);
        bool ok = true;

        ERR_clear_error();
        if (g_bytes_get_size(bytes) > LW_TRUST_ANCHORS_MAX)
                ok = false;
        else if (is_pem(bytes))
                read_pem(bytes, chain);
        else
                ok = read_der(bytes, chain);
        ERR_clear_error();
        if (ok && chain->len > 0)
                return g_steal_pointer(&chain);
        g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "it holds no certificate that can be read; give it as PEM or DER");
        return NULL;
}

char *lw_name_text(const X509_NAME *name)
{
        BIO *bio = BIO_new(BIO_s_mem());
        char *text = NULL;
        long length;
        char *copy;

        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
        length = BIO_get_mem_data(bio, &text);
        copy = g_utf8_make_valid(text == NULL ? "" : text, length);
        BIO_free(bio);
        return copy;
}

char *lw_certificate_subject(const X509 *certificate)
{
        return lw_name_text(X509_get_subject_name(certificate));
}

char *lw_certificate_common_name(const X509 *certificate)
{
        const X509_NAME *subject = X509_get_subject_name(certificate);
        int found = -1, last = -1;
        unsigned char *text = NULL;
        int length;
        char *copy = NULL;

        while ((found = X509_NAME_get_index_by_NID(subject, NID_commonName, found)) >= 0)
                last = found;
        if (last < 0)
                return NULL;
        length = ASN1_STRING_to_UTF8(
                        &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
        /* A name with a byte 0 pretends to be the one before it. */
        if (length > 0 && memchr(text, '\0', (size_t) length) == NULL)
                copy = g_strndup((const char *) text, (size_t) length);
        OPENSSL_free(text);
        return copy;
}

const EVP_MD *lw_matching_type_digest(LwMatchingType matching)
{
        switch (matching) {
        case LW_MATCHING_EXACT:
                return NULL;
        case LW_MATCHING_SHA256:
                return EVP_sha256();
        case LW_MATCHING_SHA384:
                return EVP_sha384();
        case LW_MATCHING_SHA512:
                return EVP_sha512();
        }
        g_assert_not_reached();
}

GBytes *lw_certificate_digest(GBytes *certificates, LwMatchingType matching)
{
        g_autoptr(GPtrArray) chain = lw_chain_parse(certificates, NULL);
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned length = 0;

        if (chain == NULL || matching == LW_MATCHING_EXACT ||
                        X509_digest(chain->pdata[0], lw_matching_type_digest(matching), digest,
                                        &length) != 1)
                return NULL;
        return g_bytes_new(digest, length);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
        static const int64_t epoch_day = 719163; /* of 1970-01-01, counted from year 1 */
        struct tm parts;
        GDate date;

        if (ASN1_TIME_to_tm(time, &parts) != 1 ||
                        !g_date_valid_dmy((GDateDay) parts.tm_mday, (GDateMonth) (parts.tm_mon + 1),
                                        (GDateYear) (parts.tm_year + 1900)))
                return INT64_MIN;
        g_date_set_dmy(&date, (GDateDay) parts.tm_mday, (GDateMonth) (parts.tm_mon + 1),
                        (GDateYear) (parts.tm_year + 1900));
        return ((int64_t) g_date_get_julian(&date) - epoch_day) * DAY_SECONDS +
               parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
}

int64_t lw_certificate_begins(const X509 *certificate)
{
        return seconds_of(X509_get0_notBefore(certificate));
}

int64_t lw_certificate_ends(const X509 *certificate)
{
        return seconds_of(X509_get0_notAfter(certificate));
}

char *lw_day_text(int64_t seconds)
{
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

        return time == NULL ? g_strdup("a day that cannot be read")
                            : g_date_time_format(time, "%Y-%m-%d");
}

/* --- private keys ----------------------------------------------------------------------------- */

static EVP_PKEY *read_key(GBytes *bytes)
{
        size_t length;
        const unsigned char *at = g_bytes_get_data(bytes, &length);
        EVP_PKEY *key;
        BIO *bio;

        if (!is_pem(bytes)) {
                const unsigned char *end = at + length;

                key = d2i_AutoPrivateKey(NULL, &at, (long) length);
                if (key != NULL && at == end)
                        return key;
                EVP_PKEY_free(key);
                return NULL;
        }
        bio = open_bytes(bytes);
        key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
        BIO_free(bio);
        return key;
}

EVP_PKEY *lw_private_key_parse(GBytes *bytes, GError **error)
{
        size_t length;
        const char *text = g_bytes_get_data(bytes, &length);
        EVP_PKEY *key = NULL;

        ERR_clear_error();
        if (length > 0 && length <= LW_PRIVATE_KEY_MAX)
                key = read_key(bytes);
        ERR_clear_error();
        if (key != NULL)
                return key;
        if (length > 0 && g_strstr_len(text, (gssize) length, "ENCRYPTED") != NULL)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the private key is encrypted, and nobody is there to give its "
                                "passphrase; 'openssl pkey' writes it without one, and a systemd "
                                "credential keeps it secret");
        else
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "it holds no private key that can be read; give it as PKCS#8 or "
                                "SEC 1, PEM or DER");
        return NULL;
}

/* --- public keys ------------------------------------------------------------------------------ */

static EVP_PKEY *read_public_key(GBytes *bytes)
{
        size_t length;
        const unsigned char *at = g_bytes_get_data(bytes, &length);
        const unsigned char *end = at + length;
        EVP_PKEY *key;
        BIO *bio;

        if (is_pem(bytes)) {
                bio = open_bytes(bytes);
                key = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
                BIO_free(bio);
                return key;
        }
        key = d2i_PUBKEY(NULL, &at, (long) length);
        if (key != NULL && at == end)
                return key;
        EVP_PKEY_free(key);
        return NULL;
}

EVP_PKEY *lw_public_key_parse(GBytes *bytes, GError **error)
{
        size_t length = g_bytes_get_size(bytes);
        EVP_PKEY *key = NULL;

        ERR_clear_error();
        if (length > 0 && length <= LW_PUBLIC_KEY_MAX)
                key = read_public_key(bytes);
        ERR_clear_error();
        if (key == NULL)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "it holds no public key that can be read; give it as "
                                "SubjectPublicKeyInfo, PEM or DER, as 'openssl pkey -pubout' "
                                "writes it");
        return key;
}

/* --- all that an account has ------------------------------------------------------------------ */

static bool check_server(const LwX509 *self, GError **error)
{
        size_t wanted = lw_matching_type_length(self->matching);
        size_t length;
        const unsigned char *at = g_bytes_get_data(self->server, &length);
        EVP_PKEY *key;
        g_autoptr(GPtrArray) chain = NULL;

        if (self->matching != LW_MATCHING_EXACT) {
                if (length == wanted)
                        return true;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the server's certificate is given as %zu bytes, and its %s digest "
                                "has %zu; give the digest, or MatchingType=exact",
                                length, lw_matching_type_name(self->matching), wanted);
                return false;
        }
        chain = lw_chain_parse(self->server, NULL);
        if (chain != NULL)
                return true;
        key = d2i_PUBKEY(NULL, &at, (long) length);
        ERR_clear_error();
        if (key == NULL)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the server's certificate cannot be read; give it as PEM or DER");
        EVP_PKEY_free(key);
        return key != NULL;
}

bool lw_x509_check(const LwX509 *self, GError **error)
{
        g_autoptr(GPtrArray) chain = NULL, anchors = NULL;
        g_autoptr(EVP_PKEY) key = NULL;

        if (self->certificate == NULL || self->private_key == NULL) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'x509' needs a certificate and its private key");
                return false;
        }
        chain = lw_chain_parse(self->certificate, error);
        key = chain == NULL ? NULL : lw_private_key_parse(self->private_key, error);
        if (key == NULL)
                return false;
        if (X509_check_private_key(chain->pdata[0], key) != 1) {
                ERR_clear_error();
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the private key is not that of the certificate; give the two that "
                                "belong together, our own certificate first");
                return false;
        }
        if (self->anchors != NULL && (anchors = lw_chain_parse(self->anchors, error)) == NULL)
                return false;
        return self->server == NULL || check_server(self, error);
}

static char *warn_of(X509 *certificate, const char *what, int64_t now)
{
        int64_t begins = lw_certificate_begins(certificate),
                ends = lw_certificate_ends(certificate);
        g_autofree char *first = lw_day_text(begins), *last = lw_day_text(ends);

        if (ends <= now)
                return g_strdup_printf("%s expired on %s; renew it", what, last);
        if (begins > now)
                return g_strdup_printf("%s is good from %s on; set the clock of this host, or wait",
                                what, first);
        if (ends - now <= WARNING_SECONDS)
                return g_strdup_printf("%s expires on %s; renew it before", what, last);
        return NULL;
}

char *lw_x509_warning(const LwX509 *self, int64_t now_seconds)
{
        g_autoptr(GPtrArray) ours = lw_chain_parse(self->certificate, NULL);
        g_autoptr(GPtrArray) theirs = NULL;
        char *warning = NULL;

        for (guint i = 0; ours != NULL && warning == NULL && i < ours->len; i++)
                warning = warn_of(ours->pdata[i],
                                i == 0 ? "the certificate" : "a certificate above ours",
                                now_seconds);
        /* a certificate that is compared as a whole has no dates that count */
        if (warning != NULL || self->server == NULL || self->matching != LW_MATCHING_EXACT ||
                        self->usage == LW_USAGE_DOMAIN_ISSUED)
                return warning;
        theirs = lw_chain_parse(self->server, NULL);
        return theirs == NULL ? NULL
                              : warn_of(theirs->pdata[0], "the server's certificate", now_seconds);
}
