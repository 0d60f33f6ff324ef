/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power resources of object 3: sources, voltages, currents, battery. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "host/power.h"
#include "io/worker.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/** The supplies were looked at; `rearranged`: which of the resources there are is other than
 * before. */
typedef void (*LwDevicePowerSeen)(void *user, bool rearranged);

/**
 * LwDevicePower: resources 6, 7, 8, 9 and 20 of /3/0.
 *
 * A battery may take long to answer, so that supplies are read by the worker: when a server reads
 * and the last look is older than a second, or when lw_device_power_look() is called. What changed
 * is told to the tree. A supply has the same element in 6, 7 and 8 as long as the process lives,
 * also after it was away.
 */
typedef struct LwDevicePower LwDevicePower;

/** `root_fd` stands for "/". Without any supply nothing is ever read until a look is asked for. */
LwDevicePower *lw_device_power_new(
                LwTree *tree, LwWorker *worker, int root_fd, LwDevicePowerSeen seen, void *user);
/** Reads that wait are answered with what there is: nothing. */
void lw_device_power_free(LwDevicePower *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDevicePower, lw_device_power_free)

/** Whether the host has the resource. */
bool lw_device_power_has(const LwDevicePower *self, uint16_t resource);
/** As a row of a table reads. */
void lw_device_power_read(LwDevicePower *self, const LwPath *path, LwTableReading *reading);
/** Adds what is at `path` to the reading. */
typedef void (*LwDevicePowerReady)(void *user, const LwPath *path, LwTableReading *reading);
/** Calls `ready` when the last look is not older than a second, perhaps now; for who needs what it
 * found. */
void lw_device_power_await(LwDevicePower *self, const LwPath *path, LwTableReading *reading,
                LwDevicePowerReady ready, void *user);
/** Looks at the supplies, soon; `seen` tells when. */
void lw_device_power_look(LwDevicePower *self);
/** What the last look found. */
const LwPower *lw_device_power_state(const LwDevicePower *self);
