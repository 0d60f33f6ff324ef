/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One [Server] section to one LwAccount. */
#pragma once

#include "client/account.h"
#include "daemon/config-file.h"

/**
 * The account that a section describes; its problems are added to `file`. NULL when it has one that
 * forbids to use it. `name` is the server's, without "Server ". Short ids are not compared here.
 */
LwAccount *lw_config_server(LwConfigFile *file, const LwConfigSection *section, const char *name);

/** A telephone number as the standard has it: digits, international, without "+". */
bool lw_config_is_sms_number(const char *text);
/** What is said of one that is not. */
#define LW_CONFIG_SMS_NUMBER_PROBLEM                                                               \
        "not a telephone number; give up to 15 digits with the country code and without '+'"
