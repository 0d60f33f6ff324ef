/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in force for an observation. */
#include "client/rules.h"

#include "model/limits.h"

#define LIMITS                                                                                     \
        (LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_GT) | LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_LT) |                   \
                        LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_ST) | LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_EDGE))

LwAttributes lw_rules_attributes(
                const LwRules *self, const LwObservation *observation, const LwPath *path)
{
        const LwAttributes *query = observation->query;
        LwAttributes attached;

        if (query && !observation->composite && observation->only.path.length >= LW_LEVEL_RESOURCE)
                return *query;
        attached = lw_attribute_table_resolve(
                        lw_tree_attributes(self->tree), self->account->ssid, path);
        if (!query)
                return attached;
        /* a request for more than a resource speaks of periods; the limits of each stay */
        attached.set &= LIMITS;
        lw_attributes_inherit(&attached, query);
        return attached;
}

static LwPace pace_at(const LwRules *self, const LwObservation *observation, const LwPath *path)
{
        LwAttributes attributes = lw_rules_attributes(self, observation, path);

        return lw_pace_of(&attributes, self->account->default_pmin_seconds,
                        self->account->default_pmax_seconds);
}

LwPace lw_rules_pace(const LwRules *self, const LwObservation *observation)
{
        LwPace pace = pace_at(self, observation, &observation->watches[0].path);

        for (unsigned i = 1; i < observation->watch_count; i++)
                pace = lw_pace_join(
                                pace, pace_at(self, observation, &observation->watches[i].path));
        return pace;
}

/* The pmin of the observed path that the value lies at. */
static LwUsec pmin_at(const LwRules *self, const LwObservation *observation, const LwPath *path)
{
        LwUsec pmin = LW_USEC_NEVER;

        for (unsigned i = 0; i < observation->watch_count; i++) {
                const LwPath *watched = &observation->watches[i].path;

                if (lw_path_contains(watched, path))
                        pmin = lw_usec_min(pmin, pace_at(self, observation, watched).pmin);
        }
        return pmin;
}

/* Whether the step to this value fulfils the condition of its own resource. */
static bool holds(const LwRules *self, const LwObservation *observation, const LwSample *last,
                const LwEntry *entry)
{
        LwAttributes attributes = lw_rules_attributes(self, observation, &entry->path);

        return lw_condition_holds(&attributes, last, &entry->value);
}

LwUsec lw_rules_compare(
                const LwRules *self, const LwObservation *observation, const LwValues *values)
{
        LwUsec pmin = LW_USEC_NEVER;
        size_t count = lw_values_count(values), sent = 0, there = 0;

        while (sent < observation->sample_count || there < count) {
                const LwEntry *entry = there < count ? lw_values_at(values, there) : NULL;
                const LwSample *sample = sent < observation->sample_count
                                                         ? &observation->samples[sent]
                                                         : NULL;
                LwPath before = sample ? lw_sample_path(sample) : LW_PATH_ROOT;
                int order = !entry ? -1 : !sample ? 1 : lw_path_compare(&before, &entry->path);
                bool met = order != 0 || holds(self, observation, sample, entry);

                if (met)
                        pmin = lw_usec_min(
                                        pmin, pmin_at(self, observation,
                                                              order < 0 ? &before : &entry->path));
                if (pmin == 0)
                        return 0;
                sent += order <= 0;
                there += order >= 0;
        }
        return pmin;
}

/* Counts in the hqmax at one element. */
static bool add_history(const LwRules *self, const LwObservation *observation, const LwPath *path,
                uint32_t *most)
{
        LwAttributes attributes = lw_rules_attributes(self, observation, path);

        if (!lw_attributes_has(&attributes, LW_ATTRIBUTE_HQMAX))
                return false;
        *most = MAX(*most, attributes.hqmax);
        return true;
}

bool lw_rules_history(const LwRules *self, const LwObservation *observation, const LwValues *values,
                uint32_t *ret_most)
{
        size_t count = values ? lw_values_count(values) : observation->sample_count;
        bool limited = false;
        uint32_t most = 0;

        for (size_t i = 0; i < count; i++) {
                LwPath path = values ? lw_values_at(values, i)->path
                                     : lw_sample_path(&observation->samples[i]);

                limited |= add_history(self, observation, &path, &most);
        }
        if (ret_most)
                *ret_most = most;
        return limited;
}

LwPostage lw_rules_postage(const LwRules *self, const LwObservation *observation, LwNow now)
{
        LwPostage postage = {
                .storing = self->account->storing,
                .history = LW_NOTIFICATIONS_MAX,
                .confirmable = lw_observation_must_confirm(observation, now),
        };
        bool said = false, confirmable = false;

        for (unsigned i = 0; i < observation->watch_count; i++) {
                LwAttributes attributes = lw_rules_attributes(
                                self, observation, &observation->watches[i].path);

                said |= lw_attributes_has(&attributes, LW_ATTRIBUTE_CON);
                confirmable |= attributes.con;
        }
        postage.confirmable |= said ? confirmable : self->account->confirmable_notifications;
        return postage;
}
