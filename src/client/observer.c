/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server. */
#include "client/observer.h"

#include "client/history.h"
#include "client/look.h"
#include "client/mailer.h"
#include "client/rules.h"
#include "model/limits.h"
#include "model/status.h"

/* So many in one turn of the loop; then what came in meanwhile is served. */
#define TURNS_MAX 512

#define GRACE_USEC (60 * LW_USEC_PER_SEC)

/* How long after a new registration the server may take to observe anew what rests. The standard
 * says nothing; servers do it at once. */
#define REST_USEC (300 * LW_USEC_PER_SEC)

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

static void on_seen(void *user, LwObservation *observation, const LwResponse *response);
static void on_late(void *user, LwObservation *observation);

static const LwLookEvents look_events = { .seen = on_seen, .late = on_late };

/* --- life ------------------------------------------------------------------------------------- */

LwObserver *lw_observer_new(
                LwTree *tree, const LwAccount *account, const LwObserverEvents *events, void *user)
{
        LwObserver *self = g_new0(LwObserver, 1);

        self->rules = (LwRules){ tree, account };
        if (events)
                self->events = *events;
        self->user = user;
        self->over = LW_USEC_NEVER;
        self->looker = (LwLooker){ tree, account->ssid, &look_events, self, NULL };
        lw_observations_init(&self->observations, tree);
        lw_mailer_init(&self->mailer, lw_tree_registry(tree), account->ssid);
        return self;
}

void lw_observer_free(LwObserver *self)
{
        if (!self)
                return;
        lw_observer_clear(self);
        lw_observations_clear(&self->observations);
        lw_agenda_clear(&self->agenda);
        lw_mailer_clear(&self->mailer);
        g_free(self);
}

void lw_observer_set_connection(LwObserver *self, LwConnection *connection)
{
        lw_mailer_set_connection(&self->mailer, connection);
}

static void tell_keep(LwObserver *self)
{
        if (self->events.keep)
                self->events.keep(self->user, false);
}

/* Takes it out of everything. */
static void end(LwObserver *self, LwObservation *observation)
{
        lw_agenda_set(&self->agenda, &observation->turn, LW_USEC_NEVER);
        lw_outbox_drop(&self->mailer.outbox, observation);
        tell_keep(self);
        lw_observations_remove(&self->observations, observation);
}

/* Ends those that rest, those that do not, or both. */
static void end_all(LwObserver *self, bool active, bool resting)
{
        size_t count;
        g_autofree LwObservation **all = lw_observations_all(&self->observations, &count);

        for (size_t i = 0; i < count; i++)
                if (all[i]->resting ? resting : active)
                        end(self, all[i]);
        if (resting)
                self->over = LW_USEC_NEVER;
}

void lw_observer_clear(LwObserver *self)
{
        end_all(self, true, true);
}

void lw_observer_renew(LwObserver *self)
{
        end_all(self, true, !self->rules.account->storing);
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
        tell_keep(self);
}

bool lw_observer_rests(const LwObserver *self)
{
        return lw_observations_resting(&self->observations) > 0;
}

/* Whether there is any use in looking at the values now. */
static bool is_active(const LwObserver *self, const LwObservation *observation)
{
        return !observation->reading && !observation->held &&
               (lw_mailer_is_open(&self->mailer) || self->rules.account->storing);
}

static void schedule(LwObserver *self, LwObservation *observation)
{
        LwUsec due = LW_USEC_NEVER;

        if (observation->fresh || observation->late) {
                due = 0;
        } else if (observation->restored) {
                due = self->grace;
        } else if (is_active(self, observation)) {
                LwPace pace = lw_rules_pace(&self->rules, observation);

                due = lw_condition_due(&pace, &observation->progress);
        }
        lw_agenda_set(&self->agenda, &observation->turn, due);
}

/* --- what others tell ------------------------------------------------------------------------- */

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
        end(self, former);
}

