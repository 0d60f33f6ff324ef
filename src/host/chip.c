/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwChip: one device of the kernel that measures, with its channels. */
#include "host/chip.h"

#include <string.h>
#include <unistd.h>

#include "host/device-path.h"
#include "host/directory.h"
#include "io/file.h"
#include "model/limits.h"

/* bytes: of labels and names that are used */
#define LABEL_MAX 255
#define KEY_MAX 200
#define ATTRIBUTE_MAX 4096

static const struct {
        const char *subsystem, *directory, *prefix;
} kinds[LW_CHIP_KINDS] = {
        [LW_CHIP_THERMAL] = { "thermal", "sys/class/thermal", "thermal_zone" },
        [LW_CHIP_HWMON] = { "hwmon", "sys/class/hwmon", "hwmon" },
        [LW_CHIP_IIO] = { "iio", "sys/bus/iio/devices", "iio:device" },
};

static void channel_free(void *data)
{
        LwChannel *self = data;

        g_free(self->name);
        g_free(self->label);
        for (unsigned i = 0; i < LW_CHANNEL_AXES; i++)
                g_free(self->files[i]);
        g_free(self->scale);
        g_free(self->offset);
        g_free(self->fault);
        g_clear_pointer(&self->alarms, g_ptr_array_unref);
        g_free(self);
}

static void chip_clear(LwChip *self)
{
        g_free(self->sysname);
        g_free(self->directory);
        g_free(self->name);
        g_free(self->key);
        g_free(self->raw_key);
        g_ptr_array_unref(self->channels);
}

LwChip *lw_chip_ref(LwChip *self)
{
        return g_atomic_rc_box_acquire(self);
}

void lw_chip_unref(LwChip *self)
{
        if (self != NULL)
                g_atomic_rc_box_release_full(self, (GDestroyNotify) chip_clear);
}

bool lw_chip_kind(const char *subsystem, const char *sysname, LwChipKind *ret_kind)
{
        for (unsigned i = 0; i < LW_CHIP_KINDS; i++)
                if (strcmp(subsystem, kinds[i].subsystem) == 0 &&
                                g_str_has_prefix(sysname, kinds[i].prefix)) {
                        *ret_kind = (LwChipKind) i;
                        return true;
                }
        return false;
}

/* --- texts ------------------------------------------------------------------------------------ */

/* A line of text that can be shown, or NULL. */
static char *read_text(int root_fd, const char *directory, const char *file)
{
        g_autofree char *path = g_build_filename(directory, file, NULL);
        g_autofree char *line = NULL;

        if (lw_file_read_line(root_fd, path, &line) < 0 || strlen(line) > LABEL_MAX)
                return NULL;
        for (const char *c = line; *c != '\0'; c++)
                if (g_ascii_iscntrl(*c))
                        return NULL;
        return g_steal_pointer(&line);
}

static char *make_key(const char *place, const char *name)
{
        char *key = g_strdup_printf("%s/%s", place, name);
        g_autofree char *sum = NULL;

        lw_device_path_clean(key);
        if (strlen(key) <= KEY_MAX)
                return key;
        sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
        g_free(key);
        return g_strdup_printf("%.64s", sum);
}

/* Devices of a driver have a place; what is virtual has its name alone. */
static void find_keys(LwChip *self, int root_fd)
{
        g_autofree char *link = NULL, *place = NULL, *raw = NULL;

        link = self->kind == LW_CHIP_THERMAL
                               ? g_build_filename(self->directory, "device", NULL)
                               : g_build_filename(kinds[self->kind].directory, self->sysname, NULL);
        place = lw_device_path_read(root_fd, link, &raw);
        self->of_thermal = self->kind == LW_CHIP_HWMON && raw != NULL &&
                           strstr(raw, "thermal/thermal_zone") != NULL;
        self->key = make_key(place != NULL ? place : kinds[self->kind].subsystem, self->name);
        if (raw == NULL || self->kind == LW_CHIP_THERMAL || strcmp(raw, "virtual") == 0) {
                g_autofree char *numbered = g_strdup_printf("%s/%s",
                                raw != NULL ? raw : kinds[self->kind].subsystem, self->sysname);

                self->raw_key = make_key(numbered, self->name);
        } else {
                self->raw_key = make_key(raw, self->name);
        }
}

/* --- channels --------------------------------------------------------------------------------- */

static LwChannel *find_channel(const LwChip *self, const char *name)
{
        for (guint i = 0; i < self->channels->len; i++) {
                LwChannel *channel = self->channels->pdata[i];

                if (strcmp(channel->name, name) == 0)
                        return channel;
        }
        return NULL;
}

