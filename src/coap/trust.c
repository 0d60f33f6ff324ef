/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTrust: by what the certificate of a server is judged. */
#include "coap/trust.h"

#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>

#include "base/quote.h"
#include "coap/certificates.h"
#include "coap/server-name.h"

struct LwTrust {
        LwCertificateUsage usage;
        LwMatchingType matching;
        GBytes *server;    /* as it was given; NULL: the trust store decides alone */
        X509 *certificate; /* the same, if it is one */
        X509_STORE *store; /* the trust store */
        char *name;
};

typedef STACK_OF(X509) Certificates;

LwDay lw_day(int64_t seconds, const char *synchronized)
{
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
        int year = time == NULL ? 0 : g_date_time_get_year(time);

        return (LwDay){ seconds, year < LWM2MD_BUILD_YEAR && access(synchronized, F_OK) < 0 };
}

void lw_verdict_clear(LwVerdict *self)
{
        g_clear_pointer(&self->reason, g_free);
}

/* --- what is trusted -------------------------------------------------------------------------- */

static X509_STORE *store_of(GBytes *anchors)
{
        X509_STORE *store = X509_STORE_new();
        g_autoptr(GPtrArray) chain = NULL;

        if (anchors == NULL) {
                X509_STORE_set_default_paths(store);
                return store;
        }
        chain = lw_chain_parse(anchors, NULL);
        for (guint i = 0; chain != NULL && i < chain->len; i++)
                X509_STORE_add_cert(store, chain->pdata[i]);
        return store;
}

LwTrust *lw_trust_new(const LwX509 *x509, const char *name)
{
        LwTrust *self = g_new0(LwTrust, 1);

        self->usage = x509->usage;
        self->matching = x509->matching;
        self->name = g_strdup(name);
        self->store = store_of(x509->anchors);
        if (x509->server == NULL)
                return self;
        self->server = g_bytes_ref(x509->server);
        if (self->matching == LW_MATCHING_EXACT) {
                g_autoptr(GPtrArray) chain = lw_chain_parse(x509->server, NULL);

                if (chain != NULL)
                        self->certificate = g_ptr_array_steal_index(chain, 0);
        }
        return self;
}

void lw_trust_free(LwTrust *self)
{
        if (self == NULL)
                return;
        if (self->server != NULL)
                g_bytes_unref(self->server);
        X509_free(self->certificate);
        X509_STORE_free(self->store);
        g_free(self->name);
        g_free(self);
}

/* --- is it the one that is given? ------------------------------------------------------------- */

static bool bytes_match(const LwTrust *self, const unsigned char *der, int length)
{
        const EVP_MD *digest = lw_matching_type_digest(self->matching);
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned hash_length = 0;
        size_t wanted_length;
        const void *wanted = g_bytes_get_data(self->server, &wanted_length);

        if (length <= 0)
                return false;
        if (digest == NULL)
                return (size_t) length == wanted_length && memcmp(der, wanted, wanted_length) == 0;
        return EVP_Digest(der, (size_t) length, hash, &hash_length, digest, NULL) == 1 &&
               hash_length == wanted_length && memcmp(hash, wanted, wanted_length) == 0;
}

/* Itself, its public key, or a digest of one of these. Source: RFC 6698, 2.1.2. */
static bool matches(const LwTrust *self, X509 *certificate)
{
        unsigned char *der = NULL;
        int length;
        bool found;

        if (self->certificate != NULL)
                return X509_cmp(self->certificate, certificate) == 0;
        length = i2d_X509(certificate, &der);
        found = bytes_match(self, der, length);
        OPENSSL_free(der);
        if (found)
                return true;
        der = NULL;
        length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
        found = bytes_match(self, der, length);
        OPENSSL_free(der);
        return found;
}

static X509 *find_match(const LwTrust *self, const Certificates *certificates)
{
        for (int i = 0; i < sk_X509_num(certificates); i++)
                if (matches(self, sk_X509_value(certificates, i)))
                        return sk_X509_value(certificates, i);
        return NULL;
}

/* --- refusals --------------------------------------------------------------------------------- */

