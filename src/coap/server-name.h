/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a certificate is that of a server of a name. */
#pragma once

#include <stdbool.h>

#include <openssl/x509.h>

/**
 * `name` is a host name or an IP address. A host name is compared with the names of type dNSName,
 * and with the Common Name where there is none of these; a wildcard stands for the whole left-most
 * label. An address is compared with those of type iPAddress.
 * Source: RFC 6125, 6.4; RFC 7925, 4.4.1.
 */
bool lw_server_name_matches(X509 *certificate, const char *name);
/** Whether it is an IP address, which no SNI may have. Source: RFC 6066, 3. */
bool lw_server_name_is_address(const char *name);
/** The names that it has, for a person: "'a.example', '*.b.example'". Caller frees. */
char *lw_server_name_list(const X509 *certificate);
