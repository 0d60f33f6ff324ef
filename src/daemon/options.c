/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOptions: the command line of lwm2md. */
#include "daemon/options.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct option long_options[] = {
        { "config", required_argument, NULL, 'c' },
        { "state-directory", required_argument, NULL, 's' },
        { "data-directory", required_argument, NULL, 'd' },
        { "check-config", no_argument, NULL, 'C' },
        { "version", no_argument, NULL, 'V' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
};

void lw_options_usage(void)
{
        fputs("Usage: lwm2md [OPTION]...\n"
              "The LwM2M agent: registers this host with LwM2M servers and keeps it managed.\n"
              "\n"
              "  --config FILE           read this configuration file and no other\n"
              "  --state-directory DIR   keep state here (default: $STATE_DIRECTORY, else\n"
              "                          " LWM2MD_STATEDIR ")\n"
              "  --data-directory DIR    find objects/ here and nowhere else\n"
              "  --check-config          check the configuration, say what is wrong, and end\n"
              "  --version               say the version and end\n"
              "  --help                  say this and end\n",
                        stdout);
}

bool lw_options_parse(LwOptions *self, int argc, char **argv)
{
        const char *state = getenv("STATE_DIRECTORY");
        int option;

        *self = (LwOptions){ .state_directory = state ? state : LWM2MD_STATEDIR };
        while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
                switch (option) {
                case 'c':
                        self->config = optarg;
                        break;
                case 's':
                        self->state_directory = optarg;
                        break;
                case 'd':
                        self->data_directory = optarg;
                        break;
                case 'C':
                        self->check_config = true;
                        break;
                case 'V':
                        self->version = true;
                        break;
                case 'h':
                        self->help = true;
                        break;
                default:
                        fputs("lwm2md --help lists the options.\n", stderr);
                        return false;
                }
        if (optind == argc)
                return true;
        fprintf(stderr, "lwm2md: '%s' is not an option; lwm2md --help lists them.\n", argv[optind]);
        return false;
}

LwConfig *lw_options_read_config(const LwOptions *self)
{
        static const LwConfigPlaces places = {
                .vendor = LWM2MD_LIBDIR,
                .runtime = LWM2MD_RUNDIR,
                .administrator = LWM2MD_SYSCONFDIR,
        };
        LwConfig *config;
        int root;

        if (self->config)
                return lw_config_read_file(self->config);
        root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        config = lw_config_read(root, &places);
        if (root >= 0)
                close(root);
        return config;
}