void lw_observer_add(LwObserver *self, LwObservation *observation, bool late)
{
        LwObservation *same = lw_observer_find(self, observation->token, observation->token_length);

        lw_observations_add(&self->observations, observation);
        /* The same token again replaces what it stood for. Source: RFC 7641, 4.1. */
        if (same)
                end(self, same);
        observation->fresh = late;
        take_over(self, observation);
        tell_keep(self);
        schedule(self, observation);
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
                end(self, named);
        if (named || !paths)
                return;
        all = lw_observations_all(&self->observations, &count);
        for (size_t i = 0; i < count; i++)
                if (!all[i]->resting && lw_observation_has_paths(all[i], paths))
                        end(self, all[i]);
}

/* --- what the server and the network tell ----------------------------------------------------- */

/* What waited until the server is there has its turn again. */
static void release(LwObserver *self, LwObservation *observation)
{
        if (observation->held || observation->owed)
                observation->progress.changed = true;
        observation->held = observation->restored = false;
        schedule(self, observation);
}

void lw_observer_set_open(LwObserver *self, bool open, LwNow now)
{
        size_t count;
        g_autofree LwObservation **all = lw_observations_all(&self->observations, &count);

        if (open)
                lw_history_trim(&self->mailer.outbox, &self->rules, self->mailer.registry);
        if (open && lw_observer_rests(self) && self->over == LW_USEC_NEVER)
                self->over = lw_usec_add(now.boot, REST_USEC);
        lw_mailer_set_open(&self->mailer, open, now);
        if (!open && !self->rules.account->storing)
                lw_outbox_clear(&self->mailer.outbox);
        for (size_t i = 0; i < count; i++)
                if (open)
                        release(self, all[i]);
                else
                        schedule(self, all[i]);
}

void lw_observer_undelivered(LwObserver *self, const uint8_t *token, size_t token_length, LwNow now)
{
        LwObservation *observation = lw_observer_find(self, token, token_length);

        if (!observation || !lw_mailer_undelivered(&self->mailer, observation))
                return;
        tell_keep(self);
        if (self->events.unanswered)
                self->events.unanswered(self->user, now);
}

void lw_observer_settled(LwObserver *self, LwNow now)
{
        bool stored = false;
        LwObservation *observation = lw_mailer_settled(&self->mailer, &stored, now);

        if (stored && self->events.keep && self->events.keep(self->user, true))
                self->mailer.pausing = true;
        lw_mailer_deliver(&self->mailer, now);
        if (observation && observation->held && observation->waiting == 0)
                release(self, observation);
}

void lw_observer_refused(LwObserver *self, const uint8_t *token, size_t token_length)
{
        LwObservation *observation = lw_observer_find(self, token, token_length);

        if (observation)
                end(self, observation);
}

/* --- what the tree tells ---------------------------------------------------------------------- */

static void mark(void *user, const LwWatch *watch)
{
        LwObservation *observation = watch->owner;
        LwObserver *self = user;

        if (observation->progress.changed)
                return;
        observation->progress.changed = true;
        if (!observation->reading && observation->progress.ripe == LW_USEC_NEVER)
                schedule(self, observation);
}

void lw_observer_changed(LwObserver *self, const LwPath *path)
{
        lw_watches_concerned(self->observations.watches, path, mark, self);
}

void lw_observer_restructured(LwObserver *self, const LwPath *path, bool added G_GNUC_UNUSED)
{
        lw_observer_changed(self, path);
}

static void reschedule(void *user, const LwWatch *watch)
{
        schedule(user, watch->owner);
}

void lw_observer_attributed(LwObserver *self, const LwPath *path)
{
        lw_watches_concerned(self->observations.watches, path, reschedule, self);
}

/* --- a look at the values --------------------------------------------------------------------- */

