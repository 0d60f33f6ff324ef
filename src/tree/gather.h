/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGather: one question to several providers, their answers in one list of values. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/request.h"
#include "tree/provider.h"
#include "tree/target.h"

/**
 * LwGather: paths to be read, one call for each provider, whatever the number of paths.
 *
 * Owns:   itself from lw_gather_run() on: it is gone after `done`.
 */
typedef struct LwGather LwGather;

/**
 * All have answered. `values` is the callee's to read or change until it returns, in order of
 * paths. `error` is set when nothing was found and somebody failed: a provider that fails takes its
 * own values away from an answer, not those of the others.
 */
typedef void (*LwGatherDone)(void *user, LwGather *gather, LwValues *values, const GError *error);

LwGather *lw_gather_new(const LwRequest *request);
/** Forgets a gather that was not run. */
void lw_gather_free(LwGather *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwGather, lw_gather_free)

/** Adds a path, a resource or resource instance, for its provider to read. */
void lw_gather_add(LwGather *self, LwProvider *provider, const LwPath *path);
/** Adds all that is readable at or below the request's path. */
void lw_gather_add_target(LwGather *self, const LwTarget *target, const LwPath *path);

/** Asks; `done` may come before this returns. */
void lw_gather_run(LwGather *self, LwGatherDone done, void *user);

/** In `done`: whether the provider that was asked for `path` failed. */
bool lw_gather_has_failed(const LwGather *self, const LwPath *path);