static void G_GNUC_PRINTF(3, 4) refuse(LwVerdict *self, int code, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_free(self->reason);
        self->reason = g_strdup_vprintf(format, arguments);
        self->code = code;
        va_end(arguments);
}

static void refuse_unknown(LwVerdict *self, int code, const X509 *certificate)
{
        g_autofree char *issuer = lw_name_text(X509_get_issuer_name(certificate));
        g_autofree char *quoted = lw_quote(issuer, strlen(issuer));

        refuse(self, code,
                        "the server's certificate comes from an authority that is not trusted "
                        "here, %s; if it is the right one, name the authority's certificate by "
                        "TrustAnchorFile=, or by ServerCertificateFile= with "
                        "CertificateUsage=trust-anchor",
                        quoted);
}

static void refuse_date(LwVerdict *self, int code, const X509 *certificate, LwDay day)
{
        bool expired = code == X509_V_ERR_CERT_HAS_EXPIRED;
        g_autofree char *subject = lw_certificate_subject(certificate);
        g_autofree char *quoted = lw_quote(subject, strlen(subject));
        g_autofree char *limit = lw_day_text(expired ? lw_certificate_ends(certificate)
                                                     : lw_certificate_begins(certificate));
        g_autofree char *today = lw_day_text(day.seconds);

        if (expired)
                refuse(self, code,
                                "the server's certificate has expired: %s on %s, and today is "
                                "%s; renew it there, or set the clock of this host",
                                quoted, limit, today);
        else
                refuse(self, code,
                                "the server's certificate is not good yet: %s from %s on, and "
                                "today is %s; set the clock of this host, or that of whoever made "
                                "the certificate",
                                quoted, limit, today);
}

static void refuse_path(LwVerdict *self, X509_STORE_CTX *context, LwDay day)
{
        int code = X509_STORE_CTX_get_error(context);
        const X509 *certificate = X509_STORE_CTX_get_current_cert(context);

        if (certificate == NULL)
                certificate = X509_STORE_CTX_get0_cert(context);
        switch (code) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_UNTRUSTED:
                refuse_unknown(self, code, certificate);
                break;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
                refuse_date(self, code, certificate, day);
                break;
        case X509_V_ERR_INVALID_PURPOSE:
                refuse(self, code,
                                "the server's certificate is not one of a server: its key usage "
                                "forbids it; give the server one with the extended key usage "
                                "serverAuth");
                break;
        case X509_V_ERR_INVALID_CA:
                refuse(self, code,
                                "the server's certificate was made by one that is no "
                                "authority's; have it made by an authority");
                break;
        default:
                refuse(self, code,
                                "the server's certificate cannot be trusted: %s; look at it with "
                                "'openssl x509 -text'",
                                X509_verify_cert_error_string(code));
                break;
        }
}

/* --- the path --------------------------------------------------------------------------------- */

/* The certificates from the server's to the anchor, or NULL and why there is no such path. */
static Certificates *find_path(const LwTrust *self, X509_STORE *store, X509 *leaf,
                Certificates *sent, LwDay day, LwVerdict *verdict)
{
        X509_STORE_CTX *context = X509_STORE_CTX_new();
        Certificates *path = NULL;

        if (X509_STORE_CTX_init(context, store, leaf, sent) == 1) {
                X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);

                X509_STORE_CTX_set_default(context, "ssl_server");
                /* a time that is set is checked, whatever the flags say */
                if (day.doubtful)
                        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
                else
                        X509_VERIFY_PARAM_set_time(rules, day.seconds);
                /* an anchor is trusted as it is, wherever in the path it stands */
                if (self->usage == LW_USAGE_TRUST_ANCHOR && self->server != NULL)
                        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
                if (X509_verify_cert(context) == 1)
                        path = X509_STORE_CTX_get1_chain(context);
                else
                        refuse_path(verdict, context, day);
        }
        X509_STORE_CTX_free(context);
        ERR_clear_error();
        verdict->dates_unchecked = day.doubtful;
        for (int i = 0; path != NULL && i < sk_X509_num(path); i++)
                verdict->ends_seconds = MIN(
                                verdict->ends_seconds, lw_certificate_ends(sk_X509_value(path, i)));
        return path;
}

