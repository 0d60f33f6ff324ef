/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of the host: their names, in order, below a root directory. */
#define _GNU_SOURCE 1 /* strverscmp */
#include "host/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
        return strverscmp(*(const char *const *) a, *(const char *const *) b);
}

GStrv lw_directory_list(int root_fd, const char *path, size_t limit)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        int fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *stream = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (stream == NULL && fd >= 0)
                close(fd);
        while (stream != NULL && names->len < limit && (entry = readdir(stream)) != NULL)
                if (entry->d_name[0] != '.')
                        g_ptr_array_add(names, g_strdup(entry->d_name));
        if (stream != NULL)
                closedir(stream);
        g_ptr_array_sort(names, compare);
        g_ptr_array_add(names, NULL);
        return (GStrv) g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
