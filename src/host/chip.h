/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwChip: one device of the kernel that measures, with its channels. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "host/channel.h"

typedef enum LwChipKind {
        LW_CHIP_THERMAL, /* a thermal zone */
        LW_CHIP_HWMON,
        LW_CHIP_IIO,
} LwChipKind;

#define LW_CHIP_KINDS 3

/** LwChannel: what a chip measures at one place, perhaps along axes. Files lie in its directory. */
typedef struct LwChannel {
        char *name;  /* "temp1", "in_accel" */
        char *label; /* what the kernel says it is, "Package id 0"; else the name of the chip */
        LwQuantity quantity;
        double factor;
        char *files[LW_CHANNEL_AXES]; /* NULL: it has no such axis */
        char *scale, *offset;         /* files of a raw value; NULL: none */
        char *fault;                  /* a file that has 1 when nothing is measured; NULL: none */
        GPtrArray *alarms;            /* of char: files that have 1 while something is wrong */
        bool has_range;
        double minimum, maximum; /* what it can measure */
} LwChannel;

/**
 * LwChip: a device, as it was when it was looked at; it never changes, so that threads may share
 * it.
 *
 * Shape:  `key` names the place where it is plugged in and what it is, the same over reboots;
 *         `raw_key` is the same with the numbers that the kernel gave this time.
 */
typedef struct LwChip {
        LwChipKind kind;
        char *sysname;   /* "hwmon2" */
        char *directory; /* of the files, relative to the root: "sys/class/hwmon/hwmon2" */
        char *name;      /* "lm75" */
        char *key, *raw_key;
        GPtrArray *channels; /* of LwChannel, by name */
        bool of_thermal;     /* a hwmon device that only repeats a thermal zone */
} LwChip;

/** NULL when there is no such device, or it measures nothing that we know. */
LwChip *lw_chip_read(int root_fd, LwChipKind kind, const char *sysname);
LwChip *lw_chip_ref(LwChip *self);
void lw_chip_unref(LwChip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwChip, lw_chip_unref)

/**
 * All chips below sys/class/thermal, sys/class/hwmon and sys/bus/iio/devices, at most LW_CHIPS_MAX.
 * A thermal zone that hwmon shows, too, is there once, as a zone: it has the steadier name.
 */
GPtrArray *lw_chips_read(int root_fd);
/** The kind of a device by its subsystem, "hwmon", and name; false: none of ours. */
bool lw_chip_kind(const char *subsystem, const char *sysname, LwChipKind *ret_kind);

/**
 * Measures one channel, which may take long: not in the loop. Axes that it does not have are left
 * alone. 0 or a negative errno: -EIO also for a fault that the chip tells, -EBADMSG for what is no
 * number, -ETIMEDOUT.
 */
int lw_chip_measure(const LwChip *self, const LwChannel *channel, int root_fd,
                double values[static LW_CHANNEL_AXES]);
/**
 * Whether the chip says that a channel is broken or beyond what it bears: its fault, a critical or
 * emergency alarm, or any alarm of a fan. Other alarms are of limits that somebody set, or nobody.
 * As slow as lw_chip_measure(). Source: Documentation/hwmon/sysfs-interface.rst of Linux.
 */
bool lw_chip_is_alarmed(const LwChip *self, const LwChannel *channel, int root_fd);
