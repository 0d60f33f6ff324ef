/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a certificate is that of a server of a name. */
#include "coap/server-name.h"

#include <arpa/inet.h>
#include <string.h>

#include <glib.h>
#include <openssl/x509v3.h>

#include "base/quote.h"
#include "coap/certificates.h"

/* More of them help nobody. */
#define LISTED_MAX 4

/* Without the zone that belongs to this host alone. */
static char *without_zone(const char *name)
{
        return g_strndup(name, strcspn(name, "%"));
}

bool lw_server_name_is_address(const char *name)
{
        g_autofree char *address = without_zone(name);
        struct in6_addr bytes;

        return inet_pton(AF_INET, address, &bytes) == 1 ||
               inet_pton(AF_INET6, address, &bytes) == 1;
}

bool lw_server_name_matches(X509 *certificate, const char *name)
{
        size_t length = strlen(name);

        if (lw_server_name_is_address(name)) {
                g_autofree char *address = without_zone(name);

                return X509_check_ip_asc(certificate, address, 0) == 1;
        }
        /* "host." is the same name written out. */
        if (length > 1 && name[length - 1] == '.')
                length--;
        /* OpenSSL takes a name with a dot in front for a domain with everything below it. */
        if (length == 0 || name[0] == '.')
                return false;
        return X509_check_host(certificate, name, length, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                               NULL) == 1;
}

static void list(GString *text, const void *name, size_t length)
{
        g_autofree char *quoted = lw_quote(name, length);

        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", quoted);
}

static void list_address(GString *text, const ASN1_OCTET_STRING *bytes)
{
        char address[INET6_ADDRSTRLEN];
        int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;

        if ((family == AF_INET || ASN1_STRING_length(bytes) == 16) &&
                        inet_ntop(family, ASN1_STRING_get0_data(bytes), address, sizeof(address)) !=
                                        NULL)
                list(text, address, strlen(address));
}

char *lw_server_name_list(const X509 *certificate)
{
        GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
        g_autofree char *common = lw_certificate_common_name(certificate);
        GString *text = g_string_new(NULL);

        for (int i = 0; i < MIN(sk_GENERAL_NAME_num(names), LISTED_MAX); i++) {
                const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

                if (name->type == GEN_DNS)
                        list(text, ASN1_STRING_get0_data(name->d.dNSName),
                                        (size_t) ASN1_STRING_length(name->d.dNSName));
                else if (name->type == GEN_IPADD)
                        list_address(text, name->d.iPAddress);
        }
        GENERAL_NAMES_free(names);
        if (text->len == 0 && common != NULL)
                list(text, common, strlen(common));
        if (text->len == 0)
                g_string_append(text, "nobody");
        return g_string_free(text, FALSE);
}
