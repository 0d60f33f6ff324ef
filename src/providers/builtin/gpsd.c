/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGpsd: a client of gpsd on this host. */
#include "providers/builtin/gpsd.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "base/log.h"
#include "model/limits.h"
#include "providers/builtin/gpsd-report.h"

#define PORT 2947
#define RETRY_USEC (10 * LW_USEC_PER_SEC)

static const char watch[] = "?WATCH={\"enable\":true,\"json\":true};\n";

struct LwGpsd {
        LwDriver *driver;
        const LwGpsdEvents *events;
        void *user;
        bool is_started, is_connected;
        int fd;
        sd_event_source *source;
        GString *line;
        bool is_too_long; /* the line at hand: it is left out */
        LwUsec retry;     /* LW_USEC_NEVER: not waited for */
};

static void hang_up(LwGpsd *self)
{
        self->source = sd_event_source_disable_unref(self->source);
        if (self->fd >= 0)
                close(self->fd);
        self->fd = -1;
        self->is_connected = self->is_too_long = false;
        g_string_truncate(self->line, 0);
}

static void fail(LwGpsd *self, int error)
{
        lw_log(G_LOG_LEVEL_DEBUG, "no gpsd at 127.0.0.1:%d (%s); trying again", PORT,
                        g_strerror(error));
        hang_up(self);
        self->retry = lw_usec_add(lw_driver_now(self->driver).boot, RETRY_USEC);
        self->events->absent(self->user);
}

static void take_line(LwGpsd *self)
{
        LwFix fix;

        if (!self->is_too_long && lw_gpsd_report_parse(self->line->str, self->line->len, &fix))
                self->events->fixed(self->user, &fix);
        self->is_too_long = false;
        g_string_truncate(self->line, 0);
}

static void take_bytes(LwGpsd *self, const char *data, size_t length)
{
        for (size_t i = 0; i < length && self->is_started; i++) {
                if (data[i] == '\n')
                        take_line(self);
                else if (self->line->len >= LW_GPSD_LINE_MAX)
                        self->is_too_long = true;
                else
                        g_string_append_c(self->line, data[i]);
        }
}

/* The first thing that happens to the socket is that it is connected, or cannot be. */
static bool finish_connecting(LwGpsd *self)
{
        int error = 0;
        socklen_t length = sizeof(error);

        if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
                error = errno;
        if (error == 0 && send(self->fd, watch, strlen(watch), MSG_NOSIGNAL) < 0)
                error = errno;
        if (error != 0) {
                fail(self, error);
                return false;
        }
        self->is_connected = true;
        sd_event_source_set_io_events(self->source, EPOLLIN);
        self->events->present(self->user);
        return true;
}

static int on_io(sd_event_source *source G_GNUC_UNUSED, int fd G_GNUC_UNUSED,
                uint32_t events G_GNUC_UNUSED, void *user)
{
        LwGpsd *self = user;
        char buffer[4096];
        ssize_t length;

        if (!self->is_connected && !finish_connecting(self))
                return 0;
        length = recv(self->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
        if (length > 0)
                take_bytes(self, buffer, (size_t) length);
        else if (length == 0 || (errno != EAGAIN && errno != EINTR))
                fail(self, length == 0 ? ECONNRESET : errno);
        return 0;
}

static void connect_now(LwGpsd *self)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                .sin_port = htons(PORT),
                .sin_addr = { htonl(INADDR_LOOPBACK) } };
        int r;

        self->retry = LW_USEC_NEVER;
        self->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (self->fd < 0 || (connect(self->fd, (struct sockaddr *) &address, sizeof(address)) < 0 &&
                                            errno != EINPROGRESS)) {
                fail(self, errno);
                return;
        }
        r = sd_event_add_io(lw_driver_event(self->driver), &self->source, self->fd,
                        EPOLLOUT | EPOLLIN, on_io, self);
        if (r < 0)
                fail(self, -r);
}

static LwUsec deadline(void *user)
{
        const LwGpsd *self = user;

        return self->retry;
}

static void run(void *user, LwNow now G_GNUC_UNUSED)
{
        connect_now(user);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

LwGpsd *lw_gpsd_new(LwDriver *driver, const LwGpsdEvents *events, void *user)
{
        LwGpsd *self = g_new0(LwGpsd, 1);

        self->driver = driver;
        self->events = events;
        self->user = user;
        self->fd = -1;
        self->line = g_string_new(NULL);
        self->retry = LW_USEC_NEVER;
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_gpsd_free(LwGpsd *self)
{
        if (self == NULL)
                return;
        hang_up(self);
        lw_driver_remove(self->driver, &driver_client, self);
        g_string_free(self->line, TRUE);
        g_free(self);
}

void lw_gpsd_start(LwGpsd *self)
{
        if (self->is_started)
                return;
        self->is_started = true;
        connect_now(self);
}

void lw_gpsd_stop(LwGpsd *self)
{
        self->is_started = false;
        self->retry = LW_USEC_NEVER;
        hang_up(self);
}
