/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwKnowledge: what is known of a service's values, and which answers may be believed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/path.h"
#include "model/values.h"
#include "providers/remote/question.h"

/**
 * LwKnowledge: the values of a service that reports what changes, so that they need not be asked
 * for. Of any other it keeps nothing. An answer that a report or a Write may have overtaken is not
 * kept.
 */
typedef struct LwKnowledge LwKnowledge;

LwKnowledge *lw_knowledge_new(void);
void lw_knowledge_free(LwKnowledge *self);

/** Forgets all; keeps what comes from now on, or nothing. */
void lw_knowledge_restart(LwKnowledge *self, bool keeps);

/** All of `paths` from what is known, into `values`; false: some of it is not, and nothing is
 * added. */
bool lw_knowledge_read(
                const LwKnowledge *self, const LwPath *paths, size_t count, LwValues *values);
/** A Read's turn has come: takes what is known by now out of its parts. True: there is something
 * left to ask; else all of it is in the values of its call. */
bool lw_knowledge_begin(LwKnowledge *self, LwQuestion *question);
/** A Read was answered by `values`; sorts them. */
void lw_knowledge_keep(LwKnowledge *self, const LwQuestion *question, LwValues *values);

/** The service reports values; sorts them. */
void lw_knowledge_report(LwKnowledge *self, LwValues *values);
/** `resource` has to be asked for again. */
void lw_knowledge_drop(LwKnowledge *self, const LwPath *resource);
/** A question that may have changed something ended: what it touched is known no longer. An Execute
 * may change anything; what it does the service reports, as everything else. */
void lw_knowledge_change(LwKnowledge *self, const LwQuestion *question);
