/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWatches: who watches which path. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/path.h"

/** LwWatch: one path that somebody watches, embedded in whoever does. */
typedef struct LwWatch {
        void *owner;
        LwPath path;
} LwWatch;

/**
 * LwWatches: watches in the order of their paths, so that those which a change concerns are found
 * without a look at the others: the ones at the nodes above it, one lookup each, and the ones at
 * and below it, which lie side by side.
 */
typedef struct LwWatches LwWatches;

LwWatches *lw_watches_new(void);
void lw_watches_free(LwWatches *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwWatches, lw_watches_free)

/** The watch stays where it is, and its path as it is, until it is removed. */
void lw_watches_add(LwWatches *self, LwWatch *watch);
void lw_watches_remove(LwWatches *self, LwWatch *watch);
size_t lw_watches_count(const LwWatches *self);

/** Calls `each` for every watch whose path lies above, at or below `path`. It must not add or
 * remove any. */
void lw_watches_concerned(const LwWatches *self, const LwPath *path,
                void (*each)(void *user, const LwWatch *watch), void *user);
/** Whether anybody watches a path that is `path`, or lies above or below it. */
bool lw_watches_concern(const LwWatches *self, const LwPath *path);
