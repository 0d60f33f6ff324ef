/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A regular file whose content travels without being held in memory. */
#include "testserver/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/status.h"

/* A FIFO or a terminal must neither make us wait nor become ours. */
#define FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

#define NEW_FILE_MODE 0666 /* less the umask */

struct LwTestFile {
        unsigned references;
        int fd;
};

static LwTestFile *fail(const char *name, const char *reason, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s: %s", name, reason);
        return NULL;
}

/* Takes `fd`, which may be -1 with errno. */
static LwTestFile *take(int fd, const char *name, GError **error)
{
        LwTestFile *self;
        struct stat status;

        if (fd < 0)
                return fail(name, g_strerror(errno), error);
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
                close(fd);
                return fail(name, "it must be a regular file", error);
        }
        self = g_new0(LwTestFile, 1);
        self->references = 1;
        self->fd = fd;
        return self;
}

static bool is_absolute(const char *path, GError **error)
{
        if (path[0] == '/')
                return true;
        fail(path, "it must be an absolute path, as this program has a directory of its own",
                        error);
        return false;
}

LwTestFile *lw_test_file_open(const char *path, GError **error)
{
        if (!is_absolute(path, error))
                return NULL;
        return take(open(path, O_RDONLY | FLAGS), path, error);
}

LwTestFile *lw_test_file_create(const char *path, GError **error)
{
        if (!is_absolute(path, error))
                return NULL;
        return take(open(path, O_WRONLY | O_CREAT | O_TRUNC | FLAGS, NEW_FILE_MODE), path, error);
}

LwTestFile *lw_test_file_new(int fd, GError **error)
{
        return take(fcntl(fd, F_DUPFD_CLOEXEC, 3), "the descriptor", error);
}

LwTestFile *lw_test_file_ref(LwTestFile *self)
{
        if (self != NULL)
                self->references++;
        return self;
}

void lw_test_file_unref(LwTestFile *self)
{
        if (self == NULL || --self->references > 0)
                return;
        close(self->fd);
        g_free(self);
}

static bool fail_io(const char *what, ssize_t moved, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the file cannot be %s: %s", what,
                        moved < 0 ? g_strerror(errno) : "it ended early");
        return false;
}

static bool read_at(void *user, uint64_t offset, uint8_t *ret_data, size_t length, GError **error)
{
        const LwTestFile *self = user;

        while (length > 0) {
                ssize_t had = pread(self->fd, ret_data, length, (off_t) offset);

                if (had < 0 && errno == EINTR)
                        continue;
                if (had <= 0)
                        return fail_io("read", had, error);
                ret_data += had;
                offset += (uint64_t) had;
                length -= (size_t) had;
        }
        return true;
}

static void unref(void *self)
{
        lw_test_file_unref(self);
}

LwBlob *lw_test_file_blob(LwTestFile *self, GError **error)
{
        struct stat status;

        if (fstat(self->fd, &status) < 0) {
                fail_io("read", -1, error);
                return NULL;
        }
        return lw_blob_new_reader(
                        (uint64_t) status.st_size, read_at, lw_test_file_ref(self), unref);
}

bool lw_test_file_put(LwTestFile *self, uint64_t offset, const uint8_t *data, size_t length,
                GError **error)
{
        if (offset == 0 && ftruncate(self->fd, 0) < 0)
                return fail_io("written", -1, error);
        while (length > 0) {
                ssize_t had = pwrite(self->fd, data, length, (off_t) offset);

                if (had < 0 && errno == EINTR)
                        continue;
                if (had <= 0)
                        return fail_io("written", had, error);
                data += had;
                offset += (uint64_t) had;
                length -= (size_t) had;
        }
        return true;
}
