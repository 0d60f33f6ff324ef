/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server. */
#include "client/observer.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "client/mailer.h"
#include "client/rules.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/dispatch.h"
#include "tree/target.h"

/* So many in one turn of the loop; then what came in meanwhile is served. */
#define TURNS_MAX 512

#define GRACE_USEC (60 * LW_USEC_PER_SEC)

struct LwObserver {
        LwRules rules;
        LwObserverEvents events;
        void *user;
        GHashTable *observations; /* set of LwObservation, by token */
        LwWatches *watches;
        LwAgenda agenda;
        LwMailer mailer;
        LwUsec grace;                /* before it nothing is gone */
        const LwObservation *asking; /* whose values are being asked for just now */
        LwNow now;                   /* of the run under way */
};

/* A read whose providers are being asked. */
typedef struct Reading {
        LwObserver *observer; /* valid unless the observation was dropped */
        LwObservation *observation;
} Reading;

/* --- life ------------------------------------------------------------------------------------- */

/* Frees an observation, or leaves that to the read that is under way for it. */
static void drop(void *data)
{
        LwObservation *observation = data;

        if (observation->reading)
                observation->dropped = true;
        else
                lw_observation_free(observation);
}

static bool observes(void *user, const LwPath *path)
{
        return lw_watches_concern(((LwObserver *) user)->watches, path);
}

LwObserver *lw_observer_new(
                LwTree *tree, const LwAccount *account, const LwObserverEvents *events, void *user)
{
        LwObserver *self = g_new0(LwObserver, 1);

        self->rules = (LwRules){ tree, account };
        if (events)
                self->events = *events;
        self->user = user;
        self->observations = g_hash_table_new_full(
                        lw_observation_hash, lw_observation_equal, drop, NULL);
        self->watches = lw_watches_new();
        lw_mailer_init(&self->mailer, lw_tree_registry(tree), account->ssid);
        lw_audience_join(lw_tree_audience(tree), observes, self);
        return self;
}

void lw_observer_free(LwObserver *self)
{
        if (!self)
                return;
        lw_observer_clear(self);
        lw_audience_leave(lw_tree_audience(self->rules.tree), observes, self);
        g_hash_table_unref(self->observations);
        lw_watches_free(self->watches);
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
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_watches_remove(self->watches, &observation->watches[i]);
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_audience_tell(self->rules.tree, &observation->watches[i].path);
        lw_agenda_set(&self->agenda, &observation->turn, LW_USEC_NEVER);
        lw_outbox_drop(&self->mailer.outbox, observation);
        tell_keep(self);
        g_hash_table_remove(self->observations, observation);
}

