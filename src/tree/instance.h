/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInstance: one object instance and its layers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "tree/layer.h"
#include "tree/provider.h"

/** LwInstance: one object instance and its layers, highest first. Read it; the tree changes it. */
typedef struct LwInstance {
        uint16_t id;
        GArray *layers; /* of LwLayer */
} LwInstance;

LwInstance *lw_instance_new(uint16_t id);
void lw_instance_free(void *instance);

/** The highest layer that has the resource. */
const LwLayer *lw_instance_layer(const LwInstance *self, uint16_t resource);
/**
 * Puts a layer of `provider` over those of lower rank, in place of one that it has. `resources`,
 * `count` of them, are copied. Errors: 4.13 beyond LW_LAYERS_MAX.
 */
bool lw_instance_put(LwInstance *self, uint16_t object, LwProvider *provider, LwRank rank,
                const uint16_t *resources, size_t count, GError **error);
/** Takes the layer of `provider` off; false: there is none. */
bool lw_instance_drop(LwInstance *self, uint16_t object, const LwProvider *provider);
