/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One [Server] section to one LwAccount. */
#include "daemon/config-server.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>

#include "base/quote.h"
#include "codec/format.h"
#include "daemon/config-security.h"
#include "daemon/config-value.h"
#include "daemon/config-x509.h"
#include "model/limits.h"

#define MAX_RETRANSMIT_MIN 1 /* libcoap takes no less */
#define MAX_RETRANSMIT_MAX 20
#define NSTART_MAX 64
#define MTU_MIN 128 /* bytes: the least that holds a block of 64 bytes with its options */
#define MTU_MAX 1500
#define AWAKE_MIN_USEC LW_USEC_PER_SEC
#define AWAKE_MAX_USEC (86400 * LW_USEC_PER_SEC)
#define ACK_TIMEOUT_MIN_USEC LW_USEC_PER_SEC /* libcoap takes no less */
#define ACK_RANDOM_FACTOR_MIN 1              /* Source: RFC 7252, 4.8.1 */
#define ACK_RANDOM_FACTOR_MAX 10
#define ACK_TIMEOUT_MAX_USEC (60 * LW_USEC_PER_SEC)

/*
 * Each takes the value of one key into the account: NULL, or "reason; remedy" for the caller to
 * free.
 */
typedef char *(*Take)(LwAccount *account, const char *value);

static char *take_seconds(const char *value, uint32_t minimum, uint32_t *ret_seconds)
{
        uint64_t seconds;

        /* The largest number stands for "none" in an account. */
        if (!lw_config_parse_number(value, minimum, UINT32_MAX - 1, &seconds))
                return g_strdup_printf(
                                "not a number of seconds that is possible here; give %u to %u",
                                minimum, UINT32_MAX - 1);
        *ret_seconds = (uint32_t) seconds;
        return NULL;
}

static char *take_uri(LwAccount *account, const char *value)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwUri) uri = {};

        if (strlen(value) > LW_URI_MAX)
                return g_strdup_printf(
                                "it has more than %d bytes; write a shorter one", LW_URI_MAX);
        if (!lw_uri_parse(value, &uri, &error))
                return g_strdup_printf("%s; write coaps://HOST or coap://HOST, with :PORT if it is "
                                       "another one than usual",
                                error->message);
        if (uri.scheme == LW_SCHEME_HTTP || uri.scheme == LW_SCHEME_HTTPS)
                return g_strdup_printf("the scheme '%s' is not built in; use coaps://HOST or "
                                       "coap://HOST, or over TCP coaps+tcp://HOST or "
                                       "coap+tcp://HOST",
                                lw_scheme_name(uri.scheme));
        g_free(account->uri);
        account->uri = g_strdup(value);
        lw_uri_clear(&account->peer.uri);
        account->peer.uri = uri;
        uri = (LwUri){};
        return NULL;
}

static char *take_ssid(LwAccount *account, const char *value)
{
        uint64_t number;

        if (!lw_config_parse_number(value, 1, LW_ID_MAX, &number))
                return g_strdup_printf("not a short server id; give 1 to %d", LW_ID_MAX);
        account->ssid = (uint16_t) number;
        return NULL;
}

static char *take_lifetime(LwAccount *account, const char *value)
{
        return take_seconds(value, 1, &account->lifetime_seconds);
}

static char *take_pmin(LwAccount *account, const char *value)
{
        return take_seconds(value, 0, &account->default_pmin_seconds);
}

static char *take_pmax(LwAccount *account, const char *value)
{
        return take_seconds(value, 0, &account->default_pmax_seconds);
}

static char *take_disable_timeout(LwAccount *account, const char *value)
{
        return take_seconds(value, 0, &account->disable_timeout_seconds);
}

static char *take_version(LwAccount *account, const char *value)
{
        if (!lw_version_parse(value, &account->version))
                return g_strdup("not a version of LwM2M; give 1.0, 1.1 or 1.2");
        return NULL;
}

static char *take_binding(LwAccount *account, const char *value)
{
        g_autoptr(GError) error = NULL;

        if (!lw_binding_check(value, &error))
                return g_strdup_printf("%s; write Binding=U", error->message);
        if (strchr(value, 'Q') != NULL)
                return g_strdup("queue mode is not in the binding here; write it without the Q, "
                                "and "
                                "QueueMode=yes");
        g_free(account->binding);
        account->binding = g_strdup(value);
        return NULL;
}

static char *take_flag(const char *value, bool *ret_flag)
{
        return lw_config_parse_boolean(value, ret_flag)
                               ? NULL
                               : g_strdup("neither yes nor no; give one of them");
}

static char *take_storing(LwAccount *account, const char *value)
{
        return take_flag(value, &account->storing);
}

static char *take_mute_send(LwAccount *account, const char *value)
{
        return take_flag(value, &account->mute_send);
}

