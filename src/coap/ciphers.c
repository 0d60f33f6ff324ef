/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cipher suites by number and name, as IANA and as OpenSSL have them. */
#include "coap/ciphers.h"

#include <string.h>

/* Everything that OpenSSL has and that encrypts. */
#define ALL "ALL:COMPLEMENTOFALL:!eNULL:!aNULL:@SECLEVEL=0"
#define NUMBER_LENGTH (sizeof("0xC0A8") - 1)

/* All suites; they are OpenSSL's own, and stay when what lists them goes. */
static const GPtrArray *suites(void)
{
        static GPtrArray *all;
        SSL_CTX *context;
        SSL *ssl;

        if (all != NULL)
                return all;
        all = g_ptr_array_new();
        context = SSL_CTX_new(TLS_client_method());
        if (context == NULL)
                return all;
        SSL_CTX_set_cipher_list(context, ALL);
        ssl = SSL_new(context);
        if (ssl != NULL) {
                STACK_OF(SSL_CIPHER) *list = SSL_get_ciphers(ssl);

                for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
                        g_ptr_array_add(all, (void *) sk_SSL_CIPHER_value(list, i));
        }
        SSL_free(ssl);
        SSL_CTX_free(context);
        return all;
}

static const SSL_CIPHER *find(uint16_t number)
{
        const GPtrArray *all = suites();

        for (guint i = 0; i < all->len; i++)
                if (SSL_CIPHER_get_protocol_id(all->pdata[i]) == number)
                        return all->pdata[i];
        return NULL;
}

static bool parse_number(const char *text, uint16_t *ret_number)
{
        char *end;
        guint64 number;

        if (strlen(text) != NUMBER_LENGTH || !g_str_has_prefix(text, "0x"))
                return false;
        number = g_ascii_strtoull(text + 2, &end, 16);
        if (*end != '\0' || find((uint16_t) number) == NULL)
                return false;
        *ret_number = (uint16_t) number;
        return true;
}

bool lw_cipher_parse(const char *text, uint16_t *ret_number)
{
        const GPtrArray *all = suites();

        if (parse_number(text, ret_number))
                return true;
        for (guint i = 0; i < all->len; i++) {
                const SSL_CIPHER *suite = all->pdata[i];

                if (strcmp(text, SSL_CIPHER_get_name(suite)) != 0 &&
                                g_strcmp0(text, SSL_CIPHER_standard_name(suite)) != 0)
                        continue;
                *ret_number = SSL_CIPHER_get_protocol_id(suite);
                return true;
        }
        return false;
}

const char *lw_cipher_name(uint16_t number)
{
        const SSL_CIPHER *suite = find(number);

        return suite == NULL ? NULL : SSL_CIPHER_standard_name(suite);
}

static bool is_of_tls_1_3(const SSL_CIPHER *suite)
{
        return SSL_CIPHER_get_kx_nid(suite) == NID_kx_any;
}

LwCipherFit lw_cipher_fit(uint16_t number, LwSecurity security)
{
        const SSL_CIPHER *suite = find(number);
        bool psk;

        if (suite == NULL)
                return LW_CIPHER_UNKNOWN;
        if (is_of_tls_1_3(suite))
                return LW_CIPHER_FITS;
        psk = SSL_CIPHER_get_auth_nid(suite) == NID_auth_psk;
        return psk == (security == LW_SECURITY_PSK) ? LW_CIPHER_FITS : LW_CIPHER_OF_OTHER_MODE;
}

bool lw_ciphers_offer(SSL *ssl, const uint16_t *numbers, unsigned count)
{
        g_autoptr(GString) older = g_string_new(NULL), newer = g_string_new(NULL);

        for (unsigned i = 0; i < count; i++) {
                const SSL_CIPHER *suite = find(numbers[i]);
                GString *list = suite != NULL && is_of_tls_1_3(suite) ? newer : older;

                if (suite == NULL)
                        continue;
                if (list->len > 0)
                        g_string_append_c(list, ':');
                g_string_append(list, SSL_CIPHER_get_name(suite));
        }
        /* An empty list for 1.3 means that there is none; OpenSSL wants one for each version that
         * may be spoken. Without one for 1.2 that is left as it was. */
        if (SSL_set_ciphersuites(ssl, newer->str) != 1)
                return false;
        if (newer->len == 0 && !SSL_is_dtls(ssl) &&
                        SSL_set_max_proto_version(ssl, TLS1_2_VERSION) != 1)
                return false;
        if (older->len > 0)
                return SSL_set_cipher_list(ssl, older->str) == 1;
        return newer->len > 0 && SSL_set_min_proto_version(ssl, TLS1_3_VERSION) == 1;
}

typedef int (*Judge)(const SSL *, const SSL_CTX *, int, int, int, void *, void *);

/* OpenSSL's own, which knows the level of each SSL. */
static Judge usual;

static bool has_short_tag(const SSL_CIPHER *suite)
{
        const char *name = SSL_CIPHER_get_name(suite);

        return g_str_has_suffix(name, "CCM8");
}

static int judge(const SSL *ssl, const SSL_CTX *context, int what, int bits, int nid, void *other,
                void *data)
{
        bool is_cipher = what == SSL_SECOP_CIPHER_SUPPORTED || what == SSL_SECOP_CIPHER_SHARED ||
                         what == SSL_SECOP_CIPHER_CHECK;

        if (is_cipher && other != NULL && has_short_tag(other))
                SSL_CIPHER_get_bits(other, &bits);
        return usual(ssl, context, what, bits, nid, other, data);
}

void lw_ciphers_allow_short_tags(SSL *ssl)
{
        if (SSL_get_security_callback(ssl) == judge)
                return;
        usual = SSL_get_security_callback(ssl);
        SSL_set_security_callback(ssl, judge);
}

const char *lw_cipher_in_use(const SSL *ssl)
{
        const SSL_CIPHER *suite = SSL_get_current_cipher(ssl);

        return suite == NULL ? NULL : SSL_CIPHER_standard_name(suite);
}
