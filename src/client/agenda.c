/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAgenda: who is due when, the first at hand. */
#include "client/agenda.h"

#define ROOM_FIRST 8

void lw_agenda_clear(LwAgenda *self)
{
        g_free(self->turns);
        *self = (LwAgenda){};
}

/* Places count from 1, so that the parent of n is n / 2. */
static void put(LwAgenda *self, unsigned place, LwTurn *turn)
{
        self->turns[place - 1] = turn;
        turn->place = place;
}

static LwTurn *at(const LwAgenda *self, unsigned place)
{
        return self->turns[place - 1];
}

/* Moves `turn`, for which `place` is free, up or down to where it belongs. */
static void settle(LwAgenda *self, unsigned place, LwTurn *turn)
{
        while (place > 1 && at(self, place / 2)->due > turn->due) {
                put(self, place, at(self, place / 2));
                place /= 2;
        }
        for (;;) {
                unsigned child = 2 * place;

                if (child < self->count && at(self, child + 1)->due < at(self, child)->due)
                        child++;
                if (child > self->count || at(self, child)->due >= turn->due)
                        break;
                put(self, place, at(self, child));
                place = child;
        }
        put(self, place, turn);
}

static void take_out(LwAgenda *self, LwTurn *turn)
{
        unsigned place = turn->place;
        LwTurn *last = at(self, self->count);

        self->count--;
        turn->place = 0;
        if (last != turn)
                settle(self, place, last);
}

static void add(LwAgenda *self, LwTurn *turn)
{
        if (self->count == self->room) {
                self->room = self->room > 0 ? 2 * self->room : ROOM_FIRST;
                self->turns = g_renew(LwTurn *, self->turns, self->room);
        }
        self->count++;
        settle(self, self->count, turn);
}

void lw_agenda_set(LwAgenda *self, LwTurn *turn, LwUsec due)
{
        turn->due = due;
        if (due == LW_USEC_NEVER) {
                if (turn->place > 0)
                        take_out(self, turn);
                return;
        }
        if (turn->place > 0)
                settle(self, turn->place, turn);
        else
                add(self, turn);
}

LwTurn *lw_agenda_first(const LwAgenda *self)
{
        return self->count > 0 ? self->turns[0] : NULL;
}

LwUsec lw_agenda_deadline(const LwAgenda *self)
{
        return self->count > 0 ? self->turns[0]->due : LW_USEC_NEVER;
}
