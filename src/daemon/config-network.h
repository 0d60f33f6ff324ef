/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Network] of the configuration. */
#pragma once

#include "daemon/config-file.h"
#include "providers/builtin/network-errors.h"

/** LwConfigNetwork: what counts as an error of the network. */
typedef struct LwConfigNetwork {
        LwSignalLimits limits;
} LwConfigNetwork;

/** What holds without the section, or with what it says; `section` may be NULL. */
void lw_config_network_read(
                LwConfigNetwork *self, LwConfigFile *file, const LwConfigSection *section);