/* Usage 2: a path to this anchor, which may be among what the server sent. */
static Certificates *find_path_to_anchor(
                const LwTrust *self, X509 *leaf, Certificates *sent, LwDay day, LwVerdict *verdict)
{
        g_autoptr(X509_STORE) store = X509_STORE_new();
        X509 *anchor = self->certificate != NULL ? self->certificate : find_match(self, sent);

        if (anchor == NULL) {
                refuse(verdict, X509_V_ERR_DANE_NO_MATCH,
                                "the server did not send the authority's certificate whose %s is "
                                "given; have it send it with its own, or give the certificate "
                                "itself",
                                self->matching == LW_MATCHING_EXACT
                                                ? "public key"
                                                : lw_matching_type_name(self->matching));
                return NULL;
        }
        X509_STORE_add_cert(store, anchor);
        return find_path(self, store, leaf, sent, day, verdict);
}

static bool check_name(const LwTrust *self, X509 *leaf, LwVerdict *verdict)
{
        g_autofree char *names = NULL, *wanted = NULL;

        if (lw_server_name_matches(leaf, self->name))
                return true;
        names = lw_server_name_list(leaf);
        wanted = lw_quote(self->name, strlen(self->name));
        refuse(verdict, X509_V_ERR_HOSTNAME_MISMATCH,
                        "the server's certificate is that of %s, not of %s; write the name that "
                        "it has into Uri= or Sni=, or give the server one with the right name",
                        names, wanted);
        return false;
}

/* What usage 0 and 1 demand beyond the path. */
static bool check_constraint(
                const LwTrust *self, X509 *leaf, const Certificates *path, LwVerdict *verdict)
{
        if (self->server == NULL || self->usage == LW_USAGE_TRUST_ANCHOR)
                return true;
        if (self->usage == LW_USAGE_CA_CONSTRAINT) {
                for (int i = 1; i < sk_X509_num(path); i++)
                        if (matches(self, sk_X509_value(path, i)))
                                return true;
                refuse(verdict, X509_V_ERR_DANE_NO_MATCH,
                                "the server's certificate is good, but does not come from the "
                                "authority that is given; name the right one by "
                                "ServerCertificateFile=");
                return false;
        }
        if (matches(self, leaf))
                return true;
        refuse(verdict, X509_V_ERR_DANE_NO_MATCH,
                        "the server's certificate is good, but another one than is given; name the "
                        "server's own certificate by ServerCertificateFile=");
        return false;
}

static void judge_path(
                const LwTrust *self, X509 *leaf, Certificates *sent, LwDay day, LwVerdict *verdict)
{
        bool by_anchor = self->server != NULL && self->usage == LW_USAGE_TRUST_ANCHOR;
        Certificates *path = by_anchor ? find_path_to_anchor(self, leaf, sent, day, verdict)
                                       : find_path(self, self->store, leaf, sent, day, verdict);

        if (path == NULL)
                return;
        if (check_constraint(self, leaf, path, verdict) && check_name(self, leaf, verdict))
                verdict->code = X509_V_OK;
        sk_X509_pop_free(path, X509_free);
}

void lw_trust_judge(const LwTrust *self, X509 *leaf, Certificates *sent, LwDay day,
                LwVerdict *ret_verdict)
{
        *ret_verdict = (LwVerdict){ .code = X509_V_ERR_UNSPECIFIED, .ends_seconds = INT64_MAX };
        if (leaf == NULL) {
                refuse(ret_verdict, X509_V_ERR_UNSPECIFIED,
                                "the server has no certificate; give it one, or use Security=psk");
                return;
        }
        if (self->usage != LW_USAGE_DOMAIN_ISSUED || self->server == NULL) {
                judge_path(self, leaf, sent, day, ret_verdict);
                return;
        }
        if (matches(self, leaf)) {
                ret_verdict->code = X509_V_OK;
                return;
        }
        refuse(ret_verdict, X509_V_ERR_DANE_NO_MATCH,
                        "the server's certificate is not the one that is given; name its own by "
                        "ServerCertificateFile=, or, if that is its authority's, write "
                        "CertificateUsage=trust-anchor");
}
