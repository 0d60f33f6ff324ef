/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDedup: the requests of a peer that are remembered, answered or not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "exchange/exchange.h"
#include "exchange/kept.h"
#include "exchange/key.h"

typedef enum LwSlotState {
        LW_SLOT_FREE,
        LW_SLOT_PENDING,  /* not answered yet */
        LW_SLOT_ANSWERED, /* in the event; `answer` is there if it must not run again */
        LW_SLOT_SEPARATE, /* answered by a message of its own, which is repeated by itself */
} LwSlotState;

/** LwSlot: one request of theirs: how to answer it, and how it was answered. */
typedef struct LwSlot {
        LwTicket ticket;
        LwUsec expires, ack_due;
        LwKey key;      /* set when the answer comes later, as the request is gone by then */
        LwKept *answer; /* NULL: none, or one that may be made again */
        LwBlock block1; /* what to confirm, if has_block1 */
        LwBlock block2; /* what is wanted, if has_block2 */
        uint16_t mid;
        bool has_block1, has_block2;
        bool is_held;  /* its ACK waits for the answer, until `ack_due` */
        uint8_t state; /* LwSlotState */
        uint8_t type;  /* LwMessageType */
        uint8_t code;
        uint8_t token_length;
        uint8_t token[LW_TOKEN_MAX];
} LwSlot;

/** LwSlotList: slots in a row, by number, from 1 on; 0 is none. */
typedef struct LwSlotList {
        uint8_t first, last;
} LwSlotList;

/**
 * LwDedup: the last LW_DEDUP_MAX requests of one peer, known by message id.
 *
 * Zeroed memory is empty. A ticket names its slot and is never given out twice in this process, so
 * that a late answer finds its own request or nothing. Source: RFC 7252, 4.5 and 4.8.2.
 */
typedef struct LwDedup {
        uint16_t mids[LW_DEDUP_MAX]; /* apart from the slots, as they are searched for each message
                                      */
        LwSlot slots[LW_DEDUP_MAX];
        unsigned used;           /* slots that were ever taken */
        LwSlotList safe, unsafe; /* those that are answered, by method, in the order of answering */
        LwSlotList free;
        uint8_t next[LW_DEDUP_MAX + 1]; /* in its list */
        LwUsec first_expiry;            /* none is past its time before this */
        bool is_stream;
} LwDedup;

/** Forgets all. */
void lw_dedup_clear(LwDedup *self);

/** The request that this one repeats, or NULL. Always NULL on a stream, which repeats nothing. */
LwSlot *lw_dedup_find(LwDedup *self, const LwMessage *message, LwNow now);

/**
 * Remembers a new request, as pending. To make room it forgets, in this order: what is past its
 * time, the oldest answered request of a safe method, the oldest answered one. NULL: all are
 * pending.
 */
LwSlot *lw_dedup_add(LwDedup *self, const LwMessage *message, LwNow now);

/** An answered request is to run again: pending once more, under a new ticket. */
void lw_dedup_again(LwDedup *self, LwSlot *slot);

/** The pending request of that ticket, or NULL. */
LwSlot *lw_dedup_pending(LwDedup *self, LwTicket ticket);

/** It is answered; `answer` is kept to be repeated, unless the request may as well run again, which
 * one with a block of a body may not. */
void lw_dedup_answered(LwDedup *self, LwSlot *slot, LwSlotState how, const LwMessage *answer);

/** GET and FETCH change nothing. */
static inline bool lw_method_is_safe(uint8_t code)
{
        return code == LW_METHOD_GET || code == LW_METHOD_FETCH;
}
