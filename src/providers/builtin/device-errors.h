/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error codes of object 3, and those who are asked whether something is wrong. */
#pragma once

#include <stdbool.h>

#include "providers/builtin/error-codes.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/** Has been looked at. */
typedef void (*LwErrorsLooked)(void *data);

/**
 * LwErrorsLook: looks whether something is wrong that nobody tells on its own, and says it with
 * lw_device_errors_set().
 *
 * `anew`: what was wrong until now is forgotten before (Reset Error Code). `done` (NULL: nobody
 * waits) comes once, perhaps before this returns; who has to wait for something slow does so for
 * what decides quickly, and says the rest later.
 */
typedef void (*LwErrorsLook)(void *user, bool anew, LwErrorsLooked done, void *data);

/** LwDeviceErrors: resource 11 of /3/0, and what 12 does. */
typedef struct LwDeviceErrors LwDeviceErrors;

LwDeviceErrors *lw_device_errors_new(LwTree *tree);
/** Reads that wait are answered with what is known. Those who look may still call `done`. */
void lw_device_errors_free(LwDeviceErrors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceErrors, lw_device_errors_free)

/** Asks him, too, when somebody reads, observes or resets; he outlives the reads. One. */
void lw_device_errors_ask(LwDeviceErrors *self, LwErrorsLook look, void *user);

bool lw_device_errors_has(const LwDeviceErrors *self, LwErrorCause cause);
/** A change is told to the tree. */
void lw_device_errors_set(LwDeviceErrors *self, LwErrorCause cause, bool holds);

/** As a row of a table reads. */
void lw_device_errors_read(LwDeviceErrors *self, const LwPath *path, LwTableReading *reading);
/** Has everybody look; nobody waits. `anew`: counts from element 0 what is still wrong. */
void lw_device_errors_look(LwDeviceErrors *self, bool anew);
