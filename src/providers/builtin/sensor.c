/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensor: one instance of an IPSO object, what was measured and its extremes. */
#include "providers/builtin/sensor.h"

/* Source: the IPSO objects of the OMA's registry; RFC 8428, 12.1 and RFC 8798, 3, for units. */
/* clang-format off */
static const struct { uint16_t object; const char *units; } quantities[LW_QUANTITIES] = {
        [LW_QUANTITY_TEMPERATURE]   = { 3303, "Cel"   },
        [LW_QUANTITY_VOLTAGE]       = { 3316, "V"     },
        [LW_QUANTITY_CURRENT]       = { 3317, "A"     },
        [LW_QUANTITY_POWER]         = { 3328, "W"     },
        [LW_QUANTITY_HUMIDITY]      = { 3304, "%RH"   },
        [LW_QUANTITY_RATE]          = { 3346, "1/min" },
        [LW_QUANTITY_FREQUENCY]     = { 3318, "Hz"    },
        [LW_QUANTITY_ILLUMINANCE]   = { 3301, "lx"    },
        [LW_QUANTITY_PRESSURE]      = { 3315, "Pa"    },
        [LW_QUANTITY_ACCELERATION]  = { 3313, "m/s2"  },
        [LW_QUANTITY_ROTATION]      = { 3334, "rad/s" },
        [LW_QUANTITY_MAGNETIC]      = { 3314, "T"     },
        [LW_QUANTITY_CONCENTRATION] = { 3325, "ppm"   },
        [LW_QUANTITY_ACIDITY]       = { 3326, "pH"    },
        [LW_QUANTITY_CONDUCTIVITY]  = { 3327, "S/m"   },
        [LW_QUANTITY_DISTANCE]      = { 3330, "m"     },
};
/* clang-format on */

uint16_t lw_sensor_object(LwQuantity quantity)
{
        return quantities[quantity].object;
}

const char *lw_sensor_units(LwQuantity quantity)
{
        return quantities[quantity].units;
}

void lw_sensor_clear(LwSensor *self)
{
        lw_chip_unref(self->chip);
        *self = (LwSensor){};
}

/* Gyrometers have extremes for each axis, the other objects with axes none. */
static bool has_axis_extremes(const LwSensor *self)
{
        return self->channel->quantity == LW_QUANTITY_ROTATION;
}

static bool has_range(const LwSensor *self)
{
        return self->channel->has_range && self->channel->quantity != LW_QUANTITY_MAGNETIC;
}

static void add_axes(
                const LwSensor *self, uint16_t first, uint16_t step, uint16_t *ids, size_t *count)
{
        for (unsigned i = 0; i < LW_CHANNEL_AXES; i++)
                if (self->channel->files[i] != NULL)
                        for (uint16_t k = 0; k < step; k++)
                                ids[(*count)++] = (uint16_t) (first + i * step + k);
}

size_t lw_sensor_resources(const LwSensor *self, uint16_t ids[static LW_SENSOR_RESOURCES_MAX])
{
        bool axes = lw_quantity_has_axes(self->channel->quantity);
        size_t count = 0;

        if (has_axis_extremes(self))
                add_axes(self, LW_SENSOR_MIN_X, 2, ids, &count);
        ids[count++] = LW_SENSOR_TIMESTAMP;
        if (!axes) {
                ids[count++] = LW_SENSOR_MIN;
                ids[count++] = LW_SENSOR_MAX;
        }
        if (has_range(self)) {
                ids[count++] = LW_SENSOR_MIN_RANGE;
                ids[count++] = LW_SENSOR_MAX_RANGE;
        }
        if (!axes || has_axis_extremes(self))
                ids[count++] = LW_SENSOR_RESET;
        if (!axes)
                ids[count++] = LW_SENSOR_VALUE;
        ids[count++] = LW_SENSOR_UNITS;
        if (axes)
                add_axes(self, LW_SENSOR_X, 1, ids, &count);
        ids[count++] = LW_SENSOR_APPLICATION;
        return count;
}

bool lw_sensor_is_measured(uint16_t resource)
{
        return (resource >= LW_SENSOR_MIN_X && resource <= LW_SENSOR_TIMESTAMP) ||
               resource == LW_SENSOR_MIN || resource == LW_SENSOR_MAX ||
               resource == LW_SENSOR_VALUE || (resource >= LW_SENSOR_X && resource <= LW_SENSOR_Z);
}

