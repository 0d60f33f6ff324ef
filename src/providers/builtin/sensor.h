/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensor: one instance of an IPSO object, what was measured and its extremes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "host/chip.h"
#include "model/path.h"
#include "model/values.h"

/* Resources, as all of these objects share them. */
enum {
        LW_SENSOR_MIN_X = 5508,
        LW_SENSOR_MAX_Z = 5513,
        LW_SENSOR_TIMESTAMP = 5518,
        LW_SENSOR_MIN = 5601,
        LW_SENSOR_MAX = 5602,
        LW_SENSOR_MIN_RANGE = 5603,
        LW_SENSOR_MAX_RANGE = 5604,
        LW_SENSOR_RESET = 5605,
        LW_SENSOR_VALUE = 5700,
        LW_SENSOR_UNITS = 5701,
        LW_SENSOR_X = 5702,
        LW_SENSOR_Z = 5704,
        LW_SENSOR_APPLICATION = 5750,
};

#define LW_SENSOR_RESOURCES_MAX 16

/** The object that shows a quantity, and the unit of its values as SenML names it. */
uint16_t lw_sensor_object(LwQuantity quantity);
const char *lw_sensor_units(LwQuantity quantity);

/**
 * LwSensor: a channel of a chip, and what was measured there.
 *
 * Owns:   a reference to the chip: lw_sensor_clear().
 */
typedef struct LwSensor {
        LwPath path; /* of the instance */
        LwChip *chip;
        const LwChannel *channel;
        bool is_measured; /* `values` are there; else `error` says why, or 0: nobody asked */
        int error;        /* of the last measurement, 0 or a negative errno */
        double values[LW_CHANNEL_AXES];
        bool has_extremes;
        double minima[LW_CHANNEL_AXES], maxima[LW_CHANNEL_AXES];
        LwNow taken; /* with is_measured or error */
} LwSensor;

void lw_sensor_clear(LwSensor *self);

/** The resources that it has, ascending; returns how many. */
size_t lw_sensor_resources(const LwSensor *self, uint16_t ids[static LW_SENSOR_RESOURCES_MAX]);
/** Whether the resource is what a measurement gives. */
bool lw_sensor_is_measured(uint16_t resource);
/** Adds the value of a resource, or nothing. `text` is the Application Type that a server wrote. */
void lw_sensor_read(const LwSensor *self, uint16_t resource, const char *text, LwValues *values);

/** Told for each resource that is other than before. */
typedef void (*LwSensorChanged)(void *user, const LwPath *path);
/** Takes a measurement: `error` 0 and values, or a negative errno. */
void lw_sensor_take(LwSensor *self, int error, const double *values, LwNow now,
                LwSensorChanged changed, void *user);
/** Lowest and highest value are the current one. */
void lw_sensor_reset(LwSensor *self, LwSensorChanged changed, void *user);
