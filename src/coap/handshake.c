/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHandshake: what a handshake of DTLS or TLS goes by, and what is learnt from it. */
#include "coap/handshake.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/log.h"
#include "base/secret.h"
#include "coap/ciphers.h"
#include "coap/credentials.h"
#include "coap/libcoap.h"
#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "coap/server-name.h"

/* While it is absent nobody has set the clock. Source: systemd-timesyncd.service(8). */
#define SYNCHRONIZED "/run/systemd/timesync/synchronized"
/* Source: RFC 5246, F.1.4. */
#define RESUMABLE_SECONDS 86400

void lw_handshake_clear(LwHandshake *self)
{
        g_free(self->sni);
        g_clear_pointer(&self->chain, g_ptr_array_unref);
        EVP_PKEY_free(self->key);
        lw_rpk_clear(&self->rpk);
        lw_trust_free(self->trust);
        g_free(self->vault_key);
        lw_verdict_clear(&self->verdict);
        *self = (LwHandshake){};
}

void lw_handshake_prepare(LwHandshake *self, const LwPeer *peer)
{
        const char *name = peer->sni != NULL ? peer->sni : peer->uri.host;

        self->is_client = true;
        self->security = peer->security;
        self->cipher_count = peer->cipher_count;
        memcpy(self->ciphers, peer->ciphers, sizeof(self->ciphers));
        self->vault_key = self->vault == NULL ? NULL : lw_vault_key(peer);
        if (peer->sni != NULL || peer->security == LW_SECURITY_X509)
                self->sni = lw_server_name_is_address(name) ? NULL : g_strdup(name);
        if (peer->security == LW_SECURITY_RPK) {
                lw_rpk_copy(&self->rpk, &peer->rpk);
                self->key = lw_private_key_parse(peer->rpk.private_key, NULL);
        }
        if (peer->security != LW_SECURITY_X509)
                return;
        self->chain = lw_chain_parse(peer->x509.certificate, NULL);
        self->key = lw_private_key_parse(peer->x509.private_key, NULL);
        self->trust = lw_trust_new(&peer->x509, name);
}

LwDay lw_handshake_day(void)
{
        return lw_day(g_get_real_time() / G_USEC_PER_SEC, SYNCHRONIZED);
}

/* --- whose handshake an SSL does -------------------------------------------------------------- */

/* Where an SSL that is not libcoap's has its handshake; whoever asks first makes it. */
static int place_of_handshake(void);

LwHandshake *lw_handshake_of(const SSL *ssl)
{
        LwHandshake *attached = SSL_get_ex_data(ssl, place_of_handshake());
        const coap_session_t *session = SSL_get_app_data(ssl);
        coap_context_t *context = session == NULL ? NULL : coap_session_get_context(session);

        if (attached != NULL || context == NULL)
                return attached;
        return lw_coap_handshake(coap_get_app_data(context));
}

/* --- the server's certificate or key
 * --------------------------------------------------------------- */

static void warn_of_clock(const LwVerdict *verdict)
{
        static bool warned;

        if (!verdict->dates_unchecked || warned)
                return;
        warned = true;
        lw_log(G_LOG_LEVEL_WARNING,
                        "the clock of this host says a year before %d and nobody has set it: the "
                        "dates of certificates are not checked now, but when the clock is right",
                        LWM2MD_BUILD_YEAR);
}

static int on_certificate(X509_STORE_CTX *context, void *user G_GNUC_UNUSED)
{
        const SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
        LwHandshake *self = lw_handshake_of(ssl);

        if (self == NULL || (self->trust == NULL && self->security != LW_SECURITY_RPK)) {
                X509_STORE_CTX_set_error(context, X509_V_ERR_UNSPECIFIED);
                return 0;
        }
        lw_verdict_clear(&self->verdict);
        if (self->security == LW_SECURITY_RPK)
                lw_rpk_judge(&self->rpk, lw_rpk_shown(context), &self->verdict);
        else
                lw_trust_judge(self->trust, X509_STORE_CTX_get0_cert(context),
                                X509_STORE_CTX_get0_untrusted(context), lw_handshake_day(),
                                &self->verdict);
        X509_STORE_CTX_set_error(context, self->verdict.code);
        if (self->verdict.code == X509_V_OK)
                warn_of_clock(&self->verdict);
        return self->verdict.code == X509_V_OK;
}

