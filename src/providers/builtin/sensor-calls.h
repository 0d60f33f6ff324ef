/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorCalls: calls that wait for measurements. */
#pragma once

#include "providers/builtin/sensor.h"
#include "tree/call.h"

/** A call that has all its measurements: answers it. */
typedef void (*LwSensorCallReady)(void *user, LwCall *call, const LwPath *paths, size_t count);

/**
 * LwSensorCalls: which call waits for which sensors, and until when.
 *
 * Owns:   the calls, until they are ready or overdue; those are failed with 5.03.
 */
typedef struct LwSensorCalls LwSensorCalls;

LwSensorCalls *lw_sensor_calls_new(LwSensorCallReady ready, void *user);
/** Fails all that wait. */
void lw_sensor_calls_free(LwSensorCalls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSensorCalls, lw_sensor_calls_free)

/** LwSensorCall: one that is being put together: add what it waits for, then close it. */
typedef struct LwSensorCall LwSensorCall;

/** `paths` are copied. */
LwSensorCall *lw_sensor_calls_open(
                LwSensorCalls *self, LwCall *call, const LwPath *paths, size_t count, LwNow now);
/** It waits for this sensor, which is known by its address. */
void lw_sensor_call_wait(LwSensorCall *self, const LwSensor *sensor);
/** Ready at once, if it waits for nothing, or for nothing any more. */
void lw_sensor_call_close(LwSensorCall *self);

/** The sensor was measured, or is gone. */
void lw_sensor_calls_measured(LwSensorCalls *self, const LwSensor *sensor);
/** When the first is overdue; LW_USEC_NEVER: none waits. */
LwUsec lw_sensor_calls_deadline(const LwSensorCalls *self);
/** Fails what is overdue. */
void lw_sensor_calls_run(LwSensorCalls *self, LwNow now);
