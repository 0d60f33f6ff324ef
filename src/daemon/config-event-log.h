/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [EventLog] of the configuration. */
#pragma once

#include <glib.h>

#include "daemon/config-file.h"

/**
 * LwConfigEventLog: which entries of the journal servers see.
 *
 * Shape:  `priority`: of syslog, these and graver ones. Owns: the list:
 * lw_config_event_log_clear().
 */
typedef struct LwConfigEventLog {
        unsigned priority;
        GStrv units; /* never NULL; none: all */
} LwConfigEventLog;

void lw_config_event_log_clear(LwConfigEventLog *self);

/** What holds without the section, or with what it says; `section` may be NULL. */
void lw_config_event_log_read(
                LwConfigEventLog *self, LwConfigFile *file, const LwConfigSection *section);
