/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pre-shared key of a [Server] section. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "client/account.h"
#include "daemon/config-file.h"

/** The keys of a section with Security=psk; NULL ends them. */
extern const char *const lw_config_psk_keys[];
/** Whether the value of one of them is shown to nobody. */
bool lw_config_psk_is_secret(const char *key);

/**
 * Reads identity and key of a section with Security=psk, whose other keys `account` has; problems
 * are added to `file`. False when the section cannot be used. A file that others may read is told,
 * and taken.
 */
bool lw_config_psk(LwConfigFile *file, const LwConfigSection *section, LwAccount *account);

/**
 * Takes hexadecimal digits, of which two are a byte, with white space before and behind them.
 * Returns NULL, or "reason; remedy", which does not quote the text, for the caller to free.
 */
char *lw_config_parse_key(const char *text, size_t length, LwPeer *peer);
