/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The place of a device in the machine, by what stays the same over reboots and re-plugging. */
#include "host/device-path.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "host/directory.h"
#include "model/limits.h"

#define DEVICES "devices/"

/* Names that are a word and a number which says when the device came, not where it is. */
static const char *const counted[] = { "hwmon", "thermal_zone", "iio:device", "nvme", "usb", "host",
        "hiddev", "hidraw", "input", NULL };

static bool is_number(const char *text)
{
        return text[0] != '\0' && text[strspn(text, G_CSET_DIGITS)] == '\0';
}

static bool is_adapter(const char *name)
{
        return g_str_has_prefix(name, "i2c-") && is_number(name + strlen("i2c-"));
}

/* Which of the adapters in its directory it is. */
static char *count_adapter(int root_fd, const char *directory, const char *name)
{
        g_autofree char *path = g_build_filename("sys", DEVICES, directory, NULL);
        g_auto(GStrv) names = lw_directory_list(root_fd, path, LW_DIRECTORY_MAX);
        unsigned place = 0;

        for (size_t i = 0; names[i] != NULL && strcmp(names[i], name) != 0; i++)
                place += is_adapter(names[i]);
        return g_strdup_printf("i2c.%u", place);
}

/* "1-2:1.0" of the first bus is "-2:1.0" */
static const char *behind_bus_number(const char *name)
{
        size_t digits = strspn(name, G_CSET_DIGITS);

        return digits > 0 && name[digits] == '-' ? name + digits : name;
}

static char *steady_name(int root_fd, const char *directory, const char *name)
{
        if (is_adapter(name))
                return count_adapter(root_fd, directory, name);
        for (size_t i = 0; counted[i] != NULL; i++)
                if (g_str_has_prefix(name, counted[i]) && is_number(name + strlen(counted[i])))
                        return g_strdup(counted[i]);
        return g_strdup(behind_bus_number(name));
}

void lw_device_path_clean(char *path)
{
        g_strcanon(path, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._:,+@-", '_');
}

/* ".../hwmon/hwmon2" and ".../iio:device0": how the class calls the device, not where it is. */
static void cut_class(char *path)
{
        char *slash = strrchr(path, '/');

        if (slash == NULL)
                return;
        if (g_str_has_prefix(slash + 1, "iio:device")) {
                *slash = '\0';
        } else if (g_str_has_prefix(slash + 1, "hwmon")) {
                *slash = '\0';
                if (g_str_has_suffix(path, "/hwmon"))
                        path[strlen(path) - strlen("/hwmon")] = '\0';
        }
}

char *lw_device_path_read(int root_fd, const char *link, char **ret_raw)
{
        char target[PATH_MAX];
        ssize_t n = readlinkat(root_fd, link, target, sizeof(target) - 1);
        g_autoptr(GString) raw = g_string_new(NULL);
        g_autoptr(GString) steady = g_string_new(NULL);
        g_auto(GStrv) names = NULL;
        const char *devices;
        char *start = target;

        if (n <= 0)
                return NULL;
        target[n] = '\0';
        devices = strstr(target, DEVICES);
        if (devices != NULL && (devices == target || devices[-1] == '/'))
                start = target + (devices - target) + strlen(DEVICES);
        else /* a link from one device to another */
                while (g_str_has_prefix(start, "../"))
                        start += strlen("../");
        cut_class(start);
        names = g_strsplit(start, "/", -1);
        for (size_t i = 0; names[i] != NULL; i++) {
                g_autofree char *name = steady_name(root_fd, raw->str, names[i]);

                g_string_append_printf(steady, "%s%s", i == 0 ? "" : "/", name);
                g_string_append_printf(raw, "%s%s", i == 0 ? "" : "/", names[i]);
        }
        lw_device_path_clean(steady->str);
        lw_device_path_clean(raw->str);
        if (ret_raw != NULL)
                *ret_raw = g_string_free(g_steal_pointer(&raw), FALSE);
        return g_string_free(g_steal_pointer(&steady), FALSE);
}
