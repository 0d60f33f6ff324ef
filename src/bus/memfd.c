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

static bool write_all(int fd, const uint8_t *data, size_t length)
{
        while (length > 0) {
                ssize_t written = write(fd, data, length);

                if (written < 0 && errno != EINTR)
                        return false;
                if (written > 0) {
                        data += written;
                        length -= (size_t) written;
                }
        }
        return true;
}

static bool copy(LwBlob *blob, int fd, GError **error)
{
        g_autofree uint8_t *buffer = g_malloc(COPY_BYTES);
        uint64_t size = lw_blob_size(blob);

        for (uint64_t offset = 0; offset < size;) {
                size_t length = (size_t) MIN(size - offset, COPY_BYTES);

                if (!lw_blob_read(blob, offset, buffer, length, error))
                        return false;
                if (!write_all(fd, buffer, length)) {
                        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                        "no memory file for an opaque value: %s",
                                        g_strerror(errno));
                        return false;
                }
                offset += length;
        }
        return true;
}

int lw_memfd_new(LwBlob *blob, GError **error)
{
        int fd = memfd_create("lwm2md-value", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (fd < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "no memory file for an opaque value: %s", g_strerror(errno));
                return -1;
        }
        if (!copy(blob, fd, error)) {
                close(fd);
                return -1;
        }
        lseek(fd, 0, SEEK_SET);
        fcntl(fd, F_ADD_SEALS, SEALS);
        return fd;
}

static bool is_sealed(int fd)
{
        int seals = fcntl(fd, F_GET_SEALS);

        return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && (seals & F_SEAL_WRITE) != 0;
}

GBytes *lw_memfd_read(int fd, GError **error)
{
        g_autofree uint8_t *data = NULL;
        struct stat status;
        size_t length;

        if (!is_sealed(fd) || fstat(fd, &status) < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the descriptor is no memfd that is sealed against writing and "
                                "shrinking");
                return NULL;
        }
        if (status.st_size > LW_BODY_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "%lld bytes are more than the %d that an opaque value may have",
                                (long long) status.st_size, LW_BODY_MAX);
                return NULL;
        }
        length = (size_t) status.st_size;
        data = g_malloc(length + 1);
        if (pread(fd, data, length, 0) != (ssize_t) length) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "cannot read the descriptor: %s",
                                g_strerror(errno));
                return NULL;
        }
        return g_bytes_new_take(g_steal_pointer(&data), length);
}
