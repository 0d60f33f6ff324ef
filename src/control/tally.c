/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTally: so many signals in a second, and how many were left out. */
#include "control/tally.h"

#include "model/limits.h"

bool lw_tally_take(LwTally *self, LwNow now)
{
        /* what was left out is told before a new second begins */
        if (now.boot >= self->end && self->left_out == 0) {
                self->end = lw_usec_add(now.boot, LW_USEC_PER_SEC);
                self->count = 0;
        }
        if (self->count >= LW_SIGNALS_PER_SECOND_MAX) {
                self->left_out++;
                return false;
        }
        self->count++;
        return true;
}

LwUsec lw_tally_deadline(const LwTally *self)
{
        return self->left_out > 0 ? self->end : LW_USEC_NEVER;
}

unsigned lw_tally_settle(LwTally *self)
{
        unsigned left_out = self->left_out;

        *self = (LwTally){};
        return left_out;
}
