/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendQueue: what is to go to one server by Send, in order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/** LwSendItem: one Send. The queue's; read it, change its times and marks. */
typedef struct LwSendItem {
        uint64_t id;
        GBytes *pack;      /* of lw_payload_pack(), with the times that the values brought */
        int64_t real_usec; /* when it came, which holds for values without a time; 0: not dated yet
                            */
        unsigned tries;    /* how often it was sent without an answer */
        bool late;         /* it could not leave at once: its values need their time */
        bool kept;         /* it may be on the disk */
        bool empty;        /* nothing of it is in the message that is under way */
} LwSendItem;

/**
 * LwSendQueue: a bounded queue; those that are flying, which means in the message that is under
 * way, are its first.
 *
 * Owns:   its items: lw_send_queue_clear().
 */
typedef struct LwSendQueue {
        GQueue items; /* of LwSendItem */
        size_t bytes;
        unsigned flying;
} LwSendQueue;

void lw_send_queue_init(LwSendQueue *self);
void lw_send_queue_clear(LwSendQueue *self);

/** Behind all others. Takes a reference to `pack`. The item is the queue's. */
LwSendItem *lw_send_queue_add(LwSendQueue *self, uint64_t id, GBytes *pack);
/** The oldest that is not flying, while there is more than LW_SENDS_MAX and LW_SENDS_BYTES_MAX
 * allow; NULL: there is room. */
const LwSendItem *lw_send_queue_excess(const LwSendQueue *self);
/** The oldest that is not flying, or NULL. */
const LwSendItem *lw_send_queue_next(const LwSendQueue *self);
/** Drops the oldest that is not flying. */
void lw_send_queue_drop_next(LwSendQueue *self);

/**
 * Lets the first of those that wait fly: one, or as many as have `bytes` together, `count` at most,
 * if `together`. None flies yet. Returns how many do.
 */
unsigned lw_send_queue_launch(LwSendQueue *self, bool together, size_t bytes, unsigned count);
/** The one at `index` of those that are flying. */
LwSendItem *lw_send_queue_flying(const LwSendQueue *self, unsigned index);
/** The first `count` of those that are flying have arrived, or are given up: they are gone. */
void lw_send_queue_land(LwSendQueue *self, unsigned count);
/** They are not under way any more, and wait again. */
void lw_send_queue_return(LwSendQueue *self);
