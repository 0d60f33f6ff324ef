/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates of a [Server] section. */
#include "daemon/config-x509.h"

#include <string.h>

#include "base/secret.h"
#include "coap/certificates.h"
#include "coap/ciphers.h"
#include "daemon/config-bytes.h"
#include "model/limits.h"

#define MODE "x509"
#define USAGE "CertificateUsage"
#define MATCHING "MatchingType"

static const LwConfigBytes certificate = { "CertificateFile", "CertificateCredential",
        "Certificate", "the certificate", LW_CERTIFICATE_MAX, false };
static const LwConfigBytes private_key = { "PrivateKeyFile", "PrivateKeyCredential", "PrivateKey",
        "the private key", LW_PRIVATE_KEY_MAX, true };
static const LwConfigBytes server = { "ServerCertificateFile", "ServerCertificateCredential",
        "ServerCertificate", "the server's certificate", LW_CERTIFICATE_MAX, false };
static const LwConfigBytes anchors = { "TrustAnchorFile", "TrustAnchorCredential", NULL,
        "the trusted certificates", LW_TRUST_ANCHORS_MAX, false };

const char *const lw_config_x509_keys[] = { "Certificate", "ServerCertificate", "CertificateFile",
        "CertificateCredential", "ServerCertificateFile", "ServerCertificateCredential",
        "TrustAnchorFile", "TrustAnchorCredential", USAGE, NULL };

/* --- single values ---------------------------------------------------------------------------- */

char *lw_config_take_usage(LwAccount *account, const char *value)
{
        if (lw_certificate_usage_parse(value, &account->peer.x509.usage))
                return NULL;
        return g_strdup("not a usage of certificates; give trust-anchor, domain-issued, "
                        "ca-constraint or service-certificate-constraint");
}

char *lw_config_take_matching(LwAccount *account, const char *value)
{
        if (lw_matching_type_parse(value, &account->peer.x509.matching)) {
                account->peer.rpk.matching = account->peer.x509.matching;
                return NULL;
        }
        return g_strdup("not a matching type; give exact, sha256, sha384 or sha512");
}

char *lw_config_take_sni(LwAccount *account, const char *value)
{
        size_t length = strlen(value);

        if (length > LW_SNI_MAX || strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_."
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != length)
                return g_strdup("not the name of a host; give the one in the server's "
                                "certificate, as in lwm2m.example.com");
        g_free(account->peer.sni);
        account->peer.sni = g_strdup(value);
        return NULL;
}

char *lw_config_take_ciphers(LwAccount *account, const char *value)
{
        g_auto(GStrv) words = g_strsplit_set(value, ":, \t;", -1);
        LwPeer *peer = &account->peer;

        peer->cipher_count = 0;
        for (char **word = words; *word != NULL; word++) {
                if (**word == '\0')
                        continue;
                if (peer->cipher_count == LW_CIPHERS_MAX)
                        return g_strdup_printf("there are more than %d of them; give fewer",
                                        LW_CIPHERS_MAX);
                if (!lw_cipher_parse(*word, &peer->ciphers[peer->cipher_count]))
                        return g_strdup_printf("'%s' is not the name of a cipher suite that "
                                               "OpenSSL has; 'openssl ciphers -stdname' lists them",
                                        *word);
                peer->cipher_count++;
        }
        return NULL;
}

/* --- the section ------------------------------------------------------------------------------ */

GBytes *lw_config_parse_digest(GBytes *text, size_t length)
{
        size_t size, count = 0;
        const char *digits = g_bytes_get_data(text, &size);
        g_autofree uint8_t *bytes = g_malloc0(length);

        for (size_t i = 0; i < size; i++) {
                int value = g_ascii_xdigit_value(digits[i]);

                if (digits[i] == ':' || g_ascii_isspace(digits[i]))
                        continue;
                if (value < 0 || count >= 2 * length)
                        return NULL;
                bytes[count / 2] = (uint8_t) (bytes[count / 2] << 4 | value);
                count++;
        }
        return count == 2 * length ? g_bytes_new(bytes, length) : NULL;
}

/* A digest is compared: the file may hold it as text, or the certificate that it is made of. */
static void make_digest(LwX509 *x509)
{
        size_t length = lw_matching_type_length(x509->matching);
        GBytes *digest;

        if (x509->server == NULL || x509->matching == LW_MATCHING_EXACT)
                return;
        digest = lw_config_parse_digest(x509->server, length);
        if (digest == NULL)
                digest = lw_certificate_digest(x509->server, x509->matching);
        if (digest == NULL)
                return;
        g_bytes_unref(x509->server);
        x509->server = digest;
}

/* What is said of a server's certificate, and there is none. */
static bool has_stray_usage(LwConfigFile *file, const LwConfigSection *section, const LwX509 *x509)
{
        static const char *const keys[] = { USAGE, MATCHING };

        for (size_t i = 0; x509->server == NULL && i < G_N_ELEMENTS(keys); i++) {
                const LwConfigEntry *entry = lw_config_section_entry(section, keys[i]);

                if (entry == NULL)
                        continue;
                lw_config_bytes_complain(file, entry, true,
                                g_strdup("it says how ServerCertificateFile= is used, and there is "
                                         "none; add that, or remove it"));
                return true;
        }
        return false;
}

bool lw_config_x509(LwConfigFile *file, const LwConfigSection *section, LwAccount *account,
                int64_t now_seconds)
{
        LwX509 *x509 = &account->peer.x509;
        g_autoptr(GError) error = NULL;
        g_autofree char *warning = NULL;
        bool ok = lw_config_bytes_require(file, section, &certificate, MODE, &x509->certificate);

        ok = lw_config_bytes_require(file, section, &private_key, MODE, &x509->private_key) && ok;
        ok = lw_config_bytes_take(file, section, &server, &x509->server) && ok;
        ok = lw_config_bytes_take(file, section, &anchors, &x509->anchors) && ok;
        if (!ok || has_stray_usage(file, section, x509))
                return false;
        make_digest(x509);
        if (!lw_x509_check(x509, &error)) {
                lw_config_file_complain(file, section->file, section->line, "[%s]: %s",
                                section->name, error->message);
                return false;
        }
        warning = lw_x509_warning(x509, now_seconds);
        if (warning != NULL)
                lw_config_file_complain(file, section->file, section->line, "[%s]: %s",
                                section->name, warning);
        return true;
}
