/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 7, Connectivity Statistics: what this host sent and received. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/modemmanager1.h"
#include "host/network.h"
#include "host/survey.h"
#include "io/driver.h"
#include "io/state.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwStatisticsObject: the one instance of /7.
 *
 * A collection is started and stopped by servers, or ends after the period that was written before
 * it was started. It goes on over restarts of the agent, nothing lost, and over reboots, when what
 * the links carried between the last save and the end is lost: it is saved when it is started,
 * stopped and read, at most every ten minutes, and when the agent ends. Short messages are counted
 * where ModemManager tells of them. The size of the largest message nobody tells. Source: OMA
 * LwM2M, "LwM2M Object: Connectivity Statistics" 1.0.
 */
typedef struct LwStatisticsObject LwStatisticsObject;

/** LwStatisticsParts: what it uses; all of them outlive it. `boot`: the id of this boot. */
typedef struct LwStatisticsParts {
        LwTree *tree;
        LwDriver *driver;
        LwSurveyor *surveyor;
        LwState *state;
        const char *boot;
} LwStatisticsParts;

LwStatisticsObject *lw_statistics_object_new(const LwStatisticsParts *parts);
void lw_statistics_object_free(LwStatisticsObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwStatisticsObject, lw_statistics_object_free)

/** Puts /7/0 on the tree. Errors: as lw_tree_add_layer(). */
bool lw_statistics_object_add(LwStatisticsObject *self, GError **error);
/** Links went: `links` says which, and what they carried. */
void lw_statistics_object_gone(LwStatisticsObject *self, const LwLinks *links);
/** What modems tell of short messages is other than before. */
void lw_statistics_object_modems(LwStatisticsObject *self, const GPtrArray *modems);
/** Saves what was counted: at the end. */
void lw_statistics_object_flush(LwStatisticsObject *self);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_statistics_object_rows(size_t *ret_count);
