/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorKeeper: what is kept of sensors over restarts: instance ids and Application Types. */
#pragma once

#include <stdbool.h>

#include "io/state.h"
#include "model/values.h"
#include "providers/builtin/sensor-ids.h"
#include "tree/call.h"
#include "tree/tree.h"

/** LwSensorKeeper: state document "sensors". */
typedef struct LwSensorKeeper LwSensorKeeper;

/** Reads the document; one that is damaged is set aside. Both outlive it. */
LwSensorKeeper *lw_sensor_keeper_new(LwTree *tree, LwState *state);
/** Calls that wait for the disk fail with 5.03. */
void lw_sensor_keeper_free(LwSensorKeeper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSensorKeeper, lw_sensor_keeper_free)

/** What is kept; lw_sensor_keeper_save() after a change. */
LwSensorIds *lw_sensor_keeper_ids(LwSensorKeeper *self);
void lw_sensor_keeper_save(LwSensorKeeper *self);

/** Whether a Write is one of an Application Type and nothing else. Errors: 4.05, 4.00 when it is
 * too long. */
bool lw_sensor_keeper_check(
                const LwPath *target, bool replace, const LwValues *values, GError **error);
/** Does such a Write to a sensor that there is; answers when it is on the disk. Consumes the call.
 */
void lw_sensor_keeper_write(LwSensorKeeper *self, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call);
