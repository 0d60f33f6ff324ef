/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensors: sensors that come and go. */
#include <fnmatch.h>
#include <string.h>

#include "base/log.h"
#include "model/limits.h"
#include "providers/builtin/sensors-parts.h"

/* Ids of services begin behind the first range, so that ours go on beyond all of theirs. */
#define FIRST_IDS_END 100
#define FURTHER_IDS_START 32768

static LwSensorIds *ids_of(const LwSensors *self)
{
        return lw_sensor_keeper_ids(self->keeper);
}

/* --- sensors that come ------------------------------------------------------------------------ */

static bool matches(const GStrv list, const char *name)
{
        char *const *patterns = list;

        for (; patterns != NULL && *patterns != NULL; patterns++)
                if (fnmatch(*patterns, name, 0) == 0)
                        return true;
        return false;
}

static bool is_wanted(const LwSensors *self, const LwChip *chip, const LwChannel *channel)
{
        g_autofree char *name = g_strdup_printf("%s/%s", chip->name, channel->name);
        uint16_t object = lw_sensor_object(channel->quantity);
        bool all = self->allow == NULL || self->allow[0] == NULL;

        return (all || matches(self->allow, name)) && !matches(self->deny, name) &&
               self->sources.offers(self->sources.user, object) &&
               g_hash_table_size(self->entries) < LW_SENSORS_MAX;
}

static bool is_free(const LwSensors *self, uint16_t object_id, uint16_t id)
{
        const LwObject *object = lw_tree_object(self->sources.tree, object_id);

        return object == NULL || lw_object_instance(object, id) == NULL;
}

/* Its old id, unless somebody else has it by now; else the lowest that nobody has or had. */
static bool choose_id(const LwSensors *self, uint16_t object, const char *key, uint16_t *ret_id)
{
        if (lw_sensor_ids_find(ids_of(self), object, key, ret_id) && is_free(self, object, *ret_id))
                return true;
        for (unsigned id = 0; id < LW_ID_MAX; id++) {
                if (id == FIRST_IDS_END)
                        id = FURTHER_IDS_START;
                if (lw_sensor_ids_has(ids_of(self), object, (uint16_t) id) ||
                                !is_free(self, object, (uint16_t) id))
                        continue;
                *ret_id = (uint16_t) id;
                return true;
        }
        return false;
}

void lw_sensor_entry_free(void *data)
{
        LwSensorEntry *self = data;

        lw_sensor_clear(&self->sensor);
        g_free(self);
}

static bool put_on_tree(LwSensors *self, LwSensorEntry *entry, const char *key)
{
        uint16_t resources[LW_SENSOR_RESOURCES_MAX];
        size_t count = lw_sensor_resources(&entry->sensor, resources);
        const LwPath *path = &entry->sensor.path;
        g_autoptr(GError) error = NULL;

        g_hash_table_insert(self->entries, lw_sensors_pack(path), entry);
        g_hash_table_insert(self->by_channel, (void *) entry->sensor.channel, entry);
        if (lw_tree_add_layer(self->sources.tree, path, &self->provider, LW_RANK_BUILTIN, resources,
                            count, &error))
                return lw_sensor_ids_keep(ids_of(self), path->ids[0], path->ids[1], key);
        lw_log(G_LOG_LEVEL_WARNING, "sensor %s is not shown: %s", key, error->message);
        g_hash_table_remove(self->by_channel, entry->sensor.channel);
        g_hash_table_remove(self->entries, lw_sensors_pack(path));
        return false;
}

/* True when ids have to be saved. */
static bool add_sensor(LwSensors *self, const LwSensorStation *station, const LwChannel *channel)
{
        g_autofree char *key = g_strdup_printf("%s/%s", station->key, channel->name);
        uint16_t object = lw_sensor_object(channel->quantity), id;
        LwSensorEntry *entry;

        if (!is_wanted(self, station->chip, channel) || !choose_id(self, object, key, &id))
                return false;
        entry = g_new0(LwSensorEntry, 1);
        entry->owner = self;
        entry->sensor.path = LW_PATH_INSTANCE(object, id);
        entry->sensor.chip = lw_chip_ref(station->chip);
        entry->sensor.channel = channel;
        lw_log(self->is_started ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_DEBUG, "sensor %s/%s is /%u/%u",
                        station->chip->name, channel->name, object, id);
        return put_on_tree(self, entry, key);
}