static char *take_send_format(LwAccount *account, const char *value)
{
        static const int32_t possible[] = { LW_FORMAT_SENML_CBOR, LW_FORMAT_SENML_JSON,
                LW_FORMAT_LWM2M_CBOR };
        int32_t format;

        if (lw_format_parse(value, &format))
                for (size_t i = 0; i < G_N_ELEMENTS(possible); i++)
                        if (possible[i] == format) {
                                account->send_format = format;
                                return NULL;
                        }
        return g_strdup("not a format of Send; give senml-cbor, senml-json or lwm2m-cbor");
}

static char *take_notification_mode(LwAccount *account, const char *value)
{
        account->confirmable_notifications = strcmp(value, "confirmable") == 0;
        if (!account->confirmable_notifications && strcmp(value, "non-confirmable") != 0)
                return g_strdup("not a mode of notifications; give confirmable or "
                                "non-confirmable");
        return NULL;
}

static char *take_diagnostics(LwAccount *account, const char *value)
{
        return take_flag(value, &account->diagnostics);
}

static char *take_queue_mode(LwAccount *account, const char *value)
{
        return take_flag(value, &account->queue_mode);
}

static char *take_awake_time(LwAccount *account, const char *value)
{
        LwUsec usec;

        if (!lw_config_parse_span(value, &usec) || usec < AWAKE_MIN_USEC || usec > AWAKE_MAX_USEC)
                return g_strdup("not a time span that is possible here; give 1s to 1d");
        account->awake_usec = usec;
        return NULL;
}

static char *take_bootstrap(LwAccount *account G_GNUC_UNUSED, const char *value)
{
        bool is_bootstrap = false;
        char *problem = take_flag(value, &is_bootstrap);

        if (problem == NULL && is_bootstrap)
                return g_strdup("bootstrap servers are not built in; name the server itself");
        return problem;
}

/* lw_config_security() sees to it, when all of the section is known. */
static char *take_later(LwAccount *account G_GNUC_UNUSED, const char *value G_GNUC_UNUSED)
{
        return NULL;
}

static char *take_sms_number(LwAccount *account, const char *value)
{
        if (!lw_config_is_sms_number(value))
                return g_strdup(LW_CONFIG_SMS_NUMBER_PROBLEM);
        g_free(account->sms_number);
        account->sms_number = g_strdup(value);
        return NULL;
}

static char *take_ack_timeout(LwAccount *account, const char *value)
{
        LwUsec usec;

        if (!lw_config_parse_span(value, &usec) || usec < ACK_TIMEOUT_MIN_USEC ||
                        usec > ACK_TIMEOUT_MAX_USEC)
                return g_strdup("not a time span that is possible here; give 1s to 60s");
        account->peer.ack_timeout_usec = usec;
        return NULL;
}

static char *take_ack_random_factor(LwAccount *account, const char *value)
{
        char *end = NULL;
        double factor = g_ascii_isdigit(value[0]) ? g_ascii_strtod(value, &end) : 0;

        if (factor < ACK_RANDOM_FACTOR_MIN || factor > ACK_RANDOM_FACTOR_MAX || *end != '\0' ||
                        strspn(value, "0123456789.") != strlen(value))
                return g_strdup("not a factor that is possible here; give 1 to 10, as in 1.5");
        account->peer.ack_random_permille = (uint16_t) (factor * 1000 + 0.5);
        return NULL;
}

static char *take_small_number(
                const char *value, uint16_t minimum, uint16_t maximum, uint16_t *ret_number)
{
        uint64_t number;

        if (!lw_config_parse_number(value, minimum, maximum, &number))
                return g_strdup_printf("not a number that is possible here; give %u to %u", minimum,
                                maximum);
        *ret_number = (uint16_t) number;
        return NULL;
}

static char *take_max_retransmit(LwAccount *account, const char *value)
{
        uint16_t number = 0;
        char *problem = take_small_number(value, MAX_RETRANSMIT_MIN, MAX_RETRANSMIT_MAX, &number);

        if (problem == NULL)
                account->peer.max_retransmit = (uint16_t) (number + 1); /* 0 means the default */
        return problem;
}

static char *take_nstart(LwAccount *account, const char *value)
{
        return take_small_number(value, 1, NSTART_MAX, &account->peer.nstart);
}

static char *take_mtu(LwAccount *account, const char *value)
{
        return take_small_number(value, MTU_MIN, MTU_MAX, &account->peer.mtu_bytes);
}

static char *take_interface(LwAccount *account, const char *value)
{
        if (strlen(value) >= IF_NAMESIZE || strpbrk(value, "/ \t:") != NULL)
                return g_strdup("not the name of a network interface; 'ip link' lists them");
        g_free(account->peer.interface);
        account->peer.interface = g_strdup(value);
        return NULL;
}

