/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Location] of the configuration. */
#pragma once

#include "base/time.h"
#include "daemon/config-file.h"
#include "providers/builtin/location.h"

/** LwConfigLocation: whether servers may know where this host is, and from whom. */
typedef struct LwConfigLocation {
        LwLocationSource source;
        LwUsec max_age_usec;
} LwConfigLocation;

/** What holds without the section, or with what it says; `section` may be NULL. */
void lw_config_location_read(
                LwConfigLocation *self, LwConfigFile *file, const LwConfigSection *section);
