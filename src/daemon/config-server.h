/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One [Server] section to one LwAccount. */
#pragma once

#include <stdbool.h>

#include "client/account.h"
#include "daemon/config-file.h"

/**
 * The account that a section describes; its problems are added to `file`. NULL when it has one that
 * forbids to use it. `name` is the server's, without "Server ". Short ids are not compared here.
 */
LwAccount *lw_config_server(LwConfigFile *file, const LwConfigSection *section, const char *name);

/** Whether a section may have this key. */
bool lw_config_server_has_key(const char *key);
