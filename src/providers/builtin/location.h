/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 6, Location: where this host is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/connection.h"
#include "io/driver.h"
#include "providers/builtin/error-codes.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/** Who is asked where the host is. */
typedef enum LwLocationSource {
        LW_LOCATION_NONE, /* the object is not offered, but others may provide it */
        LW_LOCATION_AUTO, /* gpsd, and GeoClue where there is none */
        LW_LOCATION_GEOCLUE,
        LW_LOCATION_GPSD,
} LwLocationSource;

/**
 * LwLocationObject: the one instance of /6.
 *
 * The source runs while somebody observes, and for a minute after a Read, no longer: a receiver
 * costs energy. A Read waits for the first fix, ten seconds at most. A fix that is older than
 * `max_age_usec` is not shown, and without one there are no values. Source: OMA LwM2M, "LwM2M
 * Object: Location" 1.0.
 */
typedef struct LwLocationObject LwLocationObject;

/** `source` is not LW_LOCATION_NONE; tree and driver outlive the object. */
LwLocationObject *lw_location_object_new(
                LwTree *tree, LwDriver *driver, LwLocationSource source, LwUsec max_age_usec);
/** Takes the instance off the tree. Free the bus before: it may still owe answers. */
void lw_location_object_free(LwLocationObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwLocationObject, lw_location_object_free)

/** `wrong`: gpsd is the source and cannot be reached, though somebody wants to know; or no longer.
 */
void lw_location_object_watch(LwLocationObject *self,
                void (*wrong)(void *user, LwErrorCause cause, bool holds), void *user);
/** Puts /6/0 on the tree. Errors: as lw_tree_add_layer(). */
bool lw_location_object_add(LwLocationObject *self, GError **error);
/** GeoClue is asked over this bus, which outlives its use. */
void lw_location_object_use_bus(LwLocationObject *self, LwBus *bus);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_location_object_rows(size_t *ret_count);
