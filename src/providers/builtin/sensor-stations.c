/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorStations: the chips that are plugged in, each with a name of its own. */
#include "providers/builtin/sensor-stations.h"

#include <string.h>

#include "model/limits.h"
#include "providers/builtin/sensor.h"

struct LwSensorStations {
        GPtrArray *stations; /* of LwSensorStation */
};

static void station_free(void *data)
{
        LwSensorStation *self = data;

        lw_chip_unref(self->chip);
        g_free(self);
}

LwSensorStations *lw_sensor_stations_new(void)
{
        LwSensorStations *self = g_new0(LwSensorStations, 1);

        self->stations = g_ptr_array_new_with_free_func(station_free);
        return self;
}

void lw_sensor_stations_free(LwSensorStations *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->stations);
        g_free(self);
}

static bool has_key(const LwSensorStations *self, const char *key)
{
        for (guint i = 0; i < self->stations->len; i++)
                if (strcmp(((const LwSensorStation *) self->stations->pdata[i])->key, key) == 0)
                        return true;
        return false;
}

/* Twins at one place are told apart by the kernel's numbers, which may be others next time. */
static const char *choose_key(
                const LwSensorStations *self, const LwChip *chip, const LwSensorIds *ids)
{
        const LwChannel *first = chip->channels->pdata[0];
        g_autofree char *numbered = g_strdup_printf("%s/%s", chip->raw_key, first->name);
        uint16_t id;

        if (has_key(self, chip->key) ||
                        lw_sensor_ids_find(ids, lw_sensor_object(first->quantity), numbered, &id))
                return chip->raw_key;
        return chip->key;
}

const LwSensorStation *lw_sensor_stations_add(
                LwSensorStations *self, LwChip *chip, const LwSensorIds *ids)
{
        LwSensorStation *station;

        if (self->stations->len >= LW_CHIPS_MAX)
                return NULL;
        station = g_new(LwSensorStation, 1);
        *station = (LwSensorStation){ lw_chip_ref(chip), choose_key(self, chip, ids) };
        g_ptr_array_add(self->stations, station);
        return station;
}

const LwSensorStation *lw_sensor_stations_find(
                const LwSensorStations *self, LwChipKind kind, const char *sysname)
{
        for (guint i = 0; i < self->stations->len; i++) {
                const LwSensorStation *station = self->stations->pdata[i];

                if (station->chip->kind == kind && strcmp(station->chip->sysname, sysname) == 0)
                        return station;
        }
        return NULL;
}

void lw_sensor_stations_remove(LwSensorStations *self, const LwSensorStation *station)
{
        g_ptr_array_remove(self->stations, (void *) station);
}
