/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw public keys: whether ours can be used, and whether the server's is the one that is given. */
#include "coap/raw-keys.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "coap/certificates.h"
#include "model/status.h"

static GBytes *digest_of(const EVP_PKEY *key, const EVP_MD *kind)
{
        unsigned char *der = NULL;
        int length = i2d_PUBKEY(key, &der);
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned digest_length = 0;

        if (length > 0 && EVP_Digest(der, (size_t) length, digest, &digest_length, kind, NULL) != 1)
                digest_length = 0;
        OPENSSL_free(der);
        ERR_clear_error();
        return g_bytes_new(digest, digest_length);
}

char *lw_raw_key_fingerprint(const EVP_PKEY *key)
{
        g_autoptr(GBytes) digest = digest_of(key, EVP_sha256());
        size_t length;
        const uint8_t *bytes = g_bytes_get_data(digest, &length);
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < length; i++)
                g_string_append_printf(text, "%02x", bytes[i]);
        return g_string_free(text, FALSE);
}

char *lw_raw_key_identity(const EVP_PKEY *key)
{
        g_autofree char *fingerprint = lw_raw_key_fingerprint(key);

        return g_strconcat("rpk:", fingerprint, NULL);
}

GBytes *lw_raw_key_digest(GBytes *public_key, LwMatchingType matching)
{
        g_autoptr(EVP_PKEY) key = lw_public_key_parse(public_key, NULL);

        if (key == NULL || matching == LW_MATCHING_EXACT)
                return NULL;
        return digest_of(key, lw_matching_type_digest(matching));
}

/* --- what an account has ---------------------------------------------------------------------- */

static bool check_ours(const LwRpk *self, GError **error)
{
        g_autoptr(EVP_PKEY) secret = lw_private_key_parse(self->private_key, error);
        g_autoptr(EVP_PKEY) public = NULL;
        bool same;

        if (secret == NULL)
                return false;
        if (self->public_key == NULL)
                return true;
        public = lw_public_key_parse(self->public_key, error);
        if (public == NULL)
                return false;
        same = EVP_PKEY_eq(public, secret) == 1;
        ERR_clear_error();
        if (!same)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the public key is not that of the private key; leave "
                                "PublicKeyFile= out, or make it by 'openssl pkey -pubout' from the "
                                "private one");
        return same;
}

static bool check_server(const LwRpk *self, GError **error)
{
        size_t length = g_bytes_get_size(self->server);
        size_t wanted = lw_matching_type_length(self->matching);
        g_autoptr(EVP_PKEY) key = NULL;

        if (self->matching == LW_MATCHING_EXACT) {
                key = lw_public_key_parse(self->server, error);
                if (key == NULL)
                        g_prefix_error(error, "the server's public key: ");
                return key != NULL;
        }
        if (length == wanted)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "the server's public key is given as %zu bytes, and its %s digest has %zu; "
                        "give the digest, or MatchingType=exact",
                        length, lw_matching_type_name(self->matching), wanted);
        return false;
}

bool lw_rpk_check(const LwRpk *self, GError **error)
{
        if (self->private_key == NULL || self->server == NULL) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'rpk' needs a private key and the server's public key");
                return false;
        }
        return check_ours(self, error) && check_server(self, error);
}

/* --- what a server shows ---------------------------------------------------------------------- */

static bool matches(const LwRpk *self, const EVP_PKEY *shown)
{
        g_autoptr(EVP_PKEY) wanted = NULL;
        g_autoptr(GBytes) digest = NULL;
        bool same;

        if (self->matching != LW_MATCHING_EXACT) {
                digest = digest_of(shown, lw_matching_type_digest(self->matching));
                return g_bytes_equal(digest, self->server);
        }
        wanted = lw_public_key_parse(self->server, NULL);
        same = wanted != NULL && EVP_PKEY_eq(wanted, shown) == 1;
        ERR_clear_error();
        return same;
}

void lw_rpk_judge(const LwRpk *self, const EVP_PKEY *shown, LwVerdict *ret_verdict)
{
        g_autofree char *fingerprint = NULL;

        *ret_verdict = (LwVerdict){ .code = X509_V_OK, .ends_seconds = INT64_MAX };
        if (shown != NULL && matches(self, shown))
                return;
        ret_verdict->code = X509_V_ERR_DANE_NO_MATCH;
        if (shown == NULL) {
                ret_verdict->reason = g_strdup(
                                "the server shows a certificate and no raw public key; have it use "
                                "raw public keys (RFC 7250), or write Security=x509 here");
                return;
        }
        fingerprint = lw_raw_key_fingerprint(shown);
        ret_verdict->reason = g_strdup_printf(
                        "the server's public key is not the one that is given: it shows the one "
                        "with the digest sha256:%s; if that is really the server's, write it into "
                        "the file of ServerPublicKeyFile=",
                        fingerprint);
}
