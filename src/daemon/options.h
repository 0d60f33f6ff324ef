/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOptions: the command line of lwm2md. */
#pragma once

#include <stdbool.h>

#include "daemon/config.h"

/** LwOptions: what the arguments and the service manager's environment say. Owns nothing. */
typedef struct LwOptions {
        const char *config;          /* --config; NULL: the usual places */
        const char *state_directory; /* --state-directory, else $STATE_DIRECTORY, else
                                        /var/lib/lwm2md */
        const char *data_directory;  /* --data-directory; NULL: /usr/share and /etc */
        bool check_config;
        bool version;
        bool help;
} LwOptions;

/** False, with a message on stderr, when they cannot be understood. */
bool lw_options_parse(LwOptions *self, int argc, char **argv);
void lw_options_usage(void);

/** The configuration that the options ask for. */
LwConfig *lw_options_read_config(const LwOptions *self);
