/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates of an account as bytes, and the words for their usage. */
#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "exchange/x509.h"

/* Source: OMA LwM2M Core 1.1, Security object, resources 13 and 15. */
static const struct {
        const char *text;
        bool ok;
        LwCertificateUsage usage;
} usages[] = {
        { "ca-constraint", true, LW_USAGE_CA_CONSTRAINT },
        { "0", true, LW_USAGE_CA_CONSTRAINT },
        { "service-certificate-constraint", true, LW_USAGE_SERVICE_CONSTRAINT },
        { "1", true, LW_USAGE_SERVICE_CONSTRAINT },
        { "trust-anchor", true, LW_USAGE_TRUST_ANCHOR },
        { "2", true, LW_USAGE_TRUST_ANCHOR },
        { "domain-issued", true, LW_USAGE_DOMAIN_ISSUED },
        { "3", true, LW_USAGE_DOMAIN_ISSUED },
        { "4", false, 0 },
        { "", false, 0 },
        { "33", false, 0 },
        { "Trust-Anchor", false, 0 },
};

START_TEST(knows_usages_by_name_and_number)
{
        LwCertificateUsage usage = LW_USAGE_DOMAIN_ISSUED;

        ck_assert_int_eq(lw_certificate_usage_parse(usages[_i].text, &usage), usages[_i].ok);
        if (!usages[_i].ok)
                return;
        ck_assert_int_eq(usage, usages[_i].usage);
        ck_assert(lw_certificate_usage_parse(lw_certificate_usage_name(usage), &usage));
        ck_assert_int_eq(usage, usages[_i].usage);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        LwMatchingType matching;
        size_t length;
} matchings[] = {
        { "exact", true, LW_MATCHING_EXACT, 0 },
        { "sha256", true, LW_MATCHING_SHA256, 32 },
        { "sha384", true, LW_MATCHING_SHA384, 48 },
        { "sha512", true, LW_MATCHING_SHA512, 64 },
        { "3", true, LW_MATCHING_SHA512, 64 },
        { "sha1", false, 0, 0 },
        { "5", false, 0, 0 },
};

START_TEST(knows_matching_types_by_name_and_number)
{
        LwMatchingType matching = LW_MATCHING_EXACT;

        ck_assert_int_eq(lw_matching_type_parse(matchings[_i].text, &matching), matchings[_i].ok);
        if (!matchings[_i].ok)
                return;
        ck_assert_int_eq(matching, matchings[_i].matching);
        ck_assert_uint_eq(lw_matching_type_length(matching), matchings[_i].length);
        ck_assert(lw_matching_type_parse(lw_matching_type_name(matching), &matching));
        ck_assert_int_eq(matching, matchings[_i].matching);
}
END_TEST

START_TEST(a_copy_is_equal_until_something_differs)
{
        g_auto(LwX509) a = { .usage = LW_USAGE_TRUST_ANCHOR }, b = {};

        a.certificate = g_bytes_new("one", 3);
        a.private_key = g_bytes_new("two", 3);
        lw_x509_copy(&b, &a);
        ck_assert(lw_x509_equal(&a, &b));
        g_bytes_unref(b.private_key);
        b.private_key = g_bytes_new("two", 3);
        ck_assert(lw_x509_equal(&a, &b));
        b.server = g_bytes_new("", 0);
        ck_assert(!lw_x509_equal(&a, &b));
        g_clear_pointer(&b.server, g_bytes_unref);
        b.matching = LW_MATCHING_SHA256;
        ck_assert(!lw_x509_equal(&a, &b));
}
END_TEST

TCase *test_x509(void)
{
        TCase *tcase = tcase_create("x509");

        tcase_add_loop_test(tcase, knows_usages_by_name_and_number, 0, G_N_ELEMENTS(usages));
        tcase_add_loop_test(
                        tcase, knows_matching_types_by_name_and_number, 0, G_N_ELEMENTS(matchings));
        tcase_add_test(tcase, a_copy_is_equal_until_something_differs);
        return tcase;
}
