/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLook: a look at the values of an observation. */
#include "client/look.h"

#include <glib.h>

#include "tree/dispatch.h"
#include "tree/target.h"

/* A read whose providers are being asked. */
typedef struct Reading {
        LwLooker *looker; /* valid unless the observation was dropped */
        LwObservation *observation;
} Reading;

static void on_read(void *user, LwResponse *response)
{
        g_autofree Reading *reading = user;
        LwObservation *observation = reading->observation;
        LwLooker *self = reading->looker;

        observation->reading = false;
        if (observation->dropped) {
                lw_observation_free(observation);
                return;
        }
        if (self->asking == observation) {
                self->events->seen(self->user, observation, response);
                return;
        }
        observation->late = g_new(LwResponse, 1);
        *observation->late = *response;
        *response = (LwResponse){};
        self->events->late(self->user, observation);
}

void lw_look(LwLooker *self, LwObservation *observation, LwNow now)
{
        g_autofree LwPath *paths =
                        observation->composite ? g_new(LwPath, observation->watch_count) : NULL;
        LwRequest request = lw_observation_request(observation, self->server, now, paths);
        Reading *reading = g_new(Reading, 1);

        *reading = (Reading){ .looker = self, .observation = observation };
        observation->progress.changed = false;
        observation->reading = true;
        self->asking = observation;
        lw_dispatch(self->tree, &request, on_read, reading);
        self->asking = NULL;
}

bool lw_look_is_there(const LwLooker *self, const LwObservation *observation, LwNow now)
{
        LwRequest request = lw_observation_request(observation, self->server, now, NULL);
        LwTarget target;

        return lw_target_find(self->tree, &request,
                        LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE), &target, NULL);
}
