/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPipe: an opaque value that a service streams through a pipe, until all of it is here. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "io/driver.h"
#include "model/path.h"
#include "model/values.h"

/** Whether the descriptor is a pipe's. */
bool lw_pipe_is(int fd);

/** LwPipe: reads into a memory file in the turns of the loop, LW_PLUGIN_BLOB_MAX bytes at most. */
typedef struct LwPipe LwPipe;

/** `error` NULL: all of it is in lw_pipe_add(). The callee may free the pipe. */
typedef void (*LwPipeDone)(void *user, LwPipe *self, const GError *error);

/** Of a copy of `fd`; `path` is where the value belongs. Errors: 4.00 it is not open for
 * reading; 5.03, 5.00. */
LwPipe *lw_pipe_new(LwDriver *driver, int fd, const LwPath *path, GError **error);
void lw_pipe_free(LwPipe *self);

/** Begins to read. Errors: 5.00 with `done` never called. */
bool lw_pipe_start(LwPipe *self, LwPipeDone done, void *user, GError **error);
/** Adds what came, once it is done. Errors: 5.03, 5.00. */
bool lw_pipe_add(const LwPipe *self, LwValues *values, GError **error);
const LwPath *lw_pipe_path(const LwPipe *self);
