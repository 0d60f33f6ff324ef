/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in force for an observation: attributes of all levels, defaults of the account. */
#pragma once

#include "base/time.h"
#include "client/account.h"
#include "client/condition.h"
#include "client/mailer.h"
#include "client/observation.h"
#include "tree/tree.h"

/** LwRules: where the rules of one server's observations come from. Owns nothing. */
typedef struct LwRules {
        LwTree *tree;
        const LwAccount *account;
} LwRules;

/** At a path that is observed, or lies below one: those of the request alone if it had any, else
 * what is attached there and above. */
LwAttributes lw_rules_attributes(
                const LwRules *self, const LwObservation *observation, const LwPath *path);

/** The periods; of several paths the shortest. */
LwPace lw_rules_pace(const LwRules *self, const LwObservation *observation);

/**
 * Compares `values`, in order of path, with what was sent: resource by resource, each by its own
 * attributes; one that came or went is a change. Gives the pmin that has to be waited for, the
 * shortest of those whose condition holds; LW_USEC_NEVER if none does.
 */
LwUsec lw_rules_compare(
                const LwRules *self, const LwObservation *observation, const LwValues *values);

/**
 * Whether an hqmax is in force at any element: of `values`, or (NULL) of what was sent or stored
 * last. `ret_most` (may be NULL) is the highest of them.
 */
bool lw_rules_history(const LwRules *self, const LwObservation *observation, const LwValues *values,
                uint32_t *ret_most);

/**
 * How a notification goes out: Confirmable by `con`, else by /1/x/26, and once in 24 hours anyway;
 * stored by /1/x/6. Of several paths the one that wants most.
 */
LwPostage lw_rules_postage(const LwRules *self, const LwObservation *observation, LwNow now);