/* The name of `file` where there is one, else NULL. */
static char *if_there(GHashTable *files, const char *format, const char *stem)
{
        g_autofree char *name = g_strconcat(stem, format, NULL);

        return g_hash_table_contains(files, name) ? g_steal_pointer(&name) : NULL;
}

/* "in_voltage" of "in_voltage3", "in_voltage-voltage" of "in_voltage0-voltage1", "in_accel". */
static char *shared_stem(const char *name)
{
        g_autoptr(GString) stem = g_string_new(NULL);
        size_t modifier = strlen("in_") +
                          strspn(name + strlen("in_"), G_CSET_a_2_z G_CSET_DIGITS "-");

        for (size_t i = 0; i < modifier; i++)
                if (!g_ascii_isdigit(name[i]))
                        g_string_append_c(stem, name[i]);
        return g_string_free(g_steal_pointer(&stem), FALSE);
}

/* Scale and offset are one channel's, a type's, all inputs' or the device's. */
static char *find_shared(GHashTable *files, const char *name, const char *suffix)
{
        g_autofree char *stem = shared_stem(name);
        const char *const stems[] = { name, stem, "in" };

        for (size_t i = 0; i < G_N_ELEMENTS(stems); i++) {
                char *found = if_there(files, suffix, stems[i]);

                if (found != NULL)
                        return found;
        }
        return g_hash_table_contains(files, suffix + 1) ? g_strdup(suffix + 1) : NULL;
}

static char *label_of(const LwChip *self, int root_fd, const char *name, GHashTable *files)
{
        g_autofree char *file = if_there(files, "_label", name);
        char *label = file != NULL ? read_text(root_fd, self->directory, file) : NULL;

        if (label == NULL && self->kind == LW_CHIP_IIO && g_hash_table_contains(files, "label"))
                label = read_text(root_fd, self->directory, "label");
        return label != NULL ? label : g_strdup(self->name);
}

static void read_range(LwChannel *channel, const LwChip *self, int root_fd, GHashTable *files)
{
        g_autofree char *stem = shared_stem(channel->name);
        g_autofree char *file = if_there(files, "_raw_available", channel->name);
        g_autofree char *path = NULL;
        g_autoptr(GBytes) bytes = NULL;
        double minimum, maximum, scale = 1, offset = 0, both[LW_CHANNEL_AXES] = {};
        const LwChannel factors[] = { { .files = { channel->scale }, .factor = 1 },
                { .files = { channel->offset }, .factor = 1 } };
        size_t length;
        const char *text;

        if (file == NULL)
                file = if_there(files, "_raw_available", stem);
        path = file == NULL ? NULL : g_build_filename(self->directory, file, NULL);
        if (path == NULL || lw_file_read(root_fd, path, ATTRIBUTE_MAX, &bytes) < 0)
                return;
        text = g_bytes_get_data(bytes, &length);
        if (text == NULL || !lw_channel_parse_range(text, length, &minimum, &maximum))
                return;
        if (channel->scale != NULL && lw_chip_measure(self, &factors[0], root_fd, both) >= 0)
                scale = both[0];
        if (channel->offset != NULL && lw_chip_measure(self, &factors[1], root_fd, both) >= 0)
                offset = both[0];
        channel->has_range = true;
        channel->minimum = lw_channel_scale((minimum + offset) * scale, channel->factor);
        channel->maximum = lw_channel_scale((maximum + offset) * scale, channel->factor);
}

/* "temp1_alarm", "temp1_crit_alarm", "temp1_fault"; not "temp10_alarm". */
static GPtrArray *find_alarms(const LwChip *self, const char *name, char *const *names)
{
        GPtrArray *alarms = g_ptr_array_new_with_free_func(g_free);
        size_t length = strlen(name);

        for (size_t i = 0; self->kind == LW_CHIP_HWMON && names[i] != NULL; i++)
                if (strncmp(names[i], name, length) == 0 && names[i][length] == '_' &&
                                (g_str_has_suffix(names[i], "_alarm") ||
                                                g_str_has_suffix(names[i], "_fault")))
                        g_ptr_array_add(alarms, g_strdup(names[i]));
        return alarms;
}

