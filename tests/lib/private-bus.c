/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dbus-daemon of the test's own, which can be killed and started again at the same address. */
#include "lib/private-bus.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>

#define PATIENCE_MSEC 10000

struct LwPrivateBus {
        char *directory, *configuration, *address;
        pid_t pid; /* 0: it does not run */
};

static const char template[] =
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration "
                "1.0//EN\" "
                "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
                "<busconfig><type>session</type><auth>EXTERNAL</auth><listen>%s</listen>\n"
                "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
                "<allow eavesdrop=\"true\"/><allow own=\"*\"/>%s</policy></busconfig>\n";

LwPrivateBus *lw_private_bus_new(const char *policy)
{
        LwPrivateBus *self = g_new0(LwPrivateBus, 1);
        g_autofree char *text = NULL;

        self->directory = g_dir_make_tmp("lwm2md-bus-XXXXXX", NULL);
        ck_assert_ptr_nonnull(self->directory);
        self->configuration = g_build_filename(self->directory, "bus.conf", NULL);
        self->address = g_strdup_printf("unix:path=%s/bus", self->directory);
        text = g_strdup_printf(template, self->address, policy != NULL ? policy : "");
        ck_assert(g_file_set_contents(self->configuration, text, -1, NULL));
        lw_private_bus_start(self);
        return self;
}

void lw_private_bus_free(LwPrivateBus *self)
{
        g_autofree char *socket_path = g_build_filename(self->directory, "bus", NULL);

        lw_private_bus_kill(self);
        g_unlink(socket_path);
        g_unlink(self->configuration);
        g_rmdir(self->directory);
        g_free(self->directory);
        g_free(self->configuration);
        g_free(self->address);
        g_free(self);
}

const char *lw_private_bus_address(const LwPrivateBus *self)
{
        return self->address;
}

/* It prints its address once it listens. */
static void wait_until_ready(int fd)
{
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        char text[256];

        ck_assert_msg(poll(&ready, 1, PATIENCE_MSEC) == 1 && read(fd, text, sizeof(text)) > 0,
                        "dbus-daemon does not start; is it installed?");
}

void lw_private_bus_start(LwPrivateBus *self)
{
        g_autofree char *configuration = g_strdup_printf("--config-file=%s", self->configuration);
        g_autofree char *print = NULL;
        g_autofree char *socket_path = g_build_filename(self->directory, "bus", NULL);
        int ends[2];

        g_unlink(socket_path); /* a killed daemon leaves it behind */
        ck_assert_int_eq(pipe(ends), 0);
        print = g_strdup_printf("--print-address=%d", ends[1]);
        self->pid = fork();
        ck_assert_int_ge(self->pid, 0);
        if (self->pid == 0) {
                close(ends[0]);
                prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails does not come to kill it */
                execlp("dbus-daemon", "dbus-daemon", configuration, "--nofork", "--nopidfile",
                                "--nosyslog", print, (char *) NULL);
                _exit(127);
        }
        close(ends[1]);
        wait_until_ready(ends[0]);
        close(ends[0]);
}

void lw_private_bus_kill(LwPrivateBus *self)
{
        if (self->pid == 0)
                return;
        kill(self->pid, SIGKILL);
        waitpid(self->pid, NULL, 0);
        self->pid = 0;
}
