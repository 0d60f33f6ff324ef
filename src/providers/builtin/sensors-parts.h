/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of LwSensors, for sensors.c, which answers for them, and sensors-plug.c, by which they
 * come and go. */
#pragma once

#include "host/alarms.h"
#include "providers/builtin/sampler.h"
#include "providers/builtin/sensor-calls.h"
#include "providers/builtin/sensor-keeper.h"
#include "providers/builtin/sensor-stations.h"
#include "providers/builtin/sensors.h"

/* A sensor that is there. */
typedef struct LwSensorEntry {
        LwSensors *owner;
        LwSensor sensor;
        unsigned watched;  /* resources that a measurement gives and somebody observes */
        unsigned failures; /* measurements that failed in succession, LASTING at most */
        bool is_faulty;
} LwSensorEntry;

struct LwSensors {
        LwProvider provider; /* first: we are found by it */
        LwSensorsSources sources;
        LwDriver *driver;
        LwSampler *sampler;
        LwSensorCalls *calls;
        LwAlarms *alarms; /* by LwSensorEntry, of those that are watched */
        LwSensorKeeper *keeper;
        GHashTable *entries;    /* object and id to LwSensorEntry */
        GHashTable *by_channel; /* LwChannel to LwSensorEntry */
        LwSensorStations *stations;
        unsigned watched, faulty;
        LwUsec next_sample;
        GStrv allow, deny; /* NULL: none */
        bool is_started;
};

/* The sensor of a path, or NULL. */
LwSensorEntry *lw_sensors_entry(const LwSensors *self, const LwPath *path);
/* Measures it, soon. */
void lw_sensors_want(LwSensors *self, const LwSensorEntry *entry);
/* Whether it is broken; told when it is another thing for all of them. */
void lw_sensors_count_fault(LwSensors *self, LwSensorEntry *entry, bool is_faulty);
/* The key of a path in `entries`. */
void *lw_sensors_pack(const LwPath *path);
/* Looks for all that there are. */
void lw_sensors_find(LwSensors *self);
/* What `entries` frees. */
void lw_sensor_entry_free(void *data);
