/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwArrears: observed resources of a service that are to be looked at when it has time for it. */
#pragma once

#include <glib.h>

#include "providers/remote/question.h"
#include "tree/tree.h"

/**
 * LwArrears: what changed while more Reads waited than may. A server that asked is told 5.03 and
 * can ask again; one that observes would never hear of the change.
 */
typedef struct LwArrears LwArrears;

LwArrears *lw_arrears_new(LwTree *tree);
void lw_arrears_free(LwArrears *self);

/** The question could not be asked; its resources are kept if it was for an observation. */
void lw_arrears_add(LwArrears *self, const LwQuestion *question);
/** Says of as many as may wait that they changed; for observers of these, nobody else looks. */
void lw_arrears_settle(LwArrears *self);
/** The service has gone: whoever follows is asked for all. */
void lw_arrears_forget(LwArrears *self);