static void add_file(LwChip *self, int root_fd, const char *file, GHashTable *files)
{
        LwChannelFile said;
        bool known = self->kind == LW_CHIP_HWMON ? lw_channel_file_of_hwmon(file, &said)
                                                 : lw_channel_file_of_iio(file, &said);
        g_autofree char *name = NULL;
        LwChannel *channel;

        if (!known || self->channels->len >= LW_CHANNELS_MAX)
                return;
        name = g_strndup(file, said.name_length);
        channel = find_channel(self, name);
        if (channel == NULL) {
                channel = g_new0(LwChannel, 1);
                channel->label = label_of(self, root_fd, name, files);
                channel->name = g_steal_pointer(&name);
                channel->quantity = said.quantity;
                channel->factor = said.factor;
                channel->fault = if_there(files, "_fault", channel->name);
                g_ptr_array_add(self->channels, channel);
        } else if (channel->files[said.axis] != NULL &&
                        (said.is_raw || g_str_has_suffix(file, "_average"))) {
                return; /* what is scaled already, or is of this moment, counts */
        }
        g_free(channel->files[said.axis]);
        channel->files[said.axis] = g_strdup(file);
        g_clear_pointer(&channel->scale, g_free);
        g_clear_pointer(&channel->offset, g_free);
        if (!said.is_raw)
                return;
        channel->scale = find_shared(files, channel->name, "_scale");
        channel->offset = find_shared(files, channel->name, "_offset");
        read_range(channel, self, root_fd, files);
}

static void add_channels(LwChip *self, int root_fd)
{
        g_auto(GStrv) names = lw_directory_list(root_fd, self->directory, LW_DIRECTORY_MAX);
        g_autoptr(GHashTable) files = g_hash_table_new(g_str_hash, g_str_equal);

        for (size_t i = 0; names[i] != NULL; i++)
                g_hash_table_add(files, names[i]);
        for (size_t i = 0; names[i] != NULL; i++)
                add_file(self, root_fd, names[i], files);
        for (guint i = 0; i < self->channels->len; i++) {
                LwChannel *channel = self->channels->pdata[i];

                channel->alarms = find_alarms(self, channel->name, names);
        }
}

static void add_zone(LwChip *self)
{
        LwChannel *channel = g_new0(LwChannel, 1);

        channel->name = g_strdup("temp");
        channel->label = g_strdup(self->name);
        channel->quantity = LW_QUANTITY_TEMPERATURE;
        channel->factor = 1e-3;
        channel->files[0] = g_strdup("temp");
        channel->alarms = g_ptr_array_new();
        g_ptr_array_add(self->channels, channel);
}

/* --- devices ---------------------------------------------------------------------------------- */

LwChip *lw_chip_read(int root_fd, LwChipKind kind, const char *sysname)
{
        g_autoptr(LwChip) self = g_atomic_rc_box_new0(LwChip);

        self->kind = kind;
        self->sysname = g_strdup(sysname);
        self->directory = g_build_filename(kinds[kind].directory, sysname, NULL);
        self->channels = g_ptr_array_new_with_free_func(channel_free);
        self->name = read_text(root_fd, self->directory, kind == LW_CHIP_THERMAL ? "type" : "name");
        if (self->name == NULL && kind == LW_CHIP_HWMON) {
                /* drivers of old have their files one directory further */
                char *directory = g_build_filename(self->directory, "device", NULL);

                g_free(self->directory);
                self->directory = directory;
                self->name = read_text(root_fd, directory, "name");
        }
        if (self->name == NULL)
                return NULL;
        find_keys(self, root_fd);
        if (kind == LW_CHIP_THERMAL)
                add_zone(self);
        else
                add_channels(self, root_fd);
        return self->channels->len > 0 ? g_steal_pointer(&self) : NULL;
}

static void unref_chip(void *data)
{
        lw_chip_unref(data);
}

/* Linux before 5.17 does not say whose zone it is but by its name, in which it has replaced '-'. */
static bool repeats_zone(const LwChip *self, const GPtrArray *chips)
{
        if (self->kind != LW_CHIP_HWMON || self->of_thermal)
                return self->of_thermal;
        if (!g_str_has_prefix(self->key, "virtual/"))
                return false;
        for (guint i = 0; i < chips->len; i++) {
                const LwChip *zone = chips->pdata[i];
                g_autofree char *name = g_strdelimit(g_strdup(zone->name), "-", '_');

                if (zone->kind == LW_CHIP_THERMAL && strcmp(name, self->name) == 0)
                        return true;
        }
        return false;
}

GPtrArray *lw_chips_read(int root_fd)
{
        GPtrArray *chips = g_ptr_array_new_with_free_func(unref_chip);

        for (unsigned kind = 0; kind < LW_CHIP_KINDS; kind++) {
                g_auto(GStrv) names =
                                lw_directory_list(root_fd, kinds[kind].directory, LW_DIRECTORY_MAX);

                for (size_t i = 0; names[i] != NULL && chips->len < LW_CHIPS_MAX; i++) {
                        g_autoptr(LwChip) chip = NULL;

                        if (!g_str_has_prefix(names[i], kinds[kind].prefix))
                                continue;
                        chip = lw_chip_read(root_fd, (LwChipKind) kind, names[i]);
                        if (chip != NULL && !repeats_zone(chip, chips))
                                g_ptr_array_add(chips, g_steal_pointer(&chip));
                }
        }
        return chips;
}
