/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of a peer that are remembered, answered or not. */
#include "exchange/dedup.h"

#include <string.h>

#include <glib.h>

/* Source: RFC 7252, 4.8.2. */
#define EXCHANGE_LIFETIME_SECONDS 247
#define NON_LIFETIME_SECONDS 145

static void release(LwDedup *self, LwSlot *slot)
{
        g_clear_pointer(&slot->answer, lw_kept_free);
        slot->state = LW_SLOT_FREE;
        slot->ticket = 0;
        self->mids[slot - self->slots] = 0;
}

void lw_dedup_clear(LwDedup *self)
{
        for (unsigned i = 0; i < self->used; i++)
                release(self, &self->slots[i]);
        self->used = 0;
}

/** Token and code count, too: a peer that starts anew may come upon a message id of its former
 * life. */
static bool is_same(const LwSlot *slot, const LwMessage *message)
{
        return slot->state != LW_SLOT_FREE && slot->mid == message->mid &&
               slot->code == message->code && slot->token_length == message->token_length &&
               memcmp(slot->token, message->token, message->token_length) == 0;
}

LwSlot *lw_dedup_find(LwDedup *self, const LwMessage *message, LwNow now)
{
        if (self->is_stream)
                return NULL;
        for (unsigned i = 0; i < self->used; i++) {
                LwSlot *slot = &self->slots[i];

                if (self->mids[i] == message->mid && is_same(slot, message) &&
                                slot->expires > now.boot)
                        return slot;
        }
        return NULL;
}

/** How soon a slot may be forgotten; 0: not at all. */
static unsigned dispensable(const LwSlot *slot, LwNow now)
{
        if (slot->state == LW_SLOT_FREE || slot->expires <= now.boot)
                return 3;
        if (slot->state == LW_SLOT_PENDING)
                return 0;
        return lw_method_is_safe(slot->code) ? 2 : 1;
}

static LwSlot *make_room(LwDedup *self, LwNow now)
{
        LwSlot *best = NULL;
        unsigned best_rank = 0;

        if (self->used < LW_DEDUP_MAX)
                return &self->slots[self->used++];
        for (unsigned i = 0; i < LW_DEDUP_MAX && best_rank < 3; i++) {
                LwSlot *slot = &self->slots[i];
                unsigned rank = dispensable(slot, now);

                if (rank > best_rank ||
                                (rank > 0 && rank == best_rank && slot->ticket < best->ticket)) {
                        best = slot;
                        best_rank = rank;
                }
        }
        if (best)
                release(self, best);
        return best;
}

/** Tickets grow, so that the smaller one is the older, and tell their slot. */
static LwTicket new_ticket(unsigned index)
{
        static uint64_t count;

        return ++count * LW_DEDUP_MAX + index;
}

LwSlot *lw_dedup_add(LwDedup *self, const LwMessage *message, LwNow now)
{
        unsigned lifetime = message->type == LW_MESSAGE_NON ? NON_LIFETIME_SECONDS
                                                            : EXCHANGE_LIFETIME_SECONDS;
        LwSlot *slot = make_room(self, now);
        unsigned index;

        if (!slot)
                return NULL;
        index = (unsigned) (slot - self->slots);
        self->mids[index] = message->mid;
        slot->ticket = new_ticket(index);
        slot->expires = lw_usec_add(now.boot, lw_usec_from_seconds(lifetime));
        slot->answer = NULL;
        slot->has_block1 = slot->has_block2 = false;
        slot->mid = message->mid;
        slot->state = LW_SLOT_PENDING;
        slot->type = (uint8_t) message->type;
        slot->code = message->code;
        slot->token_length = message->token_length;
        memcpy(slot->token, message->token, message->token_length);
        return slot;
}

void lw_dedup_again(LwDedup *self, LwSlot *slot)
{
        slot->state = LW_SLOT_PENDING;
        slot->ticket = new_ticket((unsigned) (slot - self->slots));
        slot->has_block1 = slot->has_block2 = false;
}

LwSlot *lw_dedup_pending(LwDedup *self, LwTicket ticket)
{
        LwSlot *slot = &self->slots[ticket % LW_DEDUP_MAX];

        return slot->ticket == ticket && slot->state == LW_SLOT_PENDING ? slot : NULL;
}

void lw_dedup_answered(LwDedup *self, LwSlot *slot, LwSlotState how, const LwMessage *answer)
{
        if (self->is_stream) {
                release(self, slot);
                return;
        }
        slot->state = (uint8_t) how;
        if (how == LW_SLOT_ANSWERED && slot->type == LW_MESSAGE_CON &&
                        !lw_method_is_safe(slot->code))
                slot->answer = lw_kept_new(answer);
}
