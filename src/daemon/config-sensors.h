/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Sensors] of the configuration. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "daemon/config-file.h"

/**
 * LwConfigSensors: which sensors of the kernel are shown, and how often those that are observed are
 * measured.
 *
 * Owns:   the lists: lw_config_sensors_clear().
 */
typedef struct LwConfigSensors {
        LwUsec sample_usec;
        GStrv allow; /* glob patterns, never NULL; none: all */
        GStrv deny;
} LwConfigSensors;

void lw_config_sensors_clear(LwConfigSensors *self);

/** What holds without the section, or with what it says; `section` may be NULL. */
void lw_config_sensors_read(
                LwConfigSensors *self, LwConfigFile *file, const LwConfigSection *section);
