/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of object 3 may be other than a moment ago: memory and time zone. */
#pragma once

#include <stdbool.h>

#include "providers/builtin/device-errors.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwDeviceSample: resources 10, 14, 15 and 21 of /3/0, and the error that memory runs out.
 *
 * It is looked at when somebody reads, at most once a second: a server that asks for all of /3/0 a
 * thousand times a second costs one look.
 */
typedef struct LwDeviceSample LwDeviceSample;

/** `root_fd` stands for "/"; all outlive it. Takes a first one. */
LwDeviceSample *lw_device_sample_new(LwTree *tree, LwDeviceErrors *errors, int root_fd, LwNow now);
void lw_device_sample_free(LwDeviceSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceSample, lw_device_sample_free)

/** Whether the host has the resource. */
bool lw_device_sample_has(const LwDeviceSample *self, uint16_t resource);
/** The name of the zone; NULL: not known. */
const char *lw_device_sample_zone(const LwDeviceSample *self);
/** As a row of a table reads. */
void lw_device_sample_read(LwDeviceSample *self, const LwPath *path, LwTableReading *reading);

/** Takes one, unless the last is younger than a second. */
void lw_device_sample_take(LwDeviceSample *self, LwNow now);
/** Takes one in any case, and tells the tree what is other than before. */
void lw_device_sample_look(LwDeviceSample *self, LwNow now);
/** The last one does not count any more. */
void lw_device_sample_forget(LwDeviceSample *self);
