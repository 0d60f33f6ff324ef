/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OSCORE context of a [Server] section. */
#pragma once

#include <stdbool.h>

#include "client/account.h"
#include "daemon/config-file.h"

/** The keys that belong to it; NULL at the end. */
extern const char *const lw_config_oscore_keys[];

/**
 * Reads the context of a section with Security=oscore; problems are added to `file`. False when the
 * section cannot be used. A file that others may read is told, and taken.
 */
bool lw_config_oscore(LwConfigFile *file, const LwConfigSection *section, LwAccount *account);
