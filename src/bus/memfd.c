/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed memory files: how large opaque values travel on the bus. */
#define _GNU_SOURCE 1 /* memfd_create, F_GET_SEALS */

#include "bus/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/limits.h"
#include "model/status.h"

#define COPY_BYTES 65536
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#define BLOB_MAX (INT64_C(1) << 30) /* 2^20 blocks of 1024 bytes. Source: RFC 7959, 2.2 */

int lw_memfd_open(GError **error)
{
        int fd = memfd_create("lwm2md-value", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (fd < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "no memory file for an opaque value: %s", g_strerror(errno));
        return fd;
}

bool lw_memfd_append(int fd, const uint8_t *data, size_t length, GError **error)
{
        while (length > 0) {
                ssize_t written = write(fd, data, length);

                if (written < 0 && errno != EINTR) {
                        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                        "no memory for an opaque value: %s", g_strerror(errno));
                        return false;
                }
                if (written > 0) {
                        data += written;
                        length -= (size_t) written;
                }
        }
        return true;
}

void lw_memfd_seal(int fd)
{
        lseek(fd, 0, SEEK_SET);
        fcntl(fd, F_ADD_SEALS, SEALS);
}

static bool copy(LwBlob *blob, int fd, GError **error)
{
        g_autofree uint8_t *buffer = g_malloc(COPY_BYTES);
        uint64_t size = lw_blob_size(blob);

        for (uint64_t offset = 0; offset < size;) {
                size_t length = (size_t) MIN(size - offset, COPY_BYTES);

                if (!lw_blob_read(blob, offset, buffer, length, error))
                        return false;
                if (!lw_memfd_append(fd, buffer, length, error))
                        return false;
                offset += length;
        }
        return true;
}

int lw_memfd_new(LwBlob *blob, GError **error)
{
        int fd = lw_memfd_open(error);

        if (fd < 0)
                return -1;
        if (!copy(blob, fd, error)) {
                close(fd);
                return -1;
        }
        lw_memfd_seal(fd);
        return fd;
}

static bool is_fit(int fd)
{
        int seals = fcntl(fd, F_GET_SEALS), flags = fcntl(fd, F_GETFL);

        return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && (seals & F_SEAL_WRITE) != 0 &&
               flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

/* Errors: 4.00 when it is not what it must be. */
static bool find_size(int fd, int64_t *ret_size, GError **error)
{
        struct stat status;

        if (!is_fit(fd) || fstat(fd, &status) < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the descriptor is no memfd that can be read and is sealed against "
                                "writing and shrinking");
                return false;
        }
        *ret_size = status.st_size;
        return true;
}

static bool check_size(int64_t size, int64_t most, GError **error)
{
        if (size <= most)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                        "%lld bytes are more than the %lld that an opaque value may have",
                        (long long) size, (long long) most);
        return false;
}

GBytes *lw_memfd_read(int fd, GError **error)
{
        g_autofree uint8_t *data = NULL;
        int64_t size;

        if (!find_size(fd, &size, error) || !check_size(size, LW_BODY_MAX, error))
                return NULL;
        data = g_malloc((size_t) size + 1);
        if (pread(fd, data, (size_t) size, 0) != size) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "cannot read the descriptor: %s",
                                g_strerror(errno));
                return NULL;
        }
        return g_bytes_new_take(g_steal_pointer(&data), (size_t) size);
}

/* A blob that reads from a descriptor */

static bool read_at(void *user, uint64_t offset, uint8_t *data, size_t length, GError **error)
{
        int fd = GPOINTER_TO_INT(user);

        if (pread(fd, data, length, (off_t) offset) == (ssize_t) length)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "cannot read the descriptor: %s",
                        g_strerror(errno));
        return false;
}

static void close_descriptor(void *user)
{
        close(GPOINTER_TO_INT(user));
}

bool lw_memfd_add(int fd, const LwPath *path, LwValues *values, GError **error)
{
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(LwBlob) blob = NULL;
        const void *data;
        size_t length;
        LwValue value;
        int64_t size;
        int own;

        if (!find_size(fd, &size, error) || !check_size(size, BLOB_MAX, error))
                return false;
        if (size <= LW_BODY_MAX) {
                if ((bytes = lw_memfd_read(fd, error)) == NULL)
                        return false;
                data = g_bytes_get_data(bytes, &length);
                value = lw_value_data(data, length);
                lw_values_add(values, path, &value);
                return true;
        }
        own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (own < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "no descriptor for it: %s",
                                g_strerror(errno));
                return false;
        }
        blob = lw_blob_new_reader((uint64_t) size, read_at, GINT_TO_POINTER(own), close_descriptor);
        value = lw_value_blob(blob);
        lw_values_add(values, path, &value);
        return true;
}
