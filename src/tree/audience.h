/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAudience: who observes what, and the hints about it to providers. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/path.h"
#include "tree/layer.h"

typedef struct LwTree LwTree;

/** Whether somebody observes something at, above or below `path`. */
typedef bool (*LwAudienceObserves)(void *user, const LwPath *path);

/**
 * LwAudience: all that can say so; part of a tree.
 *
 * A provider hears of each of its readable resources once when the first observes it, alone or with
 * the instance, the object or other paths, and once when the last does no longer
 * (LwProviderOps.observe). What a layer above covers is not observed, as nobody reads it; a layer
 * that comes later hears what is observed then. Reads are no observations.
 *
 * Owns:   its array: lw_audience_clear().
 */
typedef struct LwAudience {
        GArray *members;
} LwAudience;

void lw_audience_init(LwAudience *self);
void lw_audience_clear(LwAudience *self);

/** `observes` can say what `user` observes, nothing at the moment; until it leaves. */
void lw_audience_join(LwAudience *self, LwAudienceObserves observes, void *user);
/** It observes nothing any more, and that was told. */
void lw_audience_leave(LwAudience *self, LwAudienceObserves observes, void *user);

/** What is observed at, above or below `path` is other than before, or the layers there are: tells
 * their providers. */
void lw_audience_tell(const LwTree *tree, const LwPath *path);
/** `layer` is taken off its instance: its provider hears that nothing of it is observed, unless
 * `next`, which takes its place (NULL: none), has it, too. */
void lw_audience_dismiss(const LwPath *instance, const LwLayer *layer, const LwLayer *next);
