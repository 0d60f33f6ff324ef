/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Security= and Uri= of a [Server] section say together. */
#include "daemon/config-security.h"

#include <string.h>

#include "coap/ciphers.h"
#include "coap/oscore.h"
#include "coap/rpk.h"
#include "daemon/config-bytes.h"
#include "daemon/config-oscore.h"
#include "daemon/config-psk.h"
#include "daemon/config-rpk.h"
#include "daemon/config-x509.h"

#define OSCORE "oscore"

char *lw_config_take_security(LwAccount *account, const char *value)
{
        static const LwSecurity known[] = { LW_SECURITY_NOSEC, LW_SECURITY_PSK, LW_SECURITY_RPK,
                LW_SECURITY_X509 };

        if (strcmp(value, lw_security_name(LW_SECURITY_RPK)) == 0 && !lw_rpk_is_built_in())
                return g_strdup(LW_RPK_NOT_BUILT_IN);
        if (strcmp(value, OSCORE) == 0) {
                account->peer.security = LW_SECURITY_NOSEC; /* of the connection */
                return NULL;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
                if (strcmp(value, lw_security_name(known[i])) != 0)
                        continue;
                account->peer.security = known[i];
                return NULL;
        }
        return g_strdup("not a security mode; use psk or x509, or nosec in a network that you "
                        "trust");
}

/* Whether the value of that key is the thing itself, and not where it is. */
static bool is_secret(const char *key)
{
        static const char *const passed[] = { "Certificate", "PrivateKey", "ServerCertificate",
                "PublicKey", "ServerPublicKey", NULL };

        return lw_config_psk_is_secret(key) || g_strv_contains(passed, key);
}

/* A key that is not used is a mistake: whoever wrote it believes that something is encrypted. */
static bool has_stray(LwConfigFile *file, const LwConfigSection *section, const char *const *keys,
                const char *mode)
{
        bool found = false;

        for (; *keys != NULL; keys++) {
                const LwConfigEntry *entry = lw_config_section_entry(section, *keys);

                if (entry == NULL)
                        continue;
                lw_config_bytes_complain(file, entry, !is_secret(*keys),
                                g_strdup_printf("it belongs to Security=%s; add that, or remove it",
                                                mode));
                found = true;
        }
        return found;
}

static bool wants_oscore(const LwConfigSection *section)
{
        const LwConfigEntry *entry = lw_config_section_entry(section, "Security");

        return entry != NULL && strcmp(entry->value, OSCORE) == 0;
}

static bool check_strays(LwConfigFile *file, const LwConfigSection *section, LwSecurity security)
{
        static const char *const of_all[] = { "Ciphers", "Sni", NULL };
        static const char *const of_public_keys[] = { "PrivateKey", "PrivateKeyFile",
                "PrivateKeyCredential", "MatchingType", NULL };
        bool stray = security != LW_SECURITY_PSK &&
                     has_stray(file, section, lw_config_psk_keys, "psk");

        if (security != LW_SECURITY_X509)
                stray = has_stray(file, section, lw_config_x509_keys, "x509") || stray;
        if (security != LW_SECURITY_RPK)
                stray = has_stray(file, section, lw_config_rpk_keys, "rpk") || stray;
        if (security != LW_SECURITY_X509 && security != LW_SECURITY_RPK)
                stray = has_stray(file, section, of_public_keys, "x509 or rpk") || stray;
        if (!wants_oscore(section))
                stray = has_stray(file, section, lw_config_oscore_keys, OSCORE) || stray;
        if (security == LW_SECURITY_NOSEC)
                stray = has_stray(file, section, of_all, "psk or x509") || stray;
        return !stray;
}

static bool check_ciphers(LwConfigFile *file, const LwConfigSection *section, const LwPeer *peer)
{
        const LwConfigEntry *entry = lw_config_section_entry(section, "Ciphers");

        for (unsigned i = 0; i < peer->cipher_count; i++) {
                if (lw_cipher_fit(peer->ciphers[i], peer->security) == LW_CIPHER_FITS)
                        continue;
                lw_config_bytes_complain(file, entry, true,
                                g_strdup_printf("%s does not work with Security=%s; remove it",
                                                lw_cipher_name(peer->ciphers[i]),
                                                lw_security_name(peer->security)));
                return false;
        }
        return true;
}

bool lw_config_security(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        LwPeer *peer = &account->peer;
        bool wanted = peer->security != LW_SECURITY_NOSEC;
        bool secure = lw_scheme_is_secure(peer->uri.scheme);
        const char *scheme = lw_scheme_name(peer->uri.scheme);

        if (!check_strays(file, section, peer->security))
                return false;
        if (wants_oscore(section))
                return lw_config_oscore(file, section, account);
        if (wanted && !secure) {
                lw_config_bytes_complain(file, lw_config_section_entry(section, "Security"), true,
                                g_strdup_printf("%s:// encrypts nothing; write Uri=%s://HOST",
                                                scheme,
                                                lw_scheme_is_stream(peer->uri.scheme) ? "coaps+tcp"
                                                                                      : "coaps"));
                return false;
        }
        if (!wanted && secure) {
                lw_config_bytes_complain(file, lw_config_section_entry(section, "Uri"), true,
                                g_strdup_printf("%s:// needs a key; add Security=psk, PskIdentity= "
                                                "and PskKeyFile=, or Security=x509, "
                                                "CertificateFile= and PrivateKeyFile=",
                                                scheme));
                return false;
        }
        if (!check_ciphers(file, section, peer))
                return false;
        if (peer->security == LW_SECURITY_X509)
                return lw_config_x509(file, section, account, g_get_real_time() / G_USEC_PER_SEC);
        if (peer->security == LW_SECURITY_RPK)
                return lw_config_rpk(file, section, account);
        return !wanted || lw_config_psk(file, section, account);
}
