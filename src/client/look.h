/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLook: a look at the values of an observation, which are asked of their providers. */
#pragma once

#include "base/time.h"
#include "client/observation.h"
#include "model/request.h"
#include "tree/tree.h"

typedef struct LwLookEvents {
        /** What came back, perhaps before lw_look() returns. */
        void (*seen)(void *user, LwObservation *observation, const LwResponse *response);
        /** It came later: nobody says how late it is, so that it lies in `late` for the next turn
         * of the loop. */
        void (*late)(void *user, LwObservation *observation);
} LwLookEvents;

/**
 * LwLooker: who looks, for one server; a part of its observer.
 *
 * Owns:   nothing.
 */
typedef struct LwLooker {
        LwTree *tree;
        uint16_t server;
        const LwLookEvents *events;
        void *user;
        const LwObservation *asking; /* whose values are being asked for just now */
} LwLooker;

/** Asks for the values; `reading` and, once it is removed, `dropped` of the observation say that
 * the answer is still to come. */
void lw_look(LwLooker *self, LwObservation *observation, LwNow now);
/** Whether what is observed is there, with or without a value. */
bool lw_look_is_there(const LwLooker *self, const LwObservation *observation, LwNow now);
