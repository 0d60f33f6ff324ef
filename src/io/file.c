/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host: read whole, bounded, below a root directory. */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model/limits.h"

/* The first read: files in procfs say that they are empty, those in sysfs that they are a page. */
#define FIRST_READ_BYTES 4096

static int open_below(int root_fd, const char *path)
{
        /* O_NONBLOCK and O_NOCTTY: a FIFO or a terminal in the place of a file must neither hang
         * nor own us. */
        struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                .resolve = RESOLVE_IN_ROOT };
        int fd;

        if (root_fd == AT_FDCWD) {
                fd = open(path, (int) how.flags);
                return fd < 0 ? -errno : fd;
        }
        fd = (int) syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
        if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* an old kernel, or a seccomp filter
                                                              that is */
                fd = openat(root_fd, path + strspn(path, "/"), (int) how.flags);
        return fd < 0 ? -errno : fd;
}

static int read_to_end(int fd, size_t limit, GByteArray *content)
{
        size_t room = MIN(limit + 1, FIRST_READ_BYTES);

        for (;;) {
                size_t length = content->len;
                ssize_t n;

                g_byte_array_set_size(content, (guint) (length + room));
                n = read(fd, content->data + length, room);
                if (n < 0 && errno != EINTR)
                        return -errno;
                g_byte_array_set_size(content, (guint) (length + (size_t) MAX(n, 0)));
                if (n == 0)
                        return 0;
                if (content->len > limit)
                        return -EFBIG;
                room = MIN(limit + 1 - content->len, MAX(content->len, FIRST_READ_BYTES));
        }
}

int lw_file_read(int root_fd, const char *path, size_t limit, GBytes **ret_bytes)
{
        g_autoptr(GByteArray) content = g_byte_array_new();
        struct stat status;
        int fd = open_below(root_fd, path);
        int r;

        if (fd < 0)
                return fd;
        if (fstat(fd, &status) < 0)
                r = -errno;
        else if (!S_ISREG(status.st_mode))
                r = -EINVAL;
        else
                r = read_to_end(fd, MIN(limit, G_MAXUINT / 2), content);
        close(fd);
        if (r < 0)
                return r;
        *ret_bytes = g_byte_array_free_to_bytes(g_steal_pointer(&content));
        return 0;
}

int lw_file_read_line(int root_fd, const char *path, char **ret_line)
{
        g_autoptr(GBytes) bytes = NULL;
        g_autofree char *line = NULL;
        const char *data;
        size_t length;
        int r = lw_file_read(root_fd, path, LW_FILE_MAX, &bytes);

        if (r < 0)
                return r;
        data = g_bytes_get_data(bytes, &length);
        /* The kernel ends strings of the device tree by NUL, all others by a line feed. */
        line = g_strndup(data, data == NULL ? 0 : length);
        line[strcspn(line, "\n")] = '\0';
        g_strstrip(line);
        if (line[0] == '\0')
                return -ENODATA;
        if (!g_utf8_validate(line, -1, NULL))
                return -EILSEQ;
        *ret_line = g_steal_pointer(&line);
        return 0;
}
