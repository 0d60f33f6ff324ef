/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measuring a channel of a chip: the part that may take long. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/chip.h"

/* ms: nobody waits longer for a pipe in the place of a file */
#define PIPE_TIMEOUT_MSEC 2000

/* bytes: a number and its line feed have less */
#define READ_MAX 64

/* A file in sysfs is ready at once, and takes its time in read(). */
static int wait_for(int fd)
{
        struct pollfd wanted = { .fd = fd, .events = POLLIN };
        struct stat status;
        int r;

        if (fstat(fd, &status) < 0)
                return -errno;
        if (S_ISREG(status.st_mode))
                return 0;
        if (!S_ISFIFO(status.st_mode))
                return -EINVAL;
        do
                r = poll(&wanted, 1, PIPE_TIMEOUT_MSEC);
        while (r < 0 && errno == EINTR);
        return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

static int read_number(int root_fd, const char *directory, const char *file, double *ret_number)
{
        g_autofree char *path = g_build_filename(directory, file, NULL);
        int fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        char text[READ_MAX];
        ssize_t n = -1;
        int r;

        if (fd < 0)
                return -errno;
        r = wait_for(fd);
        if (r >= 0) {
                do
                        n = read(fd, text, sizeof(text));
                while (n < 0 && errno == EINTR);
                r = n < 0 ? -errno : n == 0 ? -ENODATA : 0;
        }
        close(fd);
        if (r < 0)
                return r;
        return lw_channel_parse_number(text, (size_t) n, ret_number) ? 0 : -EBADMSG;
}

/* A file that is named and cannot be read leaves nothing to measure by. */
static int read_if_named(int root_fd, const LwChip *chip, const char *file, double *ret_number)
{
        return file == NULL ? 0 : read_number(root_fd, chip->directory, file, ret_number);
}

int lw_chip_measure(const LwChip *self, const LwChannel *channel, int root_fd,
                double values[static LW_CHANNEL_AXES])
{
        double scale = 1, offset = 0, fault = 0;
        int r = read_if_named(root_fd, self, channel->fault, &fault);

        if (r >= 0 && fault != 0)
                return -EIO;
        r = read_if_named(root_fd, self, channel->scale, &scale);
        if (r >= 0)
                r = read_if_named(root_fd, self, channel->offset, &offset);
        for (unsigned i = 0; r >= 0 && i < LW_CHANNEL_AXES; i++) {
                double number;

                if (channel->files[i] == NULL)
                        continue;
                r = read_number(root_fd, self->directory, channel->files[i], &number);
                if (r < 0)
                        break;
                values[i] = lw_channel_scale((number + offset) * scale, channel->factor);
                if (!isfinite(values[i]))
                        r = -ERANGE;
        }
        return r;
}

static bool is_grave(const LwChannel *channel, const char *file)
{
        return g_str_has_suffix(file, "_fault") || g_str_has_suffix(file, "crit_alarm") ||
               g_str_has_suffix(file, "_emergency_alarm") || g_str_has_prefix(channel->name, "fan");
}

bool lw_chip_is_alarmed(const LwChip *self, const LwChannel *channel, int root_fd)
{
        for (guint i = 0; i < channel->alarms->len; i++) {
                const char *file = channel->alarms->pdata[i];
                double number;

                if (is_grave(channel, file) &&
                                read_number(root_fd, self->directory, file, &number) >= 0 &&
                                number != 0)
                        return true;
        }
        return false;
}
