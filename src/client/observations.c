/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservations: the observations of one server. */
#include "client/observations.h"

#include <stdlib.h>
#include <string.h>

#include "codec/format.h"

static bool observes(void *user, const LwPath *path)
{
        return lw_watches_concern(((LwObservations *) user)->watches, path);
}

void lw_observations_init(LwObservations *self, LwTree *tree)
{
        *self = (LwObservations){
                .tree = tree,
                .by_token = g_hash_table_new(lw_observation_hash, lw_observation_equal),
                .resting = g_ptr_array_new(),
                .watches = lw_watches_new(),
        };
        lw_audience_join(lw_tree_audience(tree), observes, self);
}

void lw_observations_clear(LwObservations *self)
{
        g_assert(lw_watches_count(self->watches) == 0);
        lw_audience_leave(lw_tree_audience(self->tree), observes, self);
        g_hash_table_unref(self->by_token);
        g_ptr_array_unref(self->resting);
        lw_watches_free(self->watches);
}

static void tell_audience(const LwObservations *self, const LwObservation *observation)
{
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_audience_tell(self->tree, &observation->watches[i].path);
}

void lw_observations_add(LwObservations *self, LwObservation *observation)
{
        if (observation->resting)
                g_ptr_array_add(self->resting, observation);
        else
                g_hash_table_add(self->by_token, observation);
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_watches_add(self->watches, &observation->watches[i]);
        tell_audience(self, observation);
}

void lw_observations_remove(LwObservations *self, LwObservation *observation)
{
        if (observation->resting)
                g_ptr_array_remove_fast(self->resting, observation);
        else if (g_hash_table_lookup(self->by_token, observation) == observation)
                g_hash_table_remove(self->by_token, observation);
        for (unsigned i = 0; i < observation->watch_count; i++)
                lw_watches_remove(self->watches, &observation->watches[i]);
        tell_audience(self, observation);
        if (observation->reading)
                observation->dropped = true;
        else
                lw_observation_free(observation);
}

void lw_observations_rest(LwObservations *self)
{
        GHashTableIter iterator;
        void *key;

        g_hash_table_iter_init(&iterator, self->by_token);
        while (g_hash_table_iter_next(&iterator, &key, NULL)) {
                ((LwObservation *) key)->resting = true;
                g_ptr_array_add(self->resting, key);
        }
        g_hash_table_remove_all(self->by_token);
}

size_t lw_observations_resting(const LwObservations *self)
{
        return self->resting->len;
}

LwObservation *lw_observations_find_resting(const LwObservations *self, const LwObservation *like)
{
        for (unsigned i = 0; i < self->resting->len; i++)
                if (lw_observation_is_like(self->resting->pdata[i], like))
                        return self->resting->pdata[i];
        return NULL;
}

LwObservation *lw_observations_recall(
                const LwObservations *self, const uint8_t *token, size_t token_length)
{
        for (unsigned i = 0; i < self->resting->len; i++) {
                LwObservation *observation = self->resting->pdata[i];

                if (observation->token_length == token_length &&
                                memcmp(observation->token, token, token_length) == 0)
                        return observation;
        }
        return NULL;
}

LwObservation *lw_observations_find(
                const LwObservations *self, const uint8_t *token, size_t token_length)
{
        LwObservation probe = { .token_length = (uint8_t) token_length };

        memcpy(probe.token, token, token_length);
        return g_hash_table_lookup(self->by_token, &probe);
}

size_t lw_observations_count(const LwObservations *self)
{
        return g_hash_table_size(self->by_token);
}

LwObservation **lw_observations_all(const LwObservations *self, size_t *ret_count)
{
        g_autofree void **active = g_hash_table_get_keys_as_array(self->by_token, NULL);
        size_t count = lw_observations_count(self);
        LwObservation **all = g_new(LwObservation *, count + self->resting->len + 1);

        for (size_t i = 0; i < count; i++)
                all[i] = active[i];
        for (size_t i = 0; i < self->resting->len; i++)
                all[count + i] = self->resting->pdata[i];
        *ret_count = count + self->resting->len;
        return all;
}

static int compare_observations(const void *a, const void *b)
{
        const LwObservation *one = *(const LwObservation *const *) a;
        const LwObservation *other = *(const LwObservation *const *) b;
        int order = lw_path_compare(lw_observation_path(one), lw_observation_path(other));

        /* two tokens on one path: whichever, but always the same */
        return order != 0 ? order : one < other ? -1 : one > other;
}

static void show(const LwRules *rules, const LwObservation *observation,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        const LwPath *path = lw_observation_path(observation);
        LwAttributes attributes = lw_rules_attributes(rules, observation, path);
        bool differs = observation->got != NULL;
        LwObservationView view = {
                .path = *path,
                .attributes = attributes.set ? &attributes : NULL,
                .payload = observation->last,
                .format = observation->packed ? LW_FORMAT_SENML_CBOR : observation->format,
                .samples = differs ? observation->got : observation->samples,
                .sample_count = differs ? observation->got_count : observation->sample_count,
                .sent_real_usec = observation->got_real_usec,
                .sequence = observation->sequence,
        };

        each(data, &view);
}

size_t lw_observations_list(const LwObservations *self, const LwRules *rules, size_t offset,
                size_t limit, void (*each)(void *data, const LwObservationView *view), void *data)
{
        g_autofree LwObservation **ordered = NULL;
        size_t count, end;

        ordered = lw_observations_all(self, &count);
        count -= self->resting->len;
        if (count > 1)
                qsort(ordered, count, sizeof(*ordered), compare_observations);
        if (offset >= count)
                return 0;
        end = limit < count - offset ? offset + limit : count;
        for (size_t i = offset; i < end; i++)
                show(rules, ordered[i], each, data);
        return end - offset;
}
