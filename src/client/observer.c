/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server. */
#include "client/history.h"
#include "client/observer-inside.h"
#include "model/limits.h"
#include "model/status.h"

/* So many in one turn of the loop; then what came in meanwhile is served. */
#define TURNS_MAX 512

/* How long after a new registration the server may take to observe anew what rests. The standard
 * says nothing; servers do it at once. */
#define REST_USEC (300 * LW_USEC_PER_SEC)

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

void lw_observer_tell_keep(LwObserver *self)
{
        if (self->events.keep)
                self->events.keep(self->user, false);
}

/* Whether there is any use in looking at the values now. */
static bool is_active(const LwObserver *self, const LwObservation *observation)
{
        return !observation->reading && !observation->held &&
               (lw_mailer_is_open(&self->mailer) || self->rules.account->storing);
}

void lw_observer_schedule(LwObserver *self, LwObservation *observation)
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

/* --- what the server and the network tell ----------------------------------------------------- */

/* What waited until the server is there has its turn again. */
static void release(LwObserver *self, LwObservation *observation)
{
        if (observation->held || observation->owed)
                observation->progress.changed = true;
        observation->held = observation->restored = false;
        lw_observer_schedule(self, observation);
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
                        lw_observer_schedule(self, all[i]);
}

void lw_observer_undelivered(LwObserver *self, const uint8_t *token, size_t token_length, LwNow now)
{
        LwObservation *observation = lw_observer_find(self, token, token_length);

        if (!observation || !lw_mailer_undelivered(&self->mailer, observation))
                return;
        lw_observer_tell_keep(self);
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

/* --- what the tree tells ---------------------------------------------------------------------- */

static void mark(void *user, const LwWatch *watch)
{
        LwObservation *observation = watch->owner;
        LwObserver *self = user;

        if (observation->progress.changed)
                return;
        observation->progress.changed = true;
        if (!observation->reading && observation->progress.ripe == LW_USEC_NEVER)
                lw_observer_schedule(self, observation);
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
        lw_observer_schedule(user, watch->owner);
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
                lw_observer_tell_keep(self);
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
                        lw_observer_end(self, observation);
                        return;
                }
                observation->held = true; /* until the server can be told */
        } else {
                observation->progress.ripe = LW_USEC_NEVER;
        }
        lw_observer_schedule(self, observation);
}

static void on_late(void *user, LwObservation *observation)
{
        lw_observer_schedule(user, observation);
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
                lw_observer_schedule(self, observation);
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
                lw_observer_end_all(self, false, true);
        while (turns-- > 0 && lw_agenda_deadline(&self->agenda) <= now.boot)
                take_turn(self, (LwObservation *) lw_agenda_first(&self->agenda));
}
