/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates of a [Server] section. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/account.h"
#include "daemon/config-file.h"

/**
 * Reads the certificates of a section with Security=x509, whose other keys `account` has; problems
 * are added to `file`. False when the section cannot be used. A certificate that expires soon, or
 * did, is told, and taken: `now_seconds` is the time.
 */
bool lw_config_x509(LwConfigFile *file, const LwConfigSection *section, LwAccount *account,
                int64_t now_seconds);
/** The keys of such a section that belong to no other; NULL ends them. */
extern const char *const lw_config_x509_keys[];

/** Values of keys, which the account takes: NULL, or "reason; remedy" for the caller to free. */
char *lw_config_take_usage(LwAccount *account, const char *value);
char *lw_config_take_matching(LwAccount *account, const char *value);
char *lw_config_take_sni(LwAccount *account, const char *value);
char *lw_config_take_ciphers(LwAccount *account, const char *value);

/** "AB:CD" or "abcd", as OpenSSL prints digests, of so many bytes; NULL: it is no such text. Caller
 * unrefs. */
GBytes *lw_config_parse_digest(GBytes *text, size_t length);
