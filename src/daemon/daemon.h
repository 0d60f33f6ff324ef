/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDaemon: builds the parts of the agent and ties them. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config.h"
#include "daemon/options.h"

/**
 * LwDaemon: the agent as a process. It is the only one who knows everybody: what one part tells, it
 * hands to those who want to know.
 */
typedef struct LwDaemon LwDaemon;

/**
 * Builds all, starts nothing. Takes the configuration.
 * Errors: 5.00 with what is wrong and what would help.
 */
LwDaemon *lw_daemon_new(const LwOptions *options, LwConfig *config, GError **error);
/** Runs until it is told to end, by SIGTERM or SIGINT, and is de-registered. Returns the exit
 * status. */
int lw_daemon_run(LwDaemon *self);
void lw_daemon_free(LwDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDaemon, lw_daemon_free)
