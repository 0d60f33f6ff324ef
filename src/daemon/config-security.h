/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Security= and Uri= of a [Server] section say together. */
#pragma once

#include <stdbool.h>

#include "client/account.h"
#include "daemon/config-file.h"

/** Takes Security=: NULL, or "reason; remedy" for the caller to free. */
char *lw_config_take_security(LwAccount *account, const char *value);

/**
 * Reads keys and certificates of a section whose other keys `account` has; problems are added to
 * `file`. False when the section cannot be used. A file that others may read is told, and taken.
 */
bool lw_config_security(LwConfigFile *file, const LwConfigSection *section, LwAccount *account);
