/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 4, Connectivity Monitoring: how this host reaches its servers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/modemmanager1.h"
#include "client/client.h"
#include "host/network.h"
#include "host/survey.h"
#include "io/driver.h"
#include "providers/builtin/error-codes.h"
#include "providers/builtin/network-errors.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwConnectivityObject: the one instance of /4: links, addresses and routes as the kernel tells
 * them, radio signals as nl80211 and ModemManager measure them.
 *
 * What the host does not know is not instantiated. What the kernel and ModemManager tell is passed
 * on at once; what must be asked for (the signal of a WLAN, the utilization, the cell) is asked for
 * when it is read, at most once a second, and every ten seconds while it is observed. Source: OMA
 * LwM2M, "LwM2M Object: Connectivity Monitoring" 1.3.
 */
typedef struct LwConnectivityObject LwConnectivityObject;

/** LwConnectivityParts: what it looks at; all of them outlive it. */
typedef struct LwConnectivityParts {
        LwTree *tree;
        LwDriver *driver;
        const LwClient *client; /* whose sessions are looked at; may be NULL */
        const LwLinks *links;
        LwSurveyor *surveyor;
        int root_fd; /* stands for "/" */
        LwSignalLimits limits;
        /** Something is wrong with the network, or no longer. */
        void (*wrong)(void *user, LwErrorCause cause, bool holds);
        void *user;
} LwConnectivityParts;

LwConnectivityObject *lw_connectivity_object_new(const LwConnectivityParts *parts);
/** Takes the instance off the tree. Free the bus before: it may still owe answers. */
void lw_connectivity_object_free(LwConnectivityObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwConnectivityObject, lw_connectivity_object_free)

/** Puts /4/0 on the tree. Errors: as lw_tree_add_layer(). */
bool lw_connectivity_object_add(LwConnectivityObject *self, GError **error);
/** Modems come from there; it outlives the object. */
void lw_connectivity_object_use_modems(LwConnectivityObject *self, LwModemManager *modems);
/** Sessions or modems may be other than before, or, when `is_other_link`, links. */
void lw_connectivity_object_refresh(LwConnectivityObject *self, bool is_other_link);

/**
 * Looks whether the network is as it should be; a WLAN's signal has to be asked for, what else may
 * be wrong is told without. `anew`: forgets what was wrong before. `done` (may be NULL) comes once,
 * perhaps at once.
 */
void lw_connectivity_object_look(
                LwConnectivityObject *self, bool anew, void (*done)(void *data), void *data);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_connectivity_object_rows(size_t *ret_count);
