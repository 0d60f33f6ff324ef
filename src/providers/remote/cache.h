/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCache: the values that a service reported, to be read without asking it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/path.h"
#include "model/values.h"

/**
 * LwCache: what is known of resources, "has no value" included, LW_PLUGIN_CACHE_MAX bytes at most:
 * what does not fit, and no LwBlob does,
 * is not known. It dies with the service's presence on the bus.
 */
typedef struct LwCache LwCache;

LwCache *lw_cache_new(void);
void lw_cache_free(LwCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwCache, lw_cache_free)

/** Takes all of `values` for what they are worth; each replaces what was known of its resource.
 * Sorts `values`. */
void lw_cache_put(LwCache *self, LwValues *values);
/** `resource` is known to have no value. */
void lw_cache_put_nothing(LwCache *self, const LwPath *resource);
/** Nothing is known of it any more. */
void lw_cache_drop(LwCache *self, const LwPath *resource);
/** The same for all resources at, above or below `path`. */
void lw_cache_drop_below(LwCache *self, const LwPath *path);
void lw_cache_clear(LwCache *self);

/** Whether something is known of a resource, or of the resource of a resource instance. */
bool lw_cache_knows(const LwCache *self, const LwPath *path);
/** Adds what is known of `path`, a resource or resource instance, to `values`. False: nothing is
 * known. */
bool lw_cache_read(const LwCache *self, const LwPath *path, LwValues *values);
