/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of one kind in directories of which the first has the last word. */
#include "providers/remote/directory.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/file.h"
#include "model/limits.h"

/* A walk over the directories. */
typedef struct Walk {
        const char *suffix;
        unsigned left; /* files that may come yet */
        LwDirectoryFile each;
        void *user;
        GHashTable *seen; /* names of files */
} Walk;

bool lw_directory_find_user(const char *name, uid_t *ret_uid)
{
        const struct passwd *entry = getpwnam(name);
        char *end;
        unsigned long number = strtoul(name, &end, 10);

        if (entry == NULL && (*name < '0' || *name > '9' || *end != '\0' || number >= UINT32_MAX))
                return false;
        *ret_uid = entry != NULL ? entry->pw_uid : (uid_t) number;
        return true;
}

static void take_file(Walk *self, const char *path, const char *name)
{
        g_autofree char *stem = g_strndup(name, strlen(name) - strlen(self->suffix));
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GError) error = NULL;
        int r = lw_file_read(AT_FDCWD, path, LW_CONFIG_MAX, &bytes);

        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s; ignoring it", path, g_strerror(-r));
        else if (g_bytes_get_size(bytes) > 0 && !self->each(self->user, stem, bytes, &error))
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s; ignoring it", path, error->message);
}

static void take_directory(Walk *self, const char *path)
{
        g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
        const char *name;

        while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
                g_autofree char *file = g_build_filename(path, name, NULL);

                if (!g_str_has_suffix(name, self->suffix) ||
                                !g_hash_table_add(self->seen, g_strdup(name)))
                        continue;
                if (self->left == 0) {
                        lw_log(G_LOG_LEVEL_WARNING, "%s: there are too many files; ignoring it",
                                        file);
                        return;
                }
                self->left--;
                take_file(self, file, name);
        }
}

void lw_directory_each(const char *const *directories, const char *suffix, unsigned most,
                LwDirectoryFile each, void *user)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Walk walk = { suffix, most, each, user, seen };

        for (unsigned i = 0; directories[i] != NULL; i++)
                take_directory(&walk, directories[i]);
}