bool lw_handshake_look_again(LwHandshake *self, const SSL *ssl)
{
        LwDay day = lw_handshake_day();
        X509 *leaf;

        if (self->trust == NULL || !self->verdict.dates_unchecked || day.doubtful || ssl == NULL)
                return true;
        leaf = SSL_get0_peer_certificate(ssl);
        if (leaf == NULL)
                return true;
        lw_verdict_clear(&self->verdict);
        lw_trust_judge(self->trust, leaf, SSL_get_peer_cert_chain(ssl), day, &self->verdict);
        return self->verdict.code == X509_V_OK;
}

/* --- resuming --------------------------------------------------------------------------------- */

static void offer_session(LwHandshake *self, SSL *ssl)
{
        LwDay day = lw_handshake_day();
        g_autoptr(GBytes) bytes = NULL;
        SSL_SESSION *session;
        const unsigned char *at;
        size_t length;

        if (self->vault == NULL || day.doubtful)
                return;
        bytes = lw_vault_find(self->vault, self->vault_key, day.seconds);
        if (bytes == NULL)
                return;
        at = g_bytes_get_data(bytes, &length);
        session = d2i_SSL_SESSION(NULL, &at, (long) length);
        self->offered = session != NULL && SSL_set_session(ssl, session) == 1;
        SSL_SESSION_free(session);
        ERR_clear_error();
}

/* It ends with the certificates that it rests on. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
        LwHandshake *self = lw_handshake_of(ssl);
        unsigned long hint = SSL_SESSION_get_ticket_lifetime_hint(session);
        int64_t now = lw_handshake_day().seconds;
        int64_t ends = now +
                       (hint > 0 ? MIN((int64_t) hint, RESUMABLE_SECONDS) : RESUMABLE_SECONDS);
        unsigned char *der = NULL;
        int length;

        if (self == NULL || self->vault == NULL || self->verdict.dates_unchecked)
                return 0;
        if (self->trust != NULL)
                ends = MIN(ends, self->verdict.ends_seconds);
        length = i2d_SSL_SESSION(session, &der);
        if (length > 0) {
                g_autoptr(GBytes) bytes = lw_secret_new(der, (size_t) length);

                lw_vault_put(self->vault, self->vault_key, bytes, ends);
                OPENSSL_clear_free(der, (size_t) length);
        }
        return 0; /* the reference stays OpenSSL's */
}

void lw_handshake_failed(LwHandshake *self)
{
        if (self->offered)
                lw_vault_drop(self->vault, self->vault_key);
        self->offered = false;
}

/* --- before the first flight ------------------------------------------------------------------ */

static bool use_certificate(const LwHandshake *self, SSL *ssl)
{
        if (self->chain == NULL || self->key == NULL ||
                        SSL_use_certificate(ssl, self->chain->pdata[0]) != 1 ||
                        SSL_use_PrivateKey(ssl, self->key) != 1)
                return false;
        for (guint i = 1; i < self->chain->len; i++)
                if (SSL_add1_chain_cert(ssl, self->chain->pdata[i]) != 1)
                        return false;
        SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
        return true;
}

static void begin_client(LwHandshake *self, SSL *ssl)
{
        static const unsigned char coap_protocol[] = "\x04"
                                                     "coap";
        SSL_CTX *context = SSL_get_SSL_CTX(ssl);
        bool ok = true;

        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context, on_session);
        lw_ciphers_allow_short_tags(ssl);
        if (self->sni != NULL)
                ok = SSL_set_tlsext_host_name(ssl, self->sni) == 1;
        if (!SSL_is_dtls(ssl)) /* Source: RFC 8323, 8.2. */
                ok = SSL_set_alpn_protos(ssl, coap_protocol, sizeof(coap_protocol) - 1) == 0 && ok;
        if (self->cipher_count > 0)
                ok = lw_ciphers_offer(ssl, self->ciphers, self->cipher_count) && ok;
        if (self->security == LW_SECURITY_X509 || self->security == LW_SECURITY_RPK) {
                SSL_CTX_set_cert_verify_callback(context, on_certificate, NULL);
                SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
                ok = (self->security == LW_SECURITY_X509 ? use_certificate(self, ssl)
                                                         : lw_rpk_offer(ssl, self->key)) &&
                     ok;
        }
        /* nobody is spoken with in another way than was demanded */
        if (!ok) {
                self->unusable = true;
                SSL_set_cipher_list(ssl, "");
                SSL_set_ciphersuites(ssl, "");
        }
        offer_session(self, ssl);
        ERR_clear_error();
}

