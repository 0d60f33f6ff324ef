/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwState: named documents in the state directory, each replaced whole. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "io/worker.h"

/**
 * LwState: what must survive the process, as documents with a name and a version.
 *
 * A document is one file, "NAME": a line "lwm2md NAME VERSION", then its bytes. It is written as a
 * temporary file, fsynced, renamed, and the directory fsynced: a crash at any moment leaves the old
 * or the new one. Mode 0600. Writes of one name are done in order, and of those that wait only the
 * last.
 */
typedef struct LwState LwState;

/** `directory` is made (0700) if it is absent. Errors: 5.00 with path and reason. */
LwState *lw_state_new(const char *directory, LwWorker *worker, GError **error);
/** What has not been written yet is lost, and its `done` is not called: lw_worker_drain() before.
 */
void lw_state_free(LwState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwState, lw_state_free)

/** `error` NULL: it is on the disk. */
typedef void (*LwStateDone)(void *user, const GError *error);

/**
 * Writes in the worker; `done` (may be NULL) comes later, from the loop. Errors of `done`: 5.00
 * with path and reason
 * ("No space left on device"); without a `done` they are logged. A save that a later one of the
 * same name overtakes is done when that one is.
 */
void lw_state_save(LwState *self, const char *name, unsigned version, GBytes *content,
                LwStateDone done, void *user);
/** Whoever saves with this `user` goes away: his `done` is not called any more; what is being
 * written is written all the same. */
void lw_state_forget(LwState *self, LwStateDone done, void *user);
/**
 * Reads now, at start. NULL without error: there is none. A document that is damaged or of another
 * version is set aside as "NAME.bad" with one warning, and counts as absent.
 */
GBytes *lw_state_load(LwState *self, const char *name, unsigned version);
/**
 * What lw_state_load() does with the bytes of a file: the content behind the first line, which must
 * be that of this name and version. Errors: 5.00 with what is wrong.
 */
GBytes *lw_state_parse(GBytes *file, const char *name, unsigned version, GError **error);
/** Does with a document whose content is damaged what lw_state_load() does; `why` is for the
 * warning. */
void lw_state_set_aside(LwState *self, const char *name, const char *why);
/** Whether writes are under way or wait. */
bool lw_state_busy(const LwState *self);