/* True when ids have to be saved. */
static bool add_chip(LwSensors *self, LwChip *chip)
{
        const LwSensorStation *station = lw_sensor_stations_add(self->stations, chip, ids_of(self));
        bool any = false;

        for (guint i = 0; station != NULL && i < chip->channels->len; i++)
                any = add_sensor(self, station, chip->channels->pdata[i]) || any;
        return any;
}

void lw_sensors_find(LwSensors *self)
{
        g_autoptr(GPtrArray) chips = lw_chips_read(self->sources.root_fd);
        bool any = false;

        for (guint i = 0; i < chips->len; i++)
                any = add_chip(self, chips->pdata[i]) || any;
        if (any)
                lw_sensor_keeper_save(self->keeper);
}

/* --- and go ----------------------------------------------------------------------------------- */

static void remove_sensor(LwSensors *self, const LwChip *chip, const LwChannel *channel)
{
        LwSensorEntry *entry = g_hash_table_lookup(self->by_channel, channel);
        LwPath path;

        if (entry == NULL)
                return;
        path = entry->sensor.path;
        lw_log(G_LOG_LEVEL_INFO, "sensor %s/%s, /%u/%u, is gone", chip->name, channel->name,
                        path.ids[0], path.ids[1]);
        lw_tree_remove_layer(self->sources.tree, &path, &self->provider);
        lw_sensors_count_fault(self, entry, false);
        lw_alarms_drop(self->alarms, entry);
        g_hash_table_remove(self->by_channel, channel);
        g_hash_table_steal(self->entries, lw_sensors_pack(&path));
        lw_sensor_calls_measured(self->calls, &entry->sensor);
        lw_sensor_entry_free(entry);
}

static void remove_station(LwSensors *self, const LwSensorStation *station)
{
        g_autoptr(LwChip) chip = lw_chip_ref(station->chip);

        lw_sampler_forget(self->sampler, chip);
        lw_sensor_stations_remove(self->stations, station);
        for (guint i = 0; i < chip->channels->len; i++)
                remove_sensor(self, chip, chip->channels->pdata[i]);
}

static void want_station(LwSensors *self, const LwSensorStation *station)
{
        for (guint i = 0; i < station->chip->channels->len; i++) {
                const LwSensorEntry *entry = g_hash_table_lookup(
                                self->by_channel, station->chip->channels->pdata[i]);

                if (entry != NULL && entry->watched > 0)
                        lw_sensors_want(self, entry);
        }
}

static void add_device(LwSensors *self, LwChipKind kind, const char *sysname)
{
        g_autoptr(LwChip) chip = lw_chip_read(self->sources.root_fd, kind, sysname);
        const LwSensorStation *station = lw_sensor_stations_find(self->stations, kind, sysname);

        if (station != NULL && chip != NULL && strcmp(chip->key, station->chip->key) == 0 &&
                        chip->channels->len == station->chip->channels->len)
                return; /* it came while we looked */
        if (station != NULL)
                remove_station(self, station);
        if (chip != NULL && !chip->of_thermal && add_chip(self, chip))
                lw_sensor_keeper_save(self->keeper);
}

void lw_sensors_device(
                LwSensors *self, LwDeviceAction action, const char *subsystem, const char *sysname)
{
        const LwSensorStation *station;
        LwChipKind kind;

        if (!lw_chip_kind(subsystem, sysname, &kind))
                return;
        station = lw_sensor_stations_find(self->stations, kind, sysname);
        switch (action) {
        case LW_DEVICE_ADDED:
                add_device(self, kind, sysname);
                break;
        case LW_DEVICE_CHANGED:
                if (station != NULL)
                        want_station(self, station);
                break;
        case LW_DEVICE_REMOVED:
                if (station != NULL)
                        remove_station(self, station);
                break;
        }
}
