/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwX509: the certificates that a session with a server goes by, as bytes. */
#include "exchange/x509.h"

#include <string.h>

static const char *const usages[] = {
        [LW_USAGE_CA_CONSTRAINT] = "ca-constraint",
        [LW_USAGE_SERVICE_CONSTRAINT] = "service-certificate-constraint",
        [LW_USAGE_TRUST_ANCHOR] = "trust-anchor",
        [LW_USAGE_DOMAIN_ISSUED] = "domain-issued",
};

static const struct {
        const char *name;
        size_t length;
} matchings[] = {
        [LW_MATCHING_EXACT] = { "exact", 0 },
        [LW_MATCHING_SHA256] = { "sha256", 32 },
        [LW_MATCHING_SHA384] = { "sha384", 48 },
        [LW_MATCHING_SHA512] = { "sha512", 64 },
};

void lw_x509_clear(LwX509 *self)
{
        g_clear_pointer(&self->certificate, g_bytes_unref);
        g_clear_pointer(&self->private_key, g_bytes_unref);
        g_clear_pointer(&self->server, g_bytes_unref);
        g_clear_pointer(&self->anchors, g_bytes_unref);
}

static GBytes *share(GBytes *bytes)
{
        return bytes == NULL ? NULL : g_bytes_ref(bytes);
}

void lw_x509_copy(LwX509 *self, const LwX509 *from)
{
        *self = (LwX509){
                .certificate = share(from->certificate),
                .private_key = share(from->private_key),
                .server = share(from->server),
                .anchors = share(from->anchors),
                .usage = from->usage,
                .matching = from->matching,
        };
}

static bool same(GBytes *a, GBytes *b)
{
        return a == b || (a != NULL && b != NULL && g_bytes_equal(a, b));
}

bool lw_x509_equal(const LwX509 *a, const LwX509 *b)
{
        return a->usage == b->usage && a->matching == b->matching &&
               same(a->certificate, b->certificate) && same(a->private_key, b->private_key) &&
               same(a->server, b->server) && same(a->anchors, b->anchors);
}

const char *lw_certificate_usage_name(LwCertificateUsage usage)
{
        return usages[usage];
}

const char *lw_matching_type_name(LwMatchingType matching)
{
        return matchings[matching].name;
}

/* The digit that is all of the text, or `count`. */
static unsigned digit(const char *text, unsigned count)
{
        if (text[0] < '0' || (unsigned) (text[0] - '0') >= count || text[1] != '\0')
                return count;
        return (unsigned) (text[0] - '0');
}

bool lw_certificate_usage_parse(const char *text, LwCertificateUsage *ret_usage)
{
        unsigned found = digit(text, G_N_ELEMENTS(usages));

        for (unsigned i = 0; i < G_N_ELEMENTS(usages); i++)
                if (strcmp(text, usages[i]) == 0)
                        found = i;
        if (found == G_N_ELEMENTS(usages))
                return false;
        *ret_usage = (LwCertificateUsage) found;
        return true;
}

bool lw_matching_type_parse(const char *text, LwMatchingType *ret_matching)
{
        unsigned found = digit(text, G_N_ELEMENTS(matchings));

        for (unsigned i = 0; i < G_N_ELEMENTS(matchings); i++)
                if (strcmp(text, matchings[i].name) == 0)
                        found = i;
        if (found == G_N_ELEMENTS(matchings))
                return false;
        *ret_matching = (LwMatchingType) found;
        return true;
}

size_t lw_matching_type_length(LwMatchingType matching)
{
        return matchings[matching].length;
}
