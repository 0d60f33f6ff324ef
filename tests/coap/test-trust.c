/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is thought of a server's certificate: usage, matching, path, name and dates. */
#include <string.h>
#include <unistd.h>

#include <openssl/x509_vfy.h>

#include "coap/certificates.h"
#include "coap/pki.h"
#include "coap/trust.h"
#include "lib/suite.h"

TCase *test_trust(void);

typedef enum Who {
        NOBODY,
        ROOT,         /* trusted by the store of the tests */
        INTERMEDIATE, /* by ROOT */
        SERVER,       /* by INTERMEDIATE: server.example, 192.0.2.1 */
        TWIN,         /* another of the same name, by INTERMEDIATE */
        EXPIRED,      /* by INTERMEDIATE */
        FUTURE,       /* by INTERMEDIATE */
        CLIENT,       /* by INTERMEDIATE, for clients alone */
        STRANGER,     /* another authority */
        STRAY,        /* by STRANGER: server.example */
        ALONE,        /* by itself: server.example */
        FALSE_CHILD,  /* by SERVER, which is no authority */
        WHO_COUNT,
} Who;

static Pki all[WHO_COUNT];

#define NAMES "DNS:server.example,IP:192.0.2.1"

static const struct {
        Who who, issuer;
        PkiOrder order;
} orders[] = {
        { ROOT, NOBODY, { .common_name = "root", .authority = true } },
        { INTERMEDIATE, ROOT, { .common_name = "intermediate", .authority = true } },
        { SERVER, INTERMEDIATE, { .common_name = "server", .names = NAMES } },
        { TWIN, INTERMEDIATE, { .common_name = "server", .names = NAMES } },
        { EXPIRED, INTERMEDIATE,
                        { .common_name = "expired", .names = NAMES, .ends = PKI_NOW - 86400 } },
        { FUTURE, INTERMEDIATE,
                        { .common_name = "future", .names = NAMES, .begins = PKI_NOW + 86400 } },
        { CLIENT, INTERMEDIATE,
                        { .common_name = "client", .names = NAMES, .purposes = "clientAuth" } },
        { STRANGER, NOBODY, { .common_name = "stranger", .authority = true } },
        { STRAY, STRANGER, { .common_name = "stray", .names = NAMES } },
        { ALONE, NOBODY, { .common_name = "alone", .names = NAMES } },
        { FALSE_CHILD, SERVER, { .common_name = "child", .names = NAMES } },
};

static void make_all(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(orders); i++)
                all[orders[i].who] = pki_make(&orders[i].order,
                                orders[i].issuer == NOBODY ? NULL : &all[orders[i].issuer]);
}

static void clear_all(void)
{
        for (size_t i = 0; i < WHO_COUNT; i++)
                pki_clear(&all[i]);
        memset(all, 0, sizeof(all));
}

/* How /0/x/4 is filled. */
typedef enum Form { WHOLE, PUBLIC_KEY, BY_SHA256, BY_SHA384, BY_SHA512, BY_SHA256_OF_KEY } Form;

static GBytes *server_of(Who who, Form form)
{
        g_autoptr(GBytes) whole = who == NOBODY ? NULL : pki_certificate(&all[who]);
        g_autoptr(GBytes) key = who == NOBODY ? NULL : pki_public_key(&all[who]);
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned length = 0;

        if (who == NOBODY)
                return NULL;
        switch (form) {
        case WHOLE:
                return g_bytes_ref(whole);
        case PUBLIC_KEY:
                return g_bytes_ref(key);
        case BY_SHA256:
                return lw_certificate_digest(whole, LW_MATCHING_SHA256);
        case BY_SHA384:
                return lw_certificate_digest(whole, LW_MATCHING_SHA384);
        case BY_SHA512:
                return lw_certificate_digest(whole, LW_MATCHING_SHA512);
        case BY_SHA256_OF_KEY:
                EVP_Digest(g_bytes_get_data(key, NULL), g_bytes_get_size(key), hash, &length,
                                EVP_sha256(), NULL);
                return g_bytes_new(hash, length);
        }
        return NULL;
}

