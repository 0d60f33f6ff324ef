/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTarget: what the path of a request leads to in the tree. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/request.h"
#include "tree/tree.h"

/**
 * LwTarget: the nodes along a path, as far as it goes.
 *
 * Owns:   nothing; valid until the tree changes.
 */
typedef struct LwTarget {
        const LwObject *object;
        const LwInstance *instance;    /* from the level of instances on */
        const LwResourceDef *resource; /* from the level of resources on */
        const LwLayer *layer;          /* that serves it; NULL: no layer does */
} LwTarget;

/* The levels that an operation knows: bits 1 << LW_LEVEL_... */
#define LW_LEVELS(first, last) ((2u << (last)) - (1u << (first)))

/**
 * Follows the path of `request`; `levels` are those that its operation has.
 *
 * Errors, in the standard's order: 4.01 a closed object; 4.05 the root; 4.04 no such object; 4.05 a
 * level that the operation does not have; 4.04 no such instance; 4.04 a resource that the object or
 * the instance does not have; 4.05 a resource instance of a single resource.
 */
bool lw_target_find(const LwTree *tree, const LwRequest *request, unsigned levels,
                LwTarget *ret_target, GError **error);

/** Whether the target is one value, and not an object, an instance or an array. */
bool lw_target_is_single(const LwTarget *self, const LwPath *path);