/* The number of a resource; false: it has none, or is none. */
static bool number_of(const LwSensor *self, uint16_t resource, double *ret_number)
{
        if (resource == LW_SENSOR_MIN_RANGE || resource == LW_SENSOR_MAX_RANGE) {
                *ret_number = resource == LW_SENSOR_MIN_RANGE ? self->channel->minimum
                                                              : self->channel->maximum;
                return true;
        }
        if (resource >= LW_SENSOR_MIN_X && resource <= LW_SENSOR_MAX_Z) {
                unsigned i = (resource - LW_SENSOR_MIN_X) / 2u;

                *ret_number = resource % 2 == LW_SENSOR_MIN_X % 2 ? self->minima[i]
                                                                  : self->maxima[i];
                return self->has_extremes;
        }
        if (resource == LW_SENSOR_MIN || resource == LW_SENSOR_MAX) {
                *ret_number = resource == LW_SENSOR_MIN ? self->minima[0] : self->maxima[0];
                return self->has_extremes;
        }
        if (resource == LW_SENSOR_VALUE || (resource >= LW_SENSOR_X && resource <= LW_SENSOR_Z)) {
                *ret_number = self->values[resource == LW_SENSOR_VALUE ? 0
                                                                       : resource - LW_SENSOR_X];
                return self->is_measured;
        }
        return false;
}

void lw_sensor_read(const LwSensor *self, uint16_t resource, const char *text, LwValues *values)
{
        LwPath path = lw_path_child(&self->path, resource);
        LwValue value = lw_value_none();
        double number;

        if (resource == LW_SENSOR_UNITS)
                value = lw_value_string(lw_sensor_units(self->channel->quantity));
        else if (resource == LW_SENSOR_APPLICATION)
                value = lw_value_string(text != NULL ? text : self->channel->label);
        else if (resource == LW_SENSOR_TIMESTAMP && self->is_measured)
                value = lw_value_time(self->taken.real_usec / (int64_t) LW_USEC_PER_SEC);
        else if (number_of(self, resource, &number))
                value = lw_value_float(number);
        if (value.type == LW_TYPE_NONE)
                return;
        lw_values_add(values, &path, &value);
        if (lw_sensor_is_measured(resource))
                lw_values_set_time(values, lw_values_count(values) - 1, self->taken.real_usec);
}

/* --- measurements ----------------------------------------------------------------------------- */

static void tell(const LwSensor *self, unsigned resource, LwSensorChanged changed, void *user)
{
        LwPath path = lw_path_child(&self->path, (uint16_t) resource);

        changed(user, &path);
}

static void tell_extreme(const LwSensor *self, unsigned axis, bool is_maximum,
                LwSensorChanged changed, void *user)
{
        if (has_axis_extremes(self))
                tell(self, LW_SENSOR_MIN_X + 2 * axis + is_maximum, changed, user);
        else if (!lw_quantity_has_axes(self->channel->quantity))
                tell(self, is_maximum ? LW_SENSOR_MAX : LW_SENSOR_MIN, changed, user);
}

static void widen(LwSensor *self, unsigned axis, bool anew, LwSensorChanged changed, void *user)
{
        double value = self->values[axis];

        if (anew || value < self->minima[axis]) {
                self->minima[axis] = value;
                tell_extreme(self, axis, false, changed, user);
        }
        if (anew || value > self->maxima[axis]) {
                self->maxima[axis] = value;
                tell_extreme(self, axis, true, changed, user);
        }
}

static void widen_all(LwSensor *self, bool anew, LwSensorChanged changed, void *user)
{
        for (unsigned i = 0; i < LW_CHANNEL_AXES; i++)
                if (self->channel->files[i] != NULL)
                        widen(self, i, anew, changed, user);
        self->has_extremes = true;
}

void lw_sensor_take(LwSensor *self, int error, const double *values, LwNow now,
                LwSensorChanged changed, void *user)
{
        bool axes = lw_quantity_has_axes(self->channel->quantity);
        bool was_measured = self->is_measured;

        self->taken = now;
        self->error = error;
        self->is_measured = error == 0;
        if (error != 0)
                return;
        for (unsigned i = 0; i < LW_CHANNEL_AXES; i++) {
                bool same = was_measured && self->values[i] == values[i];

                if (self->channel->files[i] == NULL)
                        continue;
                self->values[i] = values[i];
                if (!same)
                        tell(self, axes ? LW_SENSOR_X + i : LW_SENSOR_VALUE, changed, user);
        }
        widen_all(self, !self->has_extremes, changed, user);
}

void lw_sensor_reset(LwSensor *self, LwSensorChanged changed, void *user)
{
        if (self->is_measured)
                widen_all(self, true, changed, user);
        else
                self->has_extremes = false;
}
