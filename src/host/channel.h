/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channels of the kernel's sensors: what a file in sysfs measures, and its number. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define LW_CHANNEL_AXES 3

/** What is measured; the unit of values is the one behind it. */
typedef enum LwQuantity {
        LW_QUANTITY_TEMPERATURE,   /* degrees Celsius */
        LW_QUANTITY_VOLTAGE,       /* volts */
        LW_QUANTITY_CURRENT,       /* amperes */
        LW_QUANTITY_POWER,         /* watts */
        LW_QUANTITY_HUMIDITY,      /* percent relative humidity */
        LW_QUANTITY_RATE,          /* turns a minute */
        LW_QUANTITY_FREQUENCY,     /* hertz */
        LW_QUANTITY_ILLUMINANCE,   /* lux */
        LW_QUANTITY_PRESSURE,      /* pascals */
        LW_QUANTITY_ACCELERATION,  /* metres per second squared; by axes */
        LW_QUANTITY_ROTATION,      /* radians per second; by axes */
        LW_QUANTITY_MAGNETIC,      /* teslas; by axes */
        LW_QUANTITY_CONCENTRATION, /* parts per million */
        LW_QUANTITY_ACIDITY,       /* pH */
        LW_QUANTITY_CONDUCTIVITY,  /* siemens per metre */
        LW_QUANTITY_DISTANCE,      /* metres */
} LwQuantity;

#define LW_QUANTITIES 16

/**
 * LwChannelFile: what the name of a file says.
 *
 * Shape:  the channel is the first `name_length` characters of it, "temp1" of "temp1_input",
 *         "in_accel" of "in_accel_x_raw". A number in it times `factor` is in the quantity's unit,
 *         once scale and offset are counted in, which a raw number has.
 * Source: Documentation/hwmon/sysfs-interface.rst, Documentation/ABI/testing/sysfs-bus-iio of
 * Linux.
 */
typedef struct LwChannelFile {
        LwQuantity quantity;
        double factor;
        size_t name_length;
        unsigned axis; /* 0 to 2; 0 where there are no axes */
        bool is_raw;
} LwChannelFile;

/** False: the file is no value of a sensor. */
bool lw_channel_file_of_hwmon(const char *file, LwChannelFile *ret);
bool lw_channel_file_of_iio(const char *file, LwChannelFile *ret);

/** `number` times `factor`; thousandths are divided, so that 3300 becomes 3.3 and nothing behind
 * it. */
double lw_channel_scale(double number, double factor);

/** Whether it is measured along three axes. */
bool lw_quantity_has_axes(LwQuantity quantity);

/** What a file of sysfs has: one decimal number and nothing else, finite. */
bool lw_channel_parse_number(const char *text, size_t length, double *ret_number);
/** "[MIN STEP MAX]", as IIO tells what a raw value can be. */
bool lw_channel_parse_range(
                const char *text, size_t length, double *ret_minimum, double *ret_maximum);
