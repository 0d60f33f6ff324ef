/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPipe: an opaque value that a service streams through a pipe, until all of it is here. */
#define _GNU_SOURCE 1 /* O_PATH */

#include "providers/remote/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/memfd.h"
#include "model/limits.h"
#include "model/status.h"

#define CHUNK_BYTES 65536

struct LwPipe {
        LwDriver *driver;
        LwPath path;
        int fd, memory;
        uint64_t length;
        sd_event_source *source;
        LwPipeDone done;
        void *user;
};

bool lw_pipe_is(int fd)
{
        struct stat status;

        return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* An end for writing never has anything, and of a name without the file (O_PATH) nothing comes. */
static bool prepare(int fd, GError **error)
{
        int flags = fcntl(fd, F_GETFL);

        if (flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY &&
                        fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "the pipe is not open for reading; give the end that is read from");
        return false;
}

LwPipe *lw_pipe_new(LwDriver *driver, int fd, const LwPath *path, GError **error)
{
        LwPipe *self;

        if (!prepare(fd, error))
                return NULL;
        self = g_new0(LwPipe, 1);
        self->driver = driver;
        self->path = *path;
        self->memory = -1;
        self->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (self->fd < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "no descriptor for a pipe: %s",
                                g_strerror(errno));
        if (self->fd >= 0)
                self->memory = lw_memfd_open(error);
        if (self->memory >= 0)
                return self;
        lw_pipe_free(self);
        return NULL;
}

void lw_pipe_free(LwPipe *self)
{
        if (self == NULL)
                return;
        sd_event_source_disable_unref(self->source);
        if (self->fd >= 0)
                close(self->fd);
        if (self->memory >= 0)
                close(self->memory);
        g_free(self);
}

static void finish(LwPipe *self, const GError *error)
{
        self->source = sd_event_source_disable_unref(self->source);
        lw_memfd_seal(self->memory);
        self->done(self->user, self, error);
}

static void fail(LwPipe *self, LwStatus status, const char *what)
{
        g_autoptr(GError) error = g_error_new_literal(LW_ERROR, (int) status, what);

        finish(self, error);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *user)
{
        static uint8_t buffer[CHUNK_BYTES];
        g_autoptr(GError) error = NULL;
        LwPipe *self = user;
        ssize_t length = read(fd, buffer, sizeof(buffer));

        (void) source;
        (void) events;
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (length < 0) {
                fail(self, LW_STATUS_FAILED, "the pipe of a service cannot be read");
        } else if (length == 0) {
                finish(self, NULL);
        } else if ((self->length += (uint64_t) length) > LW_PLUGIN_BLOB_MAX) {
                fail(self, LW_STATUS_TOO_LARGE,
                                "a service streams more than an opaque value may have");
        } else if (!lw_memfd_append(self->memory, buffer, (size_t) length, &error)) {
                finish(self, error);
        }
        return 0;
}

bool lw_pipe_start(LwPipe *self, LwPipeDone done, void *user, GError **error)
{
        int r;

        self->done = done;
        self->user = user;
        r = sd_event_add_io(lw_driver_event(self->driver), &self->source, self->fd, EPOLLIN,
                        on_readable, self);
        if (r >= 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the pipe of a service cannot be read: %s",
                        g_strerror(-r));
        return false;
}

bool lw_pipe_add(const LwPipe *self, LwValues *values, GError **error)
{
        return lw_memfd_add(self->memory, &self->path, values, error);
}

const LwPath *lw_pipe_path(const LwPipe *self)
{
        return &self->path;
}