static char *take_local_address(LwAccount *account, const char *value)
{
        struct in6_addr address;

        if (inet_pton(AF_INET, value, &address) != 1 && inet_pton(AF_INET6, value, &address) != 1)
                return g_strdup("not an IP address; give one of this host, as in 192.0.2.7 or "
                                "2001:db8::7");
        g_free(account->peer.local_address);
        account->peer.local_address = g_strdup(value);
        return NULL;
}

static char *take_local_port(LwAccount *account, const char *value)
{
        return take_small_number(value, 1, UINT16_MAX, &account->peer.local_port);
}

static const struct {
        const char *key;
        Take take;
        enum {
                SHOWN,
                SECRET,  /* the value is shown to nobody */
                NO_FILE, /* the same, and no file has it: it comes over D-Bus, as a descriptor */
        } kind;
} takers[] = {
        { "Uri", take_uri, SHOWN },
        { "ShortServerId", take_ssid, SHOWN },
        { "Lifetime", take_lifetime, SHOWN },
        { "Version", take_version, SHOWN },
        { "Binding", take_binding, SHOWN },
        { "QueueMode", take_queue_mode, SHOWN },
        { "AwakeTime", take_awake_time, SHOWN },
        { "Bootstrap", take_bootstrap, SHOWN },
        { "Security", lw_config_take_security, SHOWN },
        { "PskIdentity", take_later, SECRET },
        { "PskKeyFile", take_later, SHOWN },
        { "PskKeyCredential", take_later, SHOWN },
        { "PskKey", take_later, NO_FILE },
        { "Certificate", take_later, NO_FILE },
        { "PrivateKey", take_later, NO_FILE },
        { "ServerCertificate", take_later, NO_FILE },
        { "PublicKey", take_later, NO_FILE },
        { "ServerPublicKey", take_later, NO_FILE },
        { "OscoreMasterSecretFile", take_later, SHOWN },
        { "OscoreMasterSecretCredential", take_later, SHOWN },
        { "OscoreSenderId", take_later, SHOWN },
        { "OscoreRecipientId", take_later, SHOWN },
        { "OscoreMasterSalt", take_later, SHOWN },
        { "OscoreIdContext", take_later, SHOWN },
        { "CertificateFile", take_later, SHOWN },
        { "CertificateCredential", take_later, SHOWN },
        { "PrivateKeyFile", take_later, SHOWN },
        { "PrivateKeyCredential", take_later, SHOWN },
        { "PublicKeyFile", take_later, SHOWN },
        { "PublicKeyCredential", take_later, SHOWN },
        { "ServerPublicKeyFile", take_later, SHOWN },
        { "ServerPublicKeyCredential", take_later, SHOWN },
        { "ServerCertificateFile", take_later, SHOWN },
        { "ServerCertificateCredential", take_later, SHOWN },
        { "TrustAnchorFile", take_later, SHOWN },
        { "TrustAnchorCredential", take_later, SHOWN },
        { "CertificateUsage", lw_config_take_usage, SHOWN },
        { "MatchingType", lw_config_take_matching, SHOWN },
        { "Sni", lw_config_take_sni, SHOWN },
        { "Ciphers", lw_config_take_ciphers, SHOWN },
        { "DefaultMinimumPeriod", take_pmin, SHOWN },
        { "DefaultMaximumPeriod", take_pmax, SHOWN },
        { "DisableTimeout", take_disable_timeout, SHOWN },
        { "NotificationStoring", take_storing, SHOWN },
        { "DefaultNotificationMode", take_notification_mode, SHOWN },
        { "MuteSend", take_mute_send, SHOWN },
        { "SendFormat", take_send_format, SHOWN },
        { "SmsNumber", take_sms_number, SHOWN },
        { "AckTimeout", take_ack_timeout, SHOWN },
        { "AckRandomFactor", take_ack_random_factor, SHOWN },
        { "MaxRetransmit", take_max_retransmit, SHOWN },
        { "Nstart", take_nstart, SHOWN },
        { "Mtu", take_mtu, SHOWN },
        { "Interface", take_interface, SHOWN },
        { "LocalAddress", take_local_address, SHOWN },
        { "LocalPort", take_local_port, SHOWN },
        { "Diagnostics", take_diagnostics, SHOWN },
};

/* The row of a key, or the number of rows. */
static size_t find_taker(const char *key)
{
        size_t k = 0;

        while (k < G_N_ELEMENTS(takers) && strcmp(takers[k].key, key) != 0)
                k++;
        return k;
}

bool lw_config_server_has_key(const char *key)
{
        return find_taker(key) < G_N_ELEMENTS(takers);
}

