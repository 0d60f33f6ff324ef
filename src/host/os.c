/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the operating system says of itself: os-release, kernel, memory. */
#include "host/os.h"

#include <errno.h>
#include <string.h>

#include "io/file.h"

/* bytes: os-release and meminfo have a few thousand */
#define DOCUMENT_MAX 65536

#define BYTES_PER_KIB 1024
#define BYTES_PER_KB 1000
#define USEC_PER_SECOND 1000000.0

void lw_os_clear(LwOs *self)
{
        g_free(self->id);
        g_free(self->name);
        g_free(self->version);
        g_free(self->image);
        g_free(self->kernel);
        *self = (LwOs){};
}

static void replace(char **field, char *value)
{
        g_free(*field);
        *field = value;
}

/* A value as a shell reads it: NULL for what a shell would not take as one word. */
static char *unquote(const char *text)
{
        char *value = g_shell_unquote(text, NULL);

        if (value != NULL && value[0] != '\0' && g_utf8_validate(value, -1, NULL))
                return value;
        g_free(value);
        return NULL;
}

void lw_os_parse(LwOs *self, const char *text, size_t length)
{
        g_autofree char *copy = g_strndup(text, length);
        g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
        g_autofree char *plain_name = NULL;
        const struct {
                const char *key;
                char **field;
        } fields[] = {
                { "ID", &self->id },
                { "NAME", &plain_name },
                { "PRETTY_NAME", &self->name },
                { "VERSION_ID", &self->version },
                { "IMAGE_VERSION", &self->image },
        };

        for (size_t i = 0; lines[i] != NULL; i++) {
                char *line = g_strstrip(lines[i]);
                char *equals = strchr(line, '=');

                if (line[0] == '#' || equals == NULL)
                        continue;
                *equals = '\0';
                for (size_t k = 0; k < G_N_ELEMENTS(fields); k++) {
                        char *value;

                        if (strcmp(line, fields[k].key) != 0)
                                continue;
                        value = unquote(equals + 1);
                        if (value != NULL)
                                replace(fields[k].field, value);
                }
        }
        if (self->name == NULL)
                self->name = g_steal_pointer(&plain_name);
}

/* os-release of Debian stays at "12" for years; debian_version has the point release, or a word in
 * testing. */
static void refine_debian_version(LwOs *self, int root_fd)
{
        g_autofree char *version = NULL;

        if (g_strcmp0(self->id, "debian") != 0)
                return;
        if (lw_file_read_line(root_fd, "etc/debian_version", &version) < 0)
                return;
        replace(&self->version, g_steal_pointer(&version));
}

void lw_os_read(LwOs *self, int root_fd)
{
        static const char *const places[] = { "etc/os-release", "usr/lib/os-release" };

        for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
                g_autoptr(GBytes) bytes = NULL;
                const char *text;
                size_t length;

                if (lw_file_read(root_fd, places[i], DOCUMENT_MAX, &bytes) < 0)
                        continue;
                text = g_bytes_get_data(bytes, &length);
                if (text != NULL)
                        lw_os_parse(self, text, length);
                break;
        }
        refine_debian_version(self, root_fd);
        g_clear_pointer(&self->kernel, g_free);
        lw_file_read_line(root_fd, "proc/sys/kernel/osrelease", &self->kernel);
}

char *lw_os_firmware(const LwOs *self)
{
        return g_strdup(self->image != NULL ? self->image : self->name);
}

char *lw_os_software(const LwOs *self)
{
        GString *text = g_string_new(self->id);

        if (self->id != NULL && self->version != NULL)
                g_string_append_printf(text, " %s", self->version);
        if (self->kernel != NULL)
                g_string_append_printf(text, "%sLinux %s", text->len > 0 ? ", " : "", self->kernel);
        return g_string_free(text, text->len == 0);
}

/* The number behind "KEY:" at the start of a line, in kilobytes of 1000 bytes. */
static bool meminfo_field(const char *text, const char *key, int64_t *ret_kb)
{
        size_t key_length = strlen(key);

        for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
                const char *digits;
                char *end;
                uint64_t kib;

                line += *line == '\n';
                if (strncmp(line, key, key_length) != 0 || line[key_length] != ':')
                        continue;
                digits = line + key_length + 1;
                digits += strspn(digits, " \t");
                if (!g_ascii_isdigit(*digits))
                        return false;
                kib = g_ascii_strtoull(digits, &end, 10);
                if (kib > G_MAXINT64 / BYTES_PER_KIB || !g_str_has_prefix(end, " kB"))
                        return false;
                *ret_kb = (int64_t) (kib * BYTES_PER_KIB / BYTES_PER_KB);
                return true;
        }
        return false;
}

bool lw_memory_parse(const char *text, size_t length, LwMemory *ret_memory)
{
        g_autofree char *copy = g_strndup(text, length);
        LwMemory memory = {};

        if (!meminfo_field(copy, "MemTotal", &memory.total_kb))
                return false;
        if (!meminfo_field(copy, "MemAvailable", &memory.available_kb) &&
                        !meminfo_field(copy, "MemFree", &memory.available_kb))
                return false;
        *ret_memory = memory;
        return true;
}

int lw_memory_read(int root_fd, LwMemory *ret_memory)
{
        g_autoptr(GBytes) bytes = NULL;
        const char *text;
        size_t length;
        int r = lw_file_read(root_fd, "proc/meminfo", DOCUMENT_MAX, &bytes);

        if (r < 0)
                return r;
        text = g_bytes_get_data(bytes, &length);
        return text != NULL && lw_memory_parse(text, length, ret_memory) ? 0 : -EBADMSG;
}

int lw_boot_id_read(int root_fd, char **ret_id)
{
        g_autofree char *line = NULL;
        g_auto(GStrv) parts = NULL;
        int r = lw_file_read_line(root_fd, "proc/sys/kernel/random/boot_id", &line);

        if (r < 0)
                return r;
        if (!g_uuid_string_is_valid(line))
                return -EBADMSG;
        parts = g_strsplit(line, "-", -1);
        *ret_id = g_strjoinv("", parts);
        return 0;
}

int lw_uptime_read(int root_fd, uint64_t *ret_usec)
{
        g_autofree char *line = NULL;
        char *end;
        double seconds;
        int r = lw_file_read_line(root_fd, "proc/uptime", &line);

        if (r < 0)
                return r;
        if (!g_ascii_isdigit(line[0]))
                return -EBADMSG;
        seconds = g_ascii_strtod(line, &end);
        if ((*end != ' ' && *end != '\0') || seconds > 1e12)
                return -EBADMSG;
        *ret_usec = (uint64_t) (seconds * USEC_PER_SECOND);
        return 0;
}
