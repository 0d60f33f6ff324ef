/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAgenda: who is due when, the first at hand. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/time.h"

/** LwTurn: a place in an agenda, embedded in whoever has one. Zeroed memory has none. */
typedef struct LwTurn {
        LwUsec due;
        unsigned place; /* in the heap, counted from 1; 0: not in it */
} LwTurn;

/**
 * LwAgenda: a binary heap of turns: O(log n) for each change, O(1) to see the first.
 *
 * Owns:   its array alone: lw_agenda_clear(). Zeroed memory is an empty one.
 */
typedef struct LwAgenda {
        LwTurn **turns;
        unsigned count, room;
} LwAgenda;

void lw_agenda_clear(LwAgenda *self);
/** Gives `turn` this time, whatever it had; LW_USEC_NEVER takes it out. */
void lw_agenda_set(LwAgenda *self, LwTurn *turn, LwUsec due);
/** The one that is due first, or NULL. Of equal ones any. */
LwTurn *lw_agenda_first(const LwAgenda *self);
/** When that is; LW_USEC_NEVER without one. */
LwUsec lw_agenda_deadline(const LwAgenda *self);
