/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorIds: which instance a sensor had last, and what a server called it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/**
 * LwSensorIds: instance ids by object and key of the sensor, with the Application Type that a
 * server wrote; LW_SENSOR_IDS_MAX of them, then the one that was used longest ago is forgotten.
 *
 * As text, what is kept in state, a line each: "/3303/0 KEY", and behind it, if a server wrote one,
 * the Application Type with %20 for a space and the like.
 */
typedef struct LwSensorIds LwSensorIds;

LwSensorIds *lw_sensor_ids_new(void);
void lw_sensor_ids_free(LwSensorIds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSensorIds, lw_sensor_ids_free)

/** The id that the sensor had. False: none. */
bool lw_sensor_ids_find(
                const LwSensorIds *self, uint16_t object, const char *key, uint16_t *ret_id);
/** Whether the instance is kept for a sensor. */
bool lw_sensor_ids_has(const LwSensorIds *self, uint16_t object, uint16_t id);
/** Keeps it, as used last. True when that is news, so that it should be saved. */
bool lw_sensor_ids_keep(LwSensorIds *self, uint16_t object, uint16_t id, const char *key);

/** What a server wrote; NULL: nothing. */
const char *lw_sensor_ids_text(const LwSensorIds *self, uint16_t object, uint16_t id);
/** `text` NULL: nothing any more. Only for what is kept. */
void lw_sensor_ids_set_text(LwSensorIds *self, uint16_t object, uint16_t id, const char *text);

GBytes *lw_sensor_ids_print(const LwSensorIds *self);
/** Keeps all that `text` has. Errors: 5.00 naming the first line that is none; those before it are
 * kept. */
bool lw_sensor_ids_parse(LwSensorIds *self, GBytes *text, GError **error);
