/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLayer: one provider's share of one instance: which resources, and how high it lies. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/provider.h"

/** Who covers whom, lowest first: the administrator's word counts most. */
typedef enum LwRank {
        LW_RANK_BUILTIN,
        LW_RANK_MAP,
        LW_RANK_PLUGIN,
        LW_RANK_MAP_LOCAL,
} LwRank;

/**
 * LwLayer: the resources that `provider` serves in one instance.
 *
 * Shape:  `resources` ascending, `count` of them; a resource that is listed may still have no
 *         value. `observed` says of each whether its provider knows it to be observed; NULL if the
 *         provider does not want to hear of that.
 * Owns:   `resources` and `observed`; not the provider, which takes its layers off before it goes.
 */
typedef struct LwLayer {
        LwProvider *provider;
        LwRank rank;
        uint16_t *resources;
        bool *observed;
        size_t count;
} LwLayer;

/** Where the resource is in `resources`; `count` if it is not. */
size_t lw_layer_find(const LwLayer *self, uint16_t resource);
bool lw_layer_has(const LwLayer *self, uint16_t resource);
