/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of LwObserver, for its own parts. */
#pragma once

#include <stdbool.h>

#include "base/time.h"
#include "client/agenda.h"
#include "client/look.h"
#include "client/mailer.h"
#include "client/observations.h"
#include "client/observer.h"
#include "client/rules.h"

struct LwObserver {
        LwRules rules;
        LwObserverEvents events;
        void *user;
        LwObservations observations;
        LwAgenda agenda;
        LwMailer mailer;
        LwLooker looker;
        LwUsec grace; /* before it nothing is gone */
        LwUsec over;  /* when those that rest end; LW_USEC_NEVER: not as long as the server is away
                       */
        LwNow now;    /* of the run under way */
};

/** Gives the observation its next turn, by what is known of it now. */
void lw_observer_schedule(LwObserver *self, LwObservation *observation);
/** What is kept is out of date. */
void lw_observer_tell_keep(LwObserver *self);
/** Takes it out of everything. */
void lw_observer_end(LwObserver *self, LwObservation *observation);
/** Ends those that rest, those that do not, or both. */
void lw_observer_end_all(LwObserver *self, bool active, bool resting);
