/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorStations: the chips that are plugged in, each with a name of its own. */
#pragma once

#include "host/chip.h"
#include "providers/builtin/sensor-ids.h"

/** LwSensorStation: a chip. `key` is the one of its two that nobody else has; the chip's. */
typedef struct LwSensorStation {
        LwChip *chip;
        const char *key;
} LwSensorStation;

/** LwSensorStations: at most LW_CHIPS_MAX. */
typedef struct LwSensorStations LwSensorStations;

LwSensorStations *lw_sensor_stations_new(void);
void lw_sensor_stations_free(LwSensorStations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSensorStations, lw_sensor_stations_free)

/** Adds a chip, of which it takes a reference; NULL when there are too many. `ids`: a twin keeps
 * the key under which it is known. */
const LwSensorStation *lw_sensor_stations_add(
                LwSensorStations *self, LwChip *chip, const LwSensorIds *ids);
/** NULL: there is none. */
const LwSensorStation *lw_sensor_stations_find(
                const LwSensorStations *self, LwChipKind kind, const char *sysname);
/** Ends `station`. */
void lw_sensor_stations_remove(LwSensorStations *self, const LwSensorStation *station);