void lw_observer_clear(LwObserver *self)
{
        g_autofree void **all = g_hash_table_get_keys_as_array(self->observations, NULL);
        unsigned count = g_hash_table_size(self->observations);

        for (unsigned i = 0; i < count; i++)
                end(self, all[i]);
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

void lw_observer_add(LwObserver *self, LwObservation *observation, bool late)
{
        LwObservation *same = lw_observer_find(self, observation->token, observation->token_length);

        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_watches_add(self->watches, &observation->watches[i]);
        /* The same token again replaces what it stood for. Source: RFC 7641, 4.1. */
        if (same)
                end(self, same);
        observation->fresh = late;
        g_hash_table_add(self->observations, observation);
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_audience_tell(self->rules.tree, &observation->watches[i].path);
        tell_keep(self);
        schedule(self, observation);
}

LwObservation *lw_observer_find(const LwObserver *self, const uint8_t *token, size_t token_length)
{
        LwObservation probe = { .token_length = (uint8_t) token_length };

        memcpy(probe.token, token, token_length);
        return g_hash_table_lookup(self->observations, &probe);
}

void lw_observer_cancel(LwObserver *self, const LwMessage *message, const LwValues *paths)
{
        LwObservation *named = lw_observer_find(self, message->token, message->token_length);
        g_autofree void **all = NULL;
        unsigned count;

        if (named)
                end(self, named);
        if (named || !paths)
                return;
        all = g_hash_table_get_keys_as_array(self->observations, &count);
        for (unsigned i = 0; i < count; i++)
                if (lw_observation_has_paths(all[i], paths))
                        end(self, all[i]);
}

/* --- what the server and the network tell ----------------------------------------------------- */

/* What waited until the server is there has its turn again. */
static void release(LwObserver *self, LwObservation *observation)
{
        if (observation->held)
                observation->progress.changed = true;
        observation->held = observation->restored = false;
        schedule(self, observation);
}

void lw_observer_set_open(LwObserver *self, bool open, LwNow now)
{
        GHashTableIter iterator;
        void *observation;

        lw_mailer_set_open(&self->mailer, open, now);
        if (!open && !self->rules.account->storing)
                lw_outbox_clear(&self->mailer.outbox);
        g_hash_table_iter_init(&iterator, self->observations);
        while (g_hash_table_iter_next(&iterator, &observation, NULL))
                if (open)
                        release(self, observation);
                else
                        schedule(self, observation);
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
        LwObservation *observation = lw_mailer_settled(&self->mailer, &stored);

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
        lw_watches_concerned(self->watches, path, mark, self);
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
        lw_watches_concerned(self->watches, path, reschedule, self);
}

/* --- a look at the values --------------------------------------------------------------------- */

static void notify(LwObserver *self, LwObservation *observation, const LwValues *values)
{
        LwPostage postage = lw_rules_postage(&self->rules, observation, self->now);
        bool was_open = lw_mailer_is_open(&self->mailer);

        observation->progress.sent = self->now.boot;
        observation->progress.ripe = LW_USEC_NEVER;
        if (!lw_mailer_notify(&self->mailer, observation, values, &postage, self->now))
                observation->held = true;
        if (!lw_mailer_is_open(&self->mailer))
                tell_keep(self);
        if (was_open && self->mailer.stalled && self->events.unanswered)
                self->events.unanswered(self->user, self->now);
}

static void judge(LwObserver *self, LwObservation *observation, const LwValues *values)
{
        LwPace pace = lw_rules_pace(&self->rules, observation);
        LwUsec pmin = LW_USEC_NEVER;

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

/* Whether the node is there, with or without a value. */
static bool is_there(const LwObserver *self, const LwObservation *observation)
{
        LwRequest request = lw_observation_request(
                        observation, self->rules.account->ssid, self->now, NULL);
        LwTarget target;

        return lw_target_find(self->rules.tree, &request,
                        LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE), &target, NULL);
}

/*
 * What a look at the values brought: values, an end (what was observed is gone), or a failure of a
 * provider or of access, about which there is nothing to say: the next change asks again.
 */
static void look(LwObserver *self, LwObservation *observation, const LwResponse *response)
{
        observation->progress.evaluated = self->now.boot;
        if (response->values) {
                judge(self, observation, response->values);
        } else if (response->status == LW_STATUS_NOT_FOUND && self->now.boot >= self->grace &&
                        !observation->composite && !is_there(self, observation)) {
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

static void on_read(void *user, LwResponse *response)
{
        g_autofree Reading *reading = user;
        LwObservation *observation = reading->observation;
        LwObserver *self = reading->observer;

        observation->reading = false;
        if (observation->dropped) {
                lw_observation_free(observation);
                return;
        }
        if (self->asking == observation) {
                look(self, observation, response);
                return;
        }
        /* Nobody says how late it is: the next turn of the loop does. */
        observation->late = g_new(LwResponse, 1);
        *observation->late = *response;
        *response = (LwResponse){};
        schedule(self, observation);
}

static void ask(LwObserver *self, LwObservation *observation)
{
        g_autofree LwPath *paths =
                        observation->composite ? g_new(LwPath, observation->watch_count) : NULL;
        LwRequest request = lw_observation_request(
                        observation, self->rules.account->ssid, self->now, paths);
        Reading *reading = g_new(Reading, 1);

        *reading = (Reading){ .observer = self, .observation = observation };
        observation->progress.changed = false;
        observation->reading = true;
        lw_agenda_set(&self->agenda, &observation->turn, LW_USEC_NEVER);
        self->asking = observation;
        lw_dispatch(self->rules.tree, &request, on_read, reading);
        self->asking = NULL;
}

/* Whatever the observation's turn is for. */
static void take_turn(LwObserver *self, LwObservation *observation)
{
        if (observation->fresh) {
                observation->fresh = false;
                observation->progress.sent = observation->progress.evaluated = self->now.boot;
                observation->sent_real_usec = self->now.real_usec;
                schedule(self, observation);
        } else if (observation->restored) {
                release(self, observation);
        } else if (observation->late) {
                LwResponse late = *observation->late;

                g_clear_pointer(&observation->late, g_free);
                look(self, observation, &late);
                lw_response_clear(&late);
        } else {
                ask(self, observation);
        }
}

LwUsec lw_observer_deadline(const LwObserver *self)
{
        return lw_agenda_deadline(&self->agenda);
}

void lw_observer_run(LwObserver *self, LwNow now)
{
        unsigned turns = MIN(self->agenda.count, TURNS_MAX);

        self->now = now;
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
        GHashTableIter iterator;
        void *key;

        g_hash_table_iter_init(&iterator, self->observations);
        while (g_hash_table_iter_next(&iterator, &key, NULL))
                observation(data, key);
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
        return g_hash_table_size(self->observations);
}

size_t lw_observer_waiting(const LwObserver *self)
{
        return self->mailer.outbox.parcels.length;
}

void lw_observer_each(
                const LwObserver *self, void (*each)(void *data, const LwPath *path), void *data)
{
        GHashTableIter iterator;
        void *key;

        g_hash_table_iter_init(&iterator, self->observations);
        while (g_hash_table_iter_next(&iterator, &key, NULL)) {
                const LwObservation *observation = key;

                for (unsigned i = 0; i < observation->watch_count; i++)
                        each(data, &observation->watches[i].path);
        }
}

static int compare_observations(const void *a, const void *b)
{
        const LwObservation *one = *(const LwObservation *const *) a;
        const LwObservation *other = *(const LwObservation *const *) b;
        int order = lw_path_compare(lw_observation_path(one), lw_observation_path(other));

        /* two tokens on one path: whichever, but always the same */
        return order != 0 ? order : one < other ? -1 : one > other;
}

static void show(const LwObserver *self, const LwObservation *observation,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        const LwPath *path = lw_observation_path(observation);
        LwAttributes attributes = lw_rules_attributes(&self->rules, observation, path);
        LwObservationView view = {
                .path = *path,
                .attributes = attributes.set ? &attributes : NULL,
                .payload = observation->last,
                .format = observation->format,
                .sent_real_usec = observation->sent_real_usec,
                .sequence = observation->sequence,
        };

        each(data, &view);
}

size_t lw_observer_list(const LwObserver *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        g_autofree void **ordered = NULL;
        size_t end;
        guint count;

        ordered = g_hash_table_get_keys_as_array(self->observations, &count);
        if (count > 1)
                qsort(ordered, count, sizeof(*ordered), compare_observations);
        if (offset >= count)
                return 0;
        end = limit < count - offset ? offset + limit : count;
        for (size_t i = offset; i < end; i++)
                show(self, ordered[i], each, data);
        return end - offset;
}