static void on_info(const SSL *ssl, int where, int ret)
{
        void (*libcoap)(const SSL *, int, int) = SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl));
        LwHandshake *self = lw_handshake_of(ssl);

        if (self != NULL && (where & SSL_CB_HANDSHAKE_START) != 0 &&
                        SSL_get_state(ssl) == TLS_ST_BEFORE) {
                if (self->ring != NULL)
                        lw_credentials_begin(self->ring, (SSL *) ssl);
                else if (self->is_client)
                        begin_client(self, (SSL *) ssl);
        }
        /* The upper byte is the level. */
        if (self != NULL && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
                        ret >> 8 == SSL3_AL_FATAL)
                self->alert = ret & 0xff;
        /* libcoap hears of alerts here alone. */
        if (libcoap != NULL)
                libcoap(ssl, where, ret);
}

/*
 * libcoap has no way to set anything between the making of an SSL and its first flight. But OpenSSL
 * tells whoever has an index of extra data of each SSL that is made; what it is told of after
 * that comes to on_info().
 */
static void on_new(void *parent, void *pointer G_GNUC_UNUSED, CRYPTO_EX_DATA *data G_GNUC_UNUSED,
                int index G_GNUC_UNUSED, long argument G_GNUC_UNUSED, void *user G_GNUC_UNUSED)
{
        SSL_set_info_callback(parent, on_info);
}

static int place_of_handshake(void)
{
        static int place = -1;

        if (place < 0)
                place = SSL_get_ex_new_index(0, NULL, on_new, NULL, NULL);
        return place;
}

void lw_handshake_start(void)
{
        (void) place_of_handshake();
}

void lw_handshake_attach(LwHandshake *self, SSL *ssl)
{
        SSL_set_ex_data(ssl, place_of_handshake(), self);
        SSL_set_info_callback(ssl, on_info);
}

/* --- what is learnt --------------------------------------------------------------------------- */

bool lw_alert_is_refusal(int alert)
{
        static const uint8_t refusals[] = {
                SSL_AD_BAD_CERTIFICATE,
                SSL_AD_UNSUPPORTED_CERTIFICATE,
                SSL_AD_CERTIFICATE_REVOKED,
                SSL_AD_CERTIFICATE_EXPIRED,
                SSL_AD_CERTIFICATE_UNKNOWN,
                SSL_AD_UNKNOWN_CA,
                SSL_AD_ACCESS_DENIED,
                SSL_AD_UNRECOGNIZED_NAME,
                SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE,
                SSL_AD_BAD_CERTIFICATE_HASH_VALUE,
                SSL_AD_UNKNOWN_PSK_IDENTITY,
        };

        return alert != 0 && memchr(refusals, alert, sizeof(refusals)) != NULL;
}

void lw_handshake_report(const LwHandshake *self, const SSL *ssl, LwSecured *ret_secured)
{
        const X509 *certificate = ssl == NULL ? NULL : SSL_get0_peer_certificate(ssl);
        const EVP_PKEY *key = ssl == NULL ? NULL : lw_rpk_of_peer(ssl);
        g_autofree char *fingerprint = key == NULL ? NULL : lw_raw_key_fingerprint(key);

        *ret_secured = (LwSecured){
                .alert = (uint8_t) self->alert,
                .refused = lw_alert_is_refusal(self->alert) || self->verdict.reason != NULL ||
                           self->unusable,
        };
        if (ssl == NULL || !SSL_is_init_finished(ssl))
                return;
        ret_secured->cipher = g_strdup(lw_cipher_in_use(ssl));
        ret_secured->resumed = SSL_session_reused(ssl) == 1;
        if (fingerprint != NULL)
                ret_secured->subject = g_strconcat("sha256:", fingerprint, NULL);
        if (certificate == NULL)
                return;
        ret_secured->subject = lw_certificate_subject(certificate);
        ret_secured->name = lw_certificate_common_name(certificate);
}
