/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of files for one test, which looks like a host. */
#define _GNU_SOURCE 1 /* nftw */
#include "lib/files.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

/* Descriptors that the walk over a directory may keep open. */
#define WALK_DEPTH 8

void lw_test_files_make(LwTestFiles *self)
{
        g_strlcpy(self->path, "/tmp/lwm2md-test-XXXXXX", sizeof(self->path));
        ck_assert_ptr_nonnull(mkdtemp(self->path));
        self->fd = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(self->fd, 0);
}

static int remove_one(const char *path, const struct stat *status G_GNUC_UNUSED,
                int type G_GNUC_UNUSED, struct FTW *where G_GNUC_UNUSED)
{
        return remove(path);
}

void lw_test_files_remove(LwTestFiles *self)
{
        if (self->path[0] == '\0')
                return;
        close(self->fd);
        ck_assert_int_eq(nftw(self->path, remove_one, WALK_DEPTH, FTW_DEPTH | FTW_PHYS), 0);
        self->path[0] = '\0';
}

static char *place(const LwTestFiles *self, const char *name)
{
        char *path = g_build_filename(self->path, name, NULL);
        g_autofree char *directory = g_path_get_dirname(path);

        ck_assert_int_eq(g_mkdir_with_parents(directory, 0755), 0);
        return path;
}

void lw_test_files_put_bytes(
                const LwTestFiles *self, const char *name, const void *data, size_t length)
{
        g_autofree char *path = place(self, name);

        ck_assert(g_file_set_contents(path, data, (gssize) length, NULL));
}

void lw_test_files_put(const LwTestFiles *self, const char *name, const char *text)
{
        lw_test_files_put_bytes(self, name, text, strlen(text));
}

void lw_test_files_link(const LwTestFiles *self, const char *name, const char *target)
{
        g_autofree char *path = place(self, name);

        ck_assert_int_eq(symlink(target, path), 0);
}

GBytes *lw_test_source_file(const char *name)
{
        const char *source = g_getenv("srcdir");
        g_autofree char *path = g_build_filename(source == NULL ? "." : source, name, NULL);
        char *data;
        gsize length;

        ck_assert_msg(g_file_get_contents(path, &data, &length, NULL), "%s cannot be read", path);
        return g_bytes_new_take(data, length);
}