static void notify(LwObserver *self, LwObservation *observation, const LwValues *values)
{
        LwPostage postage = lw_rules_postage(&self->rules, observation, self->now);
        bool was_open = lw_mailer_is_open(&self->mailer);
        uint32_t most;

        if ((!was_open || observation->resting) &&
                        lw_rules_history(&self->rules, observation, values, &most))
                postage.history = MIN(most, LW_NOTIFICATIONS_MAX);
        observation->owed = false;
        observation->progress.sent = self->now.boot;
        observation->progress.ripe = LW_USEC_NEVER;
        if (!lw_mailer_notify(&self->mailer, observation, values, &postage, self->now))
                observation->held = true;
        if (!lw_mailer_is_open(&self->mailer) || observation->resting)
                tell_keep(self);
        if (was_open && self->mailer.stalled && self->events.unanswered)
                self->events.unanswered(self->user, self->now);
}

static void judge(LwObserver *self, LwObservation *observation, const LwValues *values)
{
        LwPace pace = lw_rules_pace(&self->rules, observation);
        LwUsec pmin = LW_USEC_NEVER;

        if (observation->owed) {
                notify(self, observation, values);
                return;
        }
        if (observation->progress.ripe == LW_USEC_NEVER)
                pmin = lw_rules_compare(&self->rules, observation, values);
        pace.pmin = pmin;
        switch (lw_condition_judge(
                        &pace, &observation->progress, pmin != LW_USEC_NEVER, self->now.boot)) {
        case LW_DECISION_NOTHING:
                break;
        case LW_DECISION_WAIT:
                if (observation->progress.ripe == LW_USEC_NEVER)
                        observation->progress.ripe = lw_usec_add(observation->progress.sent, pmin);
                break;
        case LW_DECISION_SEND:
                notify(self, observation, values);
                break;
        }
}

/*
 * What a look at the values brought: values, an end (what was observed is gone), or a failure of a
 * provider or of access, about which there is nothing to say: the next change asks again.
 */
static void on_seen(void *user, LwObservation *observation, const LwResponse *response)
{
        LwObserver *self = user;

        observation->progress.evaluated = self->now.boot;
        if (response->values) {
                if (lw_mailer_is_open(&self->mailer)) /* what is stored keeps its own times */
                        lw_values_forget_times(response->values);
                judge(self, observation, response->values);
        } else if (response->status == LW_STATUS_NOT_FOUND && self->now.boot >= self->grace &&
                        !observation->composite &&
                        !lw_look_is_there(&self->looker, observation, self->now)) {
                if (lw_mailer_end(&self->mailer, observation, response->status, self->now)) {
                        end(self, observation);
                        return;
                }
                observation->held = true; /* until the server can be told */
        } else {
                observation->progress.ripe = LW_USEC_NEVER;
        }
        schedule(self, observation);
}

static void on_late(void *user, LwObservation *observation)
{
        schedule(user, observation);
}

/* Whatever the observation's turn is for. */
static void take_turn(LwObserver *self, LwObservation *observation)
{
        if (observation->fresh) {
                observation->fresh = false;
                observation->progress.sent = observation->progress.evaluated = self->now.boot;
                observation->sent_real_usec = observation->got_real_usec = self->now.real_usec;
                observation->progress.changed |= observation->owed;
                lw_mailer_deliver(&self->mailer, self->now);
                schedule(self, observation);
        } else if (observation->restored) {
                release(self, observation);
        } else if (observation->late) {
                LwResponse late = *observation->late;

                g_clear_pointer(&observation->late, g_free);
                on_seen(self, observation, &late);
                lw_response_clear(&late);
        } else {
                lw_agenda_set(&self->agenda, &observation->turn, LW_USEC_NEVER);
                lw_look(&self->looker, observation, self->now);
        }
}

LwUsec lw_observer_deadline(const LwObserver *self)
{
        return lw_usec_min(self->over, lw_agenda_deadline(&self->agenda));
}

void lw_observer_run(LwObserver *self, LwNow now)
{
        unsigned turns = MIN(self->agenda.count, TURNS_MAX);

        self->now = now;
        if (self->over <= now.boot)
                end_all(self, false, true);
        while (turns-- > 0 && lw_agenda_deadline(&self->agenda) <= now.boot)
                take_turn(self, (LwObservation *) lw_agenda_first(&self->agenda));
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
        schedule(self, observation);
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
