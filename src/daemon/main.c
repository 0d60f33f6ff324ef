/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lwm2md: the LwM2M agent of a Linux host. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/options.h"

/* On a terminal or for dpkg: every problem one line, and whether there was one. */
static int check_config(const LwConfig *config)
{
        for (unsigned i = 0; i < config->problems->len; i++) {
                g_autofree char *line = lw_config_problem_print(config->problems->pdata[i]);

                fprintf(stderr, "%s\n", line);
        }
        if (config->problems->len > 0)
                return EXIT_FAILURE;
        printf("The configuration is good: %u server%s.\n", config->accounts->len,
                        config->accounts->len == 1 ? "" : "s");
        return EXIT_SUCCESS;
}

/* Keys lie in our memory. Where the filter of the service refuses this call, its LimitCORE= did it.
 * A program that takes core dumps from a pipe gets one whatever the limit is, and a debugger makes
 * its own: both leave out all that this filter leaves out. Source: core(5).
 */
static void forbid_cores(void)
{
        int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

        setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        if (fd < 0 || write(fd, "0", 1) < 0)
                lw_log(G_LOG_LEVEL_WARNING,
                                "/proc/self/coredump_filter cannot be written: a core dump would "
                                "hold keys");
        if (fd >= 0)
                close(fd);
}

static int run(const LwOptions *options, LwConfig *config)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwDaemon) daemon = NULL;

        lw_log_start(config->log_level);
        forbid_cores();
        daemon = lw_daemon_new(options, config, &error);
        if (!daemon) {
                lw_log(G_LOG_LEVEL_CRITICAL, "cannot start: %s", error->message);
                return EXIT_FAILURE;
        }
        return lw_daemon_run(daemon);
}

int main(int argc, char **argv)
{
        g_autoptr(LwConfig) config = NULL;
        LwOptions options;

        if (!lw_options_parse(&options, argc, argv))
                return EXIT_FAILURE;
        if (options.help) {
                lw_options_usage();
                return EXIT_SUCCESS;
        }
        if (options.version) {
                puts("lwm2md " LWM2MD_VERSION);
                return EXIT_SUCCESS;
        }
        config = lw_options_read_config(&options);
        if (options.check_config)
                return check_config(config);
        return run(&options, g_steal_pointer(&config));
}