static void complain_of_unknown(
                LwConfigFile *file, const LwConfigSection *section, const LwConfigEntry *entry)
{
        const char *known[G_N_ELEMENTS(takers) + 1] = {};
        size_t count = 0;

        for (size_t k = 0; k < G_N_ELEMENTS(takers); k++)
                if (takers[k].kind != NO_FILE)
                        known[count++] = takers[k].key;
        lw_config_file_unknown_key(file, section, entry, known);
}

/* Takes all keys; false when one of them is not to be had. */
static bool take_keys(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        bool ok = true;

        for (guint i = 0; i < section->entries->len; i++) {
                const LwConfigEntry *entry = section->entries->pdata[i];
                g_autofree char *problem = NULL, *quoted = NULL;
                size_t k = find_taker(entry->key);

                if (k == G_N_ELEMENTS(takers)) {
                        complain_of_unknown(file, section, entry);
                        continue;
                }
                if (takers[k].kind == NO_FILE && entry->line > 0)
                        problem = g_strdup_printf("others may read this file; keep the key in one "
                                                  "of its own, and name that by %sFile=",
                                        entry->key);
                else
                        problem = takers[k].take(account, entry->value);
                if (problem == NULL)
                        continue;
                quoted = takers[k].kind == SHOWN ? lw_quote(entry->value, strlen(entry->value))
                                                 : g_strdup("...");
                lw_config_file_complain(file, entry->file, entry->line, "%s=%s: %s", entry->key,
                                quoted, problem);
                ok = false;
        }
        return ok;
}

/* A binding that is not given is that of the scheme; one that is has it among its letters. Source:
 * OMA LwM2M Core 1.1, "Bindings". */
static bool check_binding(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        const LwConfigEntry *binding = lw_config_section_entry(section, "Binding");
        const char *letter = lw_scheme_is_stream(account->peer.uri.scheme) ? "T" : "U";

        if (account->uri == NULL)
                return false;
        if (binding == NULL) {
                g_free(account->binding);
                account->binding = g_strdup(letter);
        } else if (strstr(account->binding, letter) == NULL) {
                lw_config_file_complain(file, binding->file, binding->line,
                                "Binding=%s does not have the letter of %s://; add %s, or leave "
                                "Binding= out",
                                account->binding, lw_scheme_name(account->peer.uri.scheme), letter);
                return false;
        }
        return true;
}

/* What no single key can know. */
static bool check_whole(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        const LwConfigEntry *interface = lw_config_section_entry(section, "Interface");

        if (lw_config_section_entry(section, "Uri") == NULL) {
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has no Uri; add Uri=coap://HOST", section->name);
                return false;
        }
        if (lw_config_section_entry(section, "ShortServerId") == NULL) {
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has no ShortServerId; add ShortServerId= with 1 to %d",
                                section->name, LW_ID_MAX);
                return false;
        }
        if (interface != NULL && account->peer.local_address != NULL) {
                lw_config_file_complain(file, interface->file, interface->line,
                                "Interface= and LocalAddress= both choose the source address; keep "
                                "one of them");
                return false;
        }
        return check_binding(file, section, account);
}

static int compare_entries(const void *a, const void *b)
{
        const LwConfigEntry *const *left = a, *const *right = b;

        return strcmp((*left)->key, (*right)->key);
}

/* The same for the same settings, wherever and in whatever order they stand. No key is in it, as it
 * is kept: lw_peer_same_security() compares those. */
static char *hash_of(const LwConfigSection *section)
{
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        g_autoptr(GPtrArray) sorted = g_ptr_array_copy(section->entries, NULL, NULL);

        g_ptr_array_set_free_func(sorted, NULL);
        g_ptr_array_sort(sorted, compare_entries);
        for (guint i = 0; i < sorted->len; i++) {
                const LwConfigEntry *entry = sorted->pdata[i];
                size_t k = find_taker(entry->key);

                /* what is ignored makes no difference */
                if (k >= G_N_ELEMENTS(takers) || takers[k].kind == NO_FILE)
                        continue;
                g_checksum_update(checksum, (const guchar *) entry->key, -1);
                g_checksum_update(checksum, (const guchar *) "=", 1);
                g_checksum_update(checksum, (const guchar *) entry->value, -1);
                g_checksum_update(checksum, (const guchar *) "\n", 1);
        }
        return g_strdup(g_checksum_get_string(checksum));
}

LwAccount *lw_config_server(LwConfigFile *file, const LwConfigSection *section, const char *name)
{
        g_autoptr(LwAccount) account = lw_account_new();
        bool ok = take_keys(file, section, account);

        ok = check_whole(file, section, account) && ok;
        ok = ok && lw_config_security(file, section, account);
        if (!ok || section->broken)
                return NULL;
        account->name = g_strdup(name);
        account->origin = section->line > 0 ? g_strdup_printf("%s:%u", section->file, section->line)
                                            : g_strdup(section->file);
        account->hash = hash_of(section);
        return g_steal_pointer(&account);
}