static LwMatchingType matching_of(Form form)
{
        static const LwMatchingType types[] = { LW_MATCHING_EXACT, LW_MATCHING_EXACT,
                LW_MATCHING_SHA256, LW_MATCHING_SHA384, LW_MATCHING_SHA512, LW_MATCHING_SHA256 };

        return types[form];
}

#define ANCHOR LW_USAGE_TRUST_ANCHOR
#define DOMAIN LW_USAGE_DOMAIN_ISSUED
#define CA LW_USAGE_CA_CONSTRAINT
#define SERVICE LW_USAGE_SERVICE_CONSTRAINT
#define NAME "server.example"

/* The server shows `leaf` and then, to whom it may concern, INTERMEDIATE and `sent`. */
static const struct {
        LwCertificateUsage usage;
        Who given;
        Form form;
        Who leaf, sent;
        const char *name;
        int code; /* X509_V_OK, or the error that makes the alert */
        const char *words;
} cases[] = {
        /* usage 3: this very certificate, whatever its name, issuer and dates */
        { DOMAIN, SERVER, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, WHOLE, SERVER, NOBODY, "other.example", X509_V_OK, NULL },
        { DOMAIN, ALONE, WHOLE, ALONE, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, EXPIRED, WHOLE, EXPIRED, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, PUBLIC_KEY, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, BY_SHA256, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, BY_SHA384, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, BY_SHA512, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, BY_SHA256_OF_KEY, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, SERVER, WHOLE, TWIN, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "is not the one that is given" },
        { DOMAIN, SERVER, BY_SHA256, TWIN, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "is not the one that is given" },
        { DOMAIN, INTERMEDIATE, WHOLE, SERVER, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "CertificateUsage=trust-anchor" },
        /* usage 2: a path to this authority, and the name */
        { ANCHOR, ROOT, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { ANCHOR, INTERMEDIATE, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { ANCHOR, STRANGER, WHOLE, STRAY, NOBODY, NAME, X509_V_OK, NULL },
        { ANCHOR, INTERMEDIATE, BY_SHA256, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { ANCHOR, ROOT, BY_SHA256, SERVER, ROOT, NAME, X509_V_OK, NULL },
        { ANCHOR, ROOT, PUBLIC_KEY, SERVER, ROOT, NAME, X509_V_OK, NULL },
        { ANCHOR, ROOT, BY_SHA256, SERVER, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "did not send the authority's certificate whose sha256 is given" },
        { ANCHOR, ROOT, WHOLE, STRAY, NOBODY, NAME, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                        "an authority that is not trusted here, 'CN=stranger'" },
        { ANCHOR, ROOT, WHOLE, STRAY, STRANGER, NAME, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
                        "an authority that is not trusted here, 'CN=stranger'" },
        { ANCHOR, ROOT, WHOLE, ALONE, NOBODY, NAME, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                        "an authority that is not trusted here, 'CN=alone'" },
        { ANCHOR, ROOT, WHOLE, SERVER, NOBODY, "other.example", X509_V_ERR_HOSTNAME_MISMATCH,
                        "is that of 'server.example', '192.0.2.1', not of 'other.example'" },
        { ANCHOR, ROOT, WHOLE, SERVER, NOBODY, "192.0.2.1", X509_V_OK, NULL },
        { ANCHOR, ROOT, WHOLE, SERVER, NOBODY, "192.0.2.2", X509_V_ERR_HOSTNAME_MISMATCH,
                        "not of '192.0.2.2'" },
        { ANCHOR, ROOT, WHOLE, EXPIRED, NOBODY, NAME, X509_V_ERR_CERT_HAS_EXPIRED,
                        "has expired: 'CN=expired' on 2023-11-13, and today is 2023-11-14" },
        { ANCHOR, ROOT, WHOLE, FUTURE, NOBODY, NAME, X509_V_ERR_CERT_NOT_YET_VALID,
                        "is not good yet: 'CN=future' from 2023-11-15 on" },
        { ANCHOR, ROOT, WHOLE, CLIENT, NOBODY, NAME, X509_V_ERR_INVALID_PURPOSE,
                        "give the server one with the extended key usage serverAuth" },
        { ANCHOR, ROOT, WHOLE, FALSE_CHILD, SERVER, NAME, X509_V_ERR_INVALID_CA,
                        "was made by one that is no authority's" },
        /* usage 1: the trust store, and this very certificate */
        { SERVICE, SERVER, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { SERVICE, SERVER, BY_SHA512, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { SERVICE, SERVER, WHOLE, TWIN, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "is good, but another one than is given" },
        { SERVICE, ALONE, WHOLE, ALONE, NOBODY, NAME, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                        "not trusted here" },
        { SERVICE, SERVER, WHOLE, SERVER, NOBODY, "other.example", X509_V_ERR_HOSTNAME_MISMATCH,
                        "not of 'other.example'" },
        { SERVICE, EXPIRED, WHOLE, EXPIRED, NOBODY, NAME, X509_V_ERR_CERT_HAS_EXPIRED,
                        "has expired" },
        /* usage 0: the trust store, by way of this authority */
        { CA, INTERMEDIATE, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { CA, ROOT, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { CA, ROOT, BY_SHA256, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { CA, STRANGER, WHOLE, SERVER, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "does not come from the authority that is given" },
        { CA, SERVER, WHOLE, SERVER, NOBODY, NAME, X509_V_ERR_DANE_NO_MATCH,
                        "does not come from the authority that is given" },
        { CA, STRANGER, WHOLE, STRAY, NOBODY, NAME, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                        "not trusted here" },
        /* nothing is given: the trust store alone, whatever the usage */
        { DOMAIN, NOBODY, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { ANCHOR, NOBODY, WHOLE, SERVER, NOBODY, NAME, X509_V_OK, NULL },
        { DOMAIN, NOBODY, WHOLE, STRAY, NOBODY, NAME, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                        "not trusted here" },
        { DOMAIN, NOBODY, WHOLE, SERVER, NOBODY, "other.example", X509_V_ERR_HOSTNAME_MISMATCH,
                        "not of 'other.example'" },
        /* no certificate at all */
        { DOMAIN, SERVER, WHOLE, NOBODY, NOBODY, NAME, X509_V_ERR_UNSPECIFIED,
                        "the server has no certificate" },
};

static LwTrust *make_trust(LwCertificateUsage usage, Who given, Form form, const char *name)
{
        g_auto(LwX509) x509 = { .usage = usage, .matching = matching_of(form) };

        x509.server = server_of(given, form);
        x509.anchors = pki_certificate_pem(&all[ROOT]);
        return lw_trust_new(&x509, name);
}

static void judge(const LwTrust *trust, Who leaf, Who sent, LwDay day, LwVerdict *ret_verdict)
{
        STACK_OF(X509) *chain = sk_X509_new_null();

        if (leaf != NOBODY)
                sk_X509_push(chain, all[leaf].certificate);
        sk_X509_push(chain, all[INTERMEDIATE].certificate);
        if (sent != NOBODY)
                sk_X509_push(chain, all[sent].certificate);
        lw_trust_judge(trust, leaf == NOBODY ? NULL : all[leaf].certificate, chain, day,
                        ret_verdict);
        sk_X509_free(chain);
}

START_TEST(judges_by_usage_matching_path_name_and_dates)
{
        g_autoptr(LwTrust) trust = make_trust(
                        cases[_i].usage, cases[_i].given, cases[_i].form, cases[_i].name);
        g_auto(LwVerdict) verdict = {};

        judge(trust, cases[_i].leaf, cases[_i].sent, (LwDay){ PKI_NOW, false }, &verdict);
        ck_assert_msg(verdict.code == cases[_i].code, "%d: %s", verdict.code, verdict.reason);
        ck_assert_int_eq(verdict.reason == NULL, cases[_i].words == NULL);
        if (verdict.reason != NULL)
                ck_assert_msg(strstr(verdict.reason, cases[_i].words) != NULL, "%s",
                                verdict.reason);
}
END_TEST

START_TEST(a_doubtful_clock_checks_no_dates)
{
        static const Who leaves[] = { EXPIRED, FUTURE, SERVER };
        g_autoptr(LwTrust) trust = make_trust(ANCHOR, ROOT, WHOLE, NAME);

        for (size_t i = 0; i < G_N_ELEMENTS(leaves); i++) {
                g_auto(LwVerdict) verdict = {};

                judge(trust, leaves[i], NOBODY, (LwDay){ 0, true }, &verdict);
                ck_assert_int_eq(verdict.code, X509_V_OK);
                ck_assert(verdict.dates_unchecked);
        }
}
END_TEST

START_TEST(a_doubtful_clock_checks_all_else)
{
        g_autoptr(LwTrust) trust = make_trust(ANCHOR, ROOT, WHOLE, "other.example");
        g_auto(LwVerdict) verdict = {};

        judge(trust, EXPIRED, NOBODY, (LwDay){ 0, true }, &verdict);
        ck_assert_int_eq(verdict.code, X509_V_ERR_HOSTNAME_MISMATCH);
}
END_TEST

START_TEST(tells_when_the_first_of_the_path_expires)
{
        g_autoptr(LwTrust) trust = make_trust(ANCHOR, ROOT, WHOLE, NAME);
        g_autoptr(LwTrust) pinned = make_trust(DOMAIN, SERVER, WHOLE, NAME);
        g_auto(LwVerdict) verdict = {};

        judge(trust, SERVER, NOBODY, (LwDay){ PKI_NOW, false }, &verdict);
        ck_assert_int_eq(verdict.ends_seconds, PKI_NOW + PKI_YEAR / 2);
        ck_assert(!verdict.dates_unchecked);
        judge(pinned, SERVER, NOBODY, (LwDay){ PKI_NOW, false }, &verdict);
        ck_assert_int_eq(verdict.ends_seconds, INT64_MAX);
}
END_TEST

/* 1970-01-02, 2020-01-01, and a year after every build. */
static const struct {
        int64_t seconds;
        bool synchronized;
        bool doubtful;
} clocks[] = {
        { 86400, false, true },
        { 86400, true, false },
        { 1577836800, false, true },
        { INT64_C(32503680000), false, false },
        { INT64_C(32503680000), true, false },
};

START_TEST(doubts_a_clock_of_the_past_that_nobody_has_set)
{
        g_autofree char *path = g_strdup_printf(
                        "%s/lwm2md-synchronized-%d", g_get_tmp_dir(), (int) getpid());
        LwDay day;

        if (clocks[_i].synchronized)
                ck_assert(g_file_set_contents(path, "", 0, NULL));
        day = lw_day(clocks[_i].seconds, path);
        unlink(path);
        ck_assert_int_eq(day.doubtful, clocks[_i].doubtful);
        ck_assert_int_eq(day.seconds, clocks[_i].seconds);
}
END_TEST

TCase *test_trust(void)
{
        TCase *tcase = tcase_create("trust");

        tcase_add_unchecked_fixture(tcase, make_all, clear_all);
        tcase_add_loop_test(tcase, judges_by_usage_matching_path_name_and_dates, 0,
                        G_N_ELEMENTS(cases));
        tcase_add_test(tcase, a_doubtful_clock_checks_no_dates);
        tcase_add_test(tcase, a_doubtful_clock_checks_all_else);
        tcase_add_test(tcase, tells_when_the_first_of_the_path_expires);
        tcase_add_loop_test(tcase, doubts_a_clock_of_the_past_that_nobody_has_set, 0,
                        G_N_ELEMENTS(clocks));
        return tcase;
}
