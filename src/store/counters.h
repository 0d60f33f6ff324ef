/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCounterStore: what went over the network to each server, over restarts. */
#pragma once

#include <glib.h>

#include "client/client.h"
#include "io/state.h"

/**
 * LwCounterStore: the counters of our servers, in the state document "counters".
 *
 * They belong to a server's name: a section that was edited goes on counting. Nobody is woken for
 * them: they are written with whatever else is, at the end, and otherwise once an hour at most,
 * when something was due anyway and they are other than before. A crash loses no more than that
 * hour.
 */
typedef struct LwCounterStore LwCounterStore;

/** Loads now. `state` outlives it. */
LwCounterStore *lw_counter_store_new(LwState *state);
void lw_counter_store_free(LwCounterStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwCounterStore, lw_counter_store_free)

/** A server came: it goes on from where one of its name stopped. */
void lw_counter_store_added(LwCounterStore *self, LwServer *server);
/** A server goes: what it counted is kept for one of its name. */
void lw_counter_store_removed(LwCounterStore *self, LwServer *server, LwNow now);

/** Writes if something is new; drops what is kept of names that no server has. */
void lw_counter_store_save(LwCounterStore *self, const LwClient *client, LwNow now);
/** The same, unless it was done within the hour. */
void lw_counter_store_run(LwCounterStore *self, const LwClient *client, LwNow now);
