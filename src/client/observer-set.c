/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes into an observer and goes out of it: Observe and Cancel, Disable, restarts; and what
 * it shows of that. */
#include "client/observer-inside.h"
#include "model/limits.h"

#define GRACE_USEC (60 * LW_USEC_PER_SEC)

void lw_observer_end(LwObserver *self, LwObservation *observation)
{
        lw_agenda_set(&self->agenda, &observation->turn, LW_USEC_NEVER);
        lw_outbox_drop(&self->mailer.outbox, observation);
        lw_observer_tell_keep(self);
        lw_observations_remove(&self->observations, observation);
}

void lw_observer_end_all(LwObserver *self, bool active, bool resting)
{
        size_t count;
        g_autofree LwObservation **all = lw_observations_all(&self->observations, &count);

        for (size_t i = 0; i < count; i++)
                if (all[i]->resting ? resting : active)
                        lw_observer_end(self, all[i]);
        if (resting)
                self->over = LW_USEC_NEVER;
}

void lw_observer_clear(LwObserver *self)
{
        lw_observer_end_all(self, true, true);
}

void lw_observer_renew(LwObserver *self)
{
        lw_observer_end_all(self, true, !self->rules.account->storing);
}

void lw_observer_rest(LwObserver *self)
{
        if (!self->rules.account->storing) {
                lw_observer_clear(self);
                return;
        }
        lw_outbox_return(&self->mailer.outbox);
        lw_observations_rest(&self->observations);
        self->over = LW_USEC_NEVER;
        lw_observer_tell_keep(self);
}

bool lw_observer_rests(const LwObserver *self)
{
        return lw_observations_resting(&self->observations) > 0;
}

/* What rested goes on: the server observes it anew, and gets what it missed. The answer to its
 * Observe came before that, so that the present comes once more after it. */
static void take_over(LwObserver *self, LwObservation *observation)
{
        LwObservation *former = lw_observations_find_resting(&self->observations, observation);

        if (!former)
                return;
        observation->owed = former->waiting > 0 && !lw_observation_is_level(former, observation);
        lw_outbox_move(&self->mailer.outbox, former, observation);
        observation->fresh = true;
        lw_observer_end(self, former);
}

void lw_observer_add(LwObserver *self, LwObservation *observation, bool late)
{
        LwObservation *same = lw_observer_find(self, observation->token, observation->token_length);

        lw_observations_add(&self->observations, observation);
        /* The same token again replaces what it stood for. Source: RFC 7641, 4.1. */
        if (same)
                lw_observer_end(self, same);
        observation->fresh = late;
        take_over(self, observation);
        lw_observer_tell_keep(self);
        lw_observer_schedule(self, observation);
}

LwObservation *lw_observer_find(const LwObserver *self, const uint8_t *token, size_t token_length)
{
        return lw_observations_find(&self->observations, token, token_length);
}

void lw_observer_cancel(LwObserver *self, const LwMessage *message, const LwValues *paths)
{
        LwObservation *named = lw_observer_find(self, message->token, message->token_length);
        g_autofree LwObservation **all = NULL;
        size_t count;

        if (named)
                lw_observer_end(self, named);
        if (named || !paths)
                return;
        all = lw_observations_all(&self->observations, &count);
        for (size_t i = 0; i < count; i++)
                if (!all[i]->resting && lw_observation_has_paths(all[i], paths))
                        lw_observer_end(self, all[i]);
}

void lw_observer_refused(LwObserver *self, const uint8_t *token, size_t token_length)
{
        LwObservation *observation = lw_observer_find(self, token, token_length);

        if (observation)
                lw_observer_end(self, observation);
}

/* --- over restarts ---------------------------------------------------------------------------- */

void lw_observer_kept(LwObserver *self, LwNow now)
{
        self->mailer.pausing = false;
        lw_mailer_deliver(&self->mailer, now);
}

void lw_observer_set_grace(LwObserver *self, LwNow now)
{
        self->grace = lw_usec_add(now.boot, GRACE_USEC);
}

void lw_observer_take_back(LwObserver *self, LwObservation *observation)
{
        if (!observation->resting) {
                lw_observer_add(self, observation, false);
                return;
        }
        lw_observations_add(&self->observations, observation);
        lw_observer_schedule(self, observation);
}

LwObservation *lw_observer_find_back(
                const LwObserver *self, const uint8_t *token, size_t token_length, bool resting)
{
        return resting ? lw_observations_recall(&self->observations, token, token_length)
                       : lw_observer_find(self, token, token_length);
}

void lw_observer_restore(
                LwObserver *self, LwObservation *observation, GBytes *pack, int64_t real_usec)
{
        lw_outbox_add(&self->mailer.outbox, observation, pack, real_usec, true,
                        LW_NOTIFICATIONS_MAX);
}

void lw_observer_show(const LwObserver *self,
                void (*observation)(void *data, const LwObservation *observation),
                void (*parcel)(void *data, const LwParcel *parcel), void *data)
{
        size_t count;
        g_autofree LwObservation **all = lw_observations_all(&self->observations, &count);

        for (size_t i = 0; i < count; i++)
                observation(data, all[i]);
        for (const GList *link = self->mailer.outbox.parcels.head; link; link = link->next)
                parcel(data, link->data);
}

/* --- what it shows ---------------------------------------------------------------------------- */

LwTree *lw_observer_tree(const LwObserver *self)
{
        return self->rules.tree;
}

LwConnection *lw_observer_connection(const LwObserver *self)
{
        return self->mailer.connection;
}

size_t lw_observer_count(const LwObserver *self)
{
        return lw_observations_count(&self->observations);
}

size_t lw_observer_waiting(const LwObserver *self)
{
        return self->mailer.outbox.parcels.length;
}

size_t lw_observer_list(const LwObserver *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        return lw_observations_list(&self->observations, &self->rules, offset, limit, each, data);
}
