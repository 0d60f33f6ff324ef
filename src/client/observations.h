/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservations: the observations of one server, by their tokens and by their paths. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/observation.h"
#include "client/rules.h"
#include "client/watches.h"
#include "model/path.h"
#include "tree/tree.h"

/**
 * LwObservations: a part of its observer.
 *
 * It is of the tree's audience: providers hear of what is in it.
 *
 * Owns:   the observations: each until lw_observations_remove(). It is empty when it is cleared.
 */
typedef struct LwObservations {
        LwTree *tree;
        GHashTable *by_token; /* set of LwObservation */
        GPtrArray *resting;   /* of LwObservation: without a token that counts */
        LwWatches *watches;
} LwObservations;

/** It stays where it is until lw_observations_clear(). */
void lw_observations_init(LwObservations *self, LwTree *tree);
void lw_observations_clear(LwObservations *self);

/** Takes it. Unless it rests, one with the same token is not found any more, and is to be removed.
 */
void lw_observations_add(LwObservations *self, LwObservation *observation);
/** Frees it, or leaves that to the look at its values that is under way. */
void lw_observations_remove(LwObservations *self, LwObservation *observation);

/** All rest from now on. */
void lw_observations_rest(LwObservations *self);
size_t lw_observations_resting(const LwObservations *self);
/** One that rests and is of the same paths; NULL. */
LwObservation *lw_observations_find_resting(const LwObservations *self, const LwObservation *like);

/** One that rests, by the token that it had; NULL. */
LwObservation *lw_observations_recall(
                const LwObservations *self, const uint8_t *token, size_t token_length);
/** Of those that do not rest, by token; NULL. */
LwObservation *lw_observations_find(
                const LwObservations *self, const uint8_t *token, size_t token_length);
/** Of those that do not rest. */
size_t lw_observations_count(const LwObservations *self);
/** All, those that rest last, in no other order; caller frees. They stay until they are removed. */
LwObservation **lw_observations_all(const LwObservations *self, size_t *ret_count);

/** LwObservationView: what is known of one observation; valid during the call that shows it. */
typedef struct LwObservationView {
        LwPath path;                    /* the root: an Observe-Composite */
        const LwAttributes *attributes; /* that are in force; NULL: none */
        LwBlob *payload;                /* that the server got last; NULL: none, or a long one */
        int32_t format;                 /* of the payload */
        const LwSample *samples;        /* of its values, in order of path */
        size_t sample_count;
        int64_t sent_real_usec; /* when it got them */
        uint32_t sequence;      /* the last number of the Observe option */
} LwObservationView;

/**
 * Shows observations that do not rest in order of path, `limit` of them at most, from the
 * `offset`-th on. Returns how many were shown.
 */
size_t lw_observations_list(const LwObservations *self, const LwRules *rules, size_t offset,
                size_t limit, void (*each)(void *data, const LwObservationView *view), void *data);
