/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWorker: two threads for what blocks: getaddrinfo, fsync and rename, slow files. */
#pragma once

#include <stdbool.h>

#include "io/driver.h"

/**
 * LwWorker: jobs in, results out, in the loop's thread. Threads start with the first job and stay.
 *
 * A job owns its data and shares nothing with the loop while it runs.
 */
typedef struct LwWorker LwWorker;

/** In a thread of the worker: `data` is the job's alone. */
typedef void (*LwWorkerRun)(void *data);
/** In the loop, when it has run; must free `data`. `cancelled`: nobody waits any more, only free.
 */
typedef void (*LwWorkerDone)(void *data, bool cancelled);

/** NULL with errno when the system is out of descriptors. */
LwWorker *lw_worker_new(LwDriver *driver);
/** Waits for jobs that run; `done` of all that are left comes from here, with `cancelled`. */
void lw_worker_free(LwWorker *self);
/** The loop that results come back to. */
LwDriver *lw_worker_driver(const LwWorker *self);
/**
 * Queues a job. False when LW_WORKER_JOBS_MAX wait, or when the system gives us no thread: then
 * `data` is still the caller's.
 */
bool lw_worker_add(LwWorker *self, LwWorkerRun run, LwWorkerDone done, void *data);
/**
 * Queues a job that may take many seconds, as a look-up does whose name server is silent: of these
 * one runs at a time, so that a thread is left for the others.
 */
bool lw_worker_add_slow(LwWorker *self, LwWorkerRun run, LwWorkerDone done, void *data);
/**
 * Marks the job with this data: `done` comes from the loop with `cancelled`, once it has run; a job
 * that has not begun is not run any more.
 */
void lw_worker_cancel(LwWorker *self, void *data);
/** Runs what waits and delivers it, for up to `timeout_usec`: at the end of the process, so that
 * nothing is lost. */
void lw_worker_drain(LwWorker *self, LwUsec timeout_usec);
