/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and certificates: files and systemd credentials that a [Server] section names. */
#include "daemon/config-bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "base/secret.h"

void lw_config_bytes_complain(
                LwConfigFile *file, const LwConfigEntry *entry, bool shown, char *problem)
{
        g_autofree char *quoted =
                        shown ? lw_quote(entry->value, strlen(entry->value)) : g_strdup("...");

        lw_config_file_complain(
                        file, entry->file, entry->line, "%s=%s: %s", entry->key, quoted, problem);
        g_free(problem);
}

const LwConfigEntry *lw_config_bytes_find(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, bool *ret_clash)
{
        const char *const keys[] = { self->file, self->credential, self->text };
        const LwConfigEntry *found = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
                const LwConfigEntry *entry =
                                keys[i] == NULL ? NULL : lw_config_section_entry(section, keys[i]);

                if (entry != NULL && found != NULL) {
                        lw_config_file_complain(file, entry->file, entry->line,
                                        "%s= and %s= both give %s; keep one of them", found->key,
                                        entry->key, self->what);
                        *ret_clash = true;
                        return NULL;
                }
                if (entry != NULL)
                        found = entry;
        }
        return found;
}

/* Into `data`, which has room for one byte more than there may be; how many, or a negative errno.
 */
static ssize_t read_file(const char *path, char *data, size_t room, mode_t *ret_mode)
{
        /* O_NONBLOCK: a FIFO in the place of a file must not hang us. */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat status;
        size_t length = 0;
        ssize_t n = 1;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                n = -errno;
        else if (!S_ISREG(status.st_mode))
                n = -EINVAL;
        while (n > 0 && length < room) {
                n = read(fd, data + length, room - length);
                length += (size_t) MAX(n, 0);
                if (n < 0)
                        n = -errno;
        }
        close(fd);
        if (n < 0)
                return n;
        *ret_mode = status.st_mode;
        return (ssize_t) length;
}

/* Where it is, or NULL and why not. */
static char *path_of(
                const LwConfigEntry *entry, const LwConfigBytes *self, const char **ret_problem)
{
        const char *directory = g_getenv("CREDENTIALS_DIRECTORY");

        if (strcmp(entry->key, self->file) == 0) {
                if (g_path_is_absolute(entry->value))
                        return g_strdup(entry->value);
                *ret_problem = "not the path of a file; begin it with '/'";
        } else if (strchr(entry->value, '/') != NULL || entry->value[0] == '.') {
                *ret_problem = "not the name of a credential; it has no '/', and no '.' first";
        } else if (directory == NULL) {
                *ret_problem = "systemd passes no credentials; add LoadCredential= to the unit, as "
                               "systemd.exec(5) says";
        } else {
                return g_build_filename(directory, entry->value, NULL);
        }
        return NULL;
}

GBytes *lw_config_bytes_read(
                LwConfigFile *file, const LwConfigEntry *entry, const LwConfigBytes *self)
{
        const char *problem = NULL;
        g_autofree char *path = path_of(entry, self, &problem);
        char *data;
        GBytes *bytes = NULL;
        mode_t mode = 0;
        ssize_t length;

        if (path == NULL) {
                lw_config_bytes_complain(file, entry, true, g_strdup(problem));
                return NULL;
        }
        data = g_malloc(self->limit_bytes + 1);
        length = read_file(path, data, self->limit_bytes + 1, &mode);
        if (length < 0)
                lw_config_bytes_complain(file, entry, true,
                                g_strdup_printf("%s cannot be read (%s); check that the file is "
                                                "there, and that the agent may read it: 0640, "
                                                "root:_lwm2md",
                                                self->what, g_strerror((int) -length)));
        else if ((size_t) length > self->limit_bytes)
                lw_config_bytes_complain(file, entry, true,
                                g_strdup_printf("the file has more than %zu bytes; it should hold "
                                                "%s alone",
                                                self->limit_bytes, self->what));
        else
                bytes = lw_secret_new(data, (size_t) length);
        lw_secret_free(data, self->limit_bytes + 1);
        if (bytes != NULL && self->secret && strcmp(entry->key, self->file) == 0 &&
                        (mode & S_IRWXO) != 0)
                lw_config_bytes_complain(file, entry, true,
                                g_strdup("everybody on this host may use the file; 'chmod o=' it"));
        return bytes;
}

static GBytes *decode(LwConfigFile *file, const LwConfigEntry *entry, const LwConfigBytes *self)
{
        size_t length;
        uint8_t *data = g_base64_decode(entry->value, &length);
        GBytes *bytes = NULL;

        if (length == 0 || length > self->limit_bytes)
                lw_config_bytes_complain(file, entry, false,
                                g_strdup_printf("%s must be 1 to %zu bytes in base64", self->what,
                                                self->limit_bytes));
        else
                bytes = lw_secret_new(data, length);
        lw_secret_free(data, length);
        return bytes;
}

bool lw_config_bytes_take(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, GBytes **ret_bytes)
{
        bool clash = false;
        const LwConfigEntry *entry = lw_config_bytes_find(file, section, self, &clash);

        if (entry == NULL)
                return !clash;
        if (self->text != NULL && strcmp(entry->key, self->text) == 0)
                *ret_bytes = decode(file, entry, self);
        else
                *ret_bytes = lw_config_bytes_read(file, entry, self);
        return *ret_bytes != NULL;
}

bool lw_config_bytes_require(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, const char *mode, GBytes **ret_bytes)
{
        if (!lw_config_bytes_take(file, section, self, ret_bytes))
                return false;
        if (*ret_bytes == NULL)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=%s and not %s; add %s= with the file that "
                                "holds it",
                                section->name, mode, self->what, self->file);
        return *ret_bytes != NULL;
}
