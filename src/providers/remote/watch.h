/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWatch: what servers observe of a service, told to it once a turn of the loop. */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "io/driver.h"
#include "model/path.h"
#include "providers/remote/asker.h"

/** One path, as text. */
typedef void (*LwWatchEach)(void *data, const char *path);

/**
 * LwWatch: collects hints. A path that is added and dropped in the same turn is not told; one that
 * several servers observe is added with the first and dropped with the last.
 */
typedef struct LwWatch LwWatch;

/** Both outlive it. Tells the service that `asker` asks, while there is one. */
LwWatch *lw_watch_new(LwDriver *driver, LwAsker *asker);
void lw_watch_free(LwWatch *self);

void lw_watch_add(LwWatch *self, const LwPath *path);
void lw_watch_drop(LwWatch *self, const LwPath *path);
/** Calls `each` for all that is observed, told or not. */
void lw_watch_each(const LwWatch *self, LwWatchEach each, void *data);
/** A service is there that has been told nothing yet: it is told all. */
void lw_watch_restart(LwWatch *self);
