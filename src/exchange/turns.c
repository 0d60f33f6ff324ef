/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose turn it is: requests of ours that wait, and those that are under way. */
#include "exchange/turns.h"

#include <glib.h>

void lw_turns_land(LwOutgoing *self, LwErrandItem *errand)
{
        switch (errand->state) {
        case LW_ERRAND_WAITS:
                g_queue_remove(&self->waiting, errand);
                break;
        case LW_ERRAND_FLIES:
                g_ptr_array_remove(self->flying, errand);
                break;
        case LW_ERRAND_WATCHES:
                break;
        }
        errand->state = LW_ERRAND_WATCHES;
        errand->token = 0;
}

void lw_turns_launch(LwOutgoing *self, LwErrandItem *errand)
{
        uint8_t buffer[LW_BLOCK_SIZE];
        LwMessage message;

        if (lw_errand_compose(errand, &message, buffer, &errand->broken))
                lw_wire_send(self->wire, &message, &errand->broken);
}

static bool takes_turns(const LwErrandItem *errand)
{
        return (errand->flags & (LW_EXCHANGE_NON | LW_EXCHANGE_URGENT)) == 0;
}

static bool is_turn_taken(const LwOutgoing *self)
{
        for (unsigned i = 0; i < self->flying->len; i++)
                if (takes_turns(g_ptr_array_index(self->flying, i)))
                        return true;
        return false;
}

void lw_turns_pump(LwOutgoing *self)
{
        bool taken = is_turn_taken(self);

        if (!self->wire->is_up || self->wire->closed)
                return;
        for (GList *link = self->waiting.head, *next; link; link = next) {
                LwErrandItem *errand = link->data;

                next = link->next;
                if (takes_turns(errand) && taken)
                        continue;
                taken = taken || takes_turns(errand);
                g_queue_delete_link(&self->waiting, link);
                g_ptr_array_add(self->flying, errand);
                errand->state = LW_ERRAND_FLIES;
                lw_turns_launch(self, errand);
        }
}

void lw_turns_wait(LwOutgoing *self, LwErrandItem *errand)
{
        GList *place = self->waiting.head;

        errand->state = LW_ERRAND_WAITS;
        if ((errand->flags & LW_EXCHANGE_URGENT) == 0) {
                g_queue_push_tail(&self->waiting, errand);
                return;
        }
        while (place && (((LwErrandItem *) place->data)->flags & LW_EXCHANGE_URGENT))
                place = place->next;
        g_queue_insert_before(&self->waiting, place, errand);
}
