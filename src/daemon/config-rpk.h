/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw public keys of a [Server] section. */
#pragma once

#include <stdbool.h>

#include "client/account.h"
#include "daemon/config-file.h"

/** The keys of such a section that belong to no other; NULL ends them. */
extern const char *const lw_config_rpk_keys[];

/**
 * Reads the keys of a section with Security=rpk, whose other settings `account` has; problems are
 * added to `file`. False when the section cannot be used. A file that others may read is told, and
 * taken.
 */
bool lw_config_rpk(LwConfigFile *file, const LwConfigSection *section, LwAccount *account);
