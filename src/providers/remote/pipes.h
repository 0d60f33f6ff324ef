/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPipes: the opaque values of one answer that come through pipes. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "io/driver.h"
#include "model/path.h"
#include "providers/remote/pipe.h"

typedef struct LwPipes LwPipes;

typedef struct LwPipesEvents {
        /** All of a value is here. Errors: it is no good. */
        bool (*came)(void *user, const LwPipe *pipe, GError **error);
        /** `path` NULL: all values came. Else that one did not. The callee may free them all. */
        void (*ended)(void *user, const LwPath *path, const GError *error);
} LwPipesEvents;

LwPipes *lw_pipes_new(LwDriver *driver);
void lw_pipes_free(LwPipes *self);

/** One more, a copy of `fd`; one that is there stays. Errors: 4.13 beyond LW_PLUGIN_BLOBS_MAX; as
 * lw_pipe_new(). */
bool lw_pipes_add(LwPipes *self, int fd, const LwPath *path, GError **error);
bool lw_pipes_is_empty(const LwPipes *self);
/** Begins to read all. Errors: 5.00 with no event. */
bool lw_pipes_start(LwPipes *self, const LwPipesEvents *events, void *user, GError **error);
