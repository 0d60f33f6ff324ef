/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of a peer that are remembered, answered or not. */
#include "exchange/dedup.h"

#include <string.h>

#include <glib.h>

/* Source: RFC 7252, 4.8.2. */
#define EXCHANGE_LIFETIME_SECONDS 247
#define NON_LIFETIME_SECONDS 145

/* Lists of slots */

static uint8_t number_of(const LwDedup *self, const LwSlot *slot)
{
        return (uint8_t) (slot - self->slots + 1);
}

static void append(LwDedup *self, LwSlotList *list, const LwSlot *slot)
{
        uint8_t number = number_of(self, slot);

        self->next[number] = 0;
        if (list->last != 0)
                self->next[list->last] = number;
        else
                list->first = number;
        list->last = number;
}

static LwSlot *take_first(LwDedup *self, LwSlotList *list)
{
        uint8_t number = list->first;

        if (number == 0)
                return NULL;
        list->first = self->next[number];
        if (list->first == 0)
                list->last = 0;
        return &self->slots[number - 1];
}

static void take(LwDedup *self, LwSlotList *list, const LwSlot *slot)
{
        uint8_t number = number_of(self, slot), before = 0;

        for (uint8_t at = list->first; at != number; at = self->next[at])
                before = at;
        if (before != 0)
                self->next[before] = self->next[number];
        else
                list->first = self->next[number];
        if (list->last == number)
                list->last = before;
}

/** Where an answered slot stands. */
static LwSlotList *list_of(LwDedup *self, const LwSlot *slot)
{
        return lw_method_is_safe(slot->code) ? &self->safe : &self->unsafe;
}

static void wipe(LwDedup *self, LwSlot *slot)
{
        g_clear_pointer(&slot->answer, lw_kept_free);
        slot->state = LW_SLOT_FREE;
        slot->ticket = 0;
        self->mids[slot - self->slots] = 0;
}

void lw_dedup_clear(LwDedup *self)
{
        bool is_stream = self->is_stream;

        for (unsigned i = 0; i < self->used; i++)
                wipe(self, &self->slots[i]);
        memset(self, 0, sizeof(*self));
        self->is_stream = is_stream;
}

/** Token and code count, too: a peer that starts anew may come upon a message id of its former
 * life. */
static bool is_same(const LwSlot *slot, const LwMessage *message)
{
        return slot->state != LW_SLOT_FREE && slot->mid == message->mid &&
               slot->code == message->code && slot->token_length == message->token_length &&
               memcmp(slot->token, message->token, message->token_length) == 0;
}

/** Whether any slot has this message id: all are looked at, which compilers make a few wide steps.
 */
static bool has_mid(const LwDedup *self, uint16_t mid)
{
        unsigned found = 0;

        for (unsigned i = 0; i < LW_DEDUP_MAX; i++)
                found |= self->mids[i] == mid;
        return found;
}

LwSlot *lw_dedup_find(LwDedup *self, const LwMessage *message, LwNow now)
{
        if (self->is_stream || !has_mid(self, message->mid))
                return NULL;
        for (unsigned i = 0; i < self->used; i++) {
                LwSlot *slot = &self->slots[i];

                if (self->mids[i] == message->mid && is_same(slot, message) &&
                                slot->expires > now.boot)
                        return slot;
        }
        return NULL;
}

/** Frees what is past its time, answered or not. */
static void expire(LwDedup *self, LwNow now)
{
        if (now.boot < self->first_expiry)
                return;
        self->first_expiry = LW_USEC_NEVER;
        for (unsigned i = 0; i < self->used; i++) {
                LwSlot *slot = &self->slots[i];

                if (slot->state == LW_SLOT_FREE)
                        continue;
                if (slot->expires > now.boot) {
                        self->first_expiry = lw_usec_min(self->first_expiry, slot->expires);
                        continue;
                }
                if (slot->state != LW_SLOT_PENDING)
                        take(self, list_of(self, slot), slot);
                wipe(self, slot);
                append(self, &self->free, slot);
        }
}

static LwSlot *make_room(LwDedup *self, LwNow now)
{
        LwSlot *slot;

        if (self->free.first == 0 && self->used < LW_DEDUP_MAX)
                return &self->slots[self->used++];
        if (self->free.first == 0)
                expire(self, now);
        slot = take_first(self, &self->free);
        if (!slot)
                slot = take_first(self, &self->safe);
        if (!slot)
                slot = take_first(self, &self->unsafe);
        if (slot)
                wipe(self, slot);
        return slot;
}

/** Tickets tell their slot. */
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
        self->first_expiry = lw_usec_min(self->first_expiry, slot->expires);
        slot->answer = NULL;
        slot->has_block1 = slot->has_block2 = slot->is_held = false;
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
        take(self, list_of(self, slot), slot);
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
                wipe(self, slot);
                append(self, &self->free, slot);
                return;
        }
        slot->state = (uint8_t) how;
        append(self, list_of(self, slot), slot);
        /* a block of a body counts once, whatever the method */
        if (how == LW_SLOT_ANSWERED && slot->type == LW_MESSAGE_CON &&
                        (!lw_method_is_safe(slot->code) || slot->has_block1))
                slot->answer = lw_kept_new(answer);
}
