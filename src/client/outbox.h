/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOutbox: the notifications to one server that wait, in order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/observation.h"

/**
 * LwParcel: one notification that waits.
 *
 * Shape:  `pack` are its values as lw_payload_pack() makes them, true at `real_usec`.
 *         `stored`: it could not be sent when it came, and goes out with its time; else it is the
 *         present and only waits for its turn, and what comes after it takes its place.
 *         `flying`: it was sent as Confirmable, and is kept until it is acknowledged.
 */
typedef struct LwParcel {
        LwObservation *observation;
        GBytes *pack;
        int64_t real_usec;
        bool stored, flying;
} LwParcel;

/**
 * LwOutbox: bounded by LW_NOTIFICATIONS_MAX and LW_NOTIFICATIONS_BYTES_MAX; the oldest that is not
 * flying makes room.
 *
 * Owns:   its parcels: lw_outbox_clear(). Zeroed memory is an empty one.
 */
typedef struct LwOutbox {
        GQueue parcels; /* of LwParcel, the oldest first */
        size_t bytes;
        unsigned flying;
        uint64_t dropped; /* to make room, since that was said last */
} LwOutbox;

void lw_outbox_clear(LwOutbox *self);

/** Puts a notification behind all others. `history`: how many stored ones of this observation may
 * wait, at least 1; of more the oldest is dropped. Takes its own reference of `pack`. */
void lw_outbox_add(LwOutbox *self, LwObservation *observation, GBytes *pack, int64_t real_usec,
                bool stored, unsigned history);
/** Puts newer values in the place of those of this observation that wait for their turn. False:
 * there are none. */
bool lw_outbox_replace(
                LwOutbox *self, const LwObservation *observation, GBytes *pack, int64_t real_usec);
/** Puts a smaller pack into a parcel that waits, by its link; an empty one drops it. */
void lw_outbox_shrink(LwOutbox *self, GList *link, GBytes *pack);
/** Gives all of `from` to `to`, an observation that takes its place. */
void lw_outbox_move(LwOutbox *self, LwObservation *from, LwObservation *to);
/** Drops all of an observation: it ended. True if there were any. */
bool lw_outbox_drop(LwOutbox *self, LwObservation *observation);

/**
 * Which go out next: the oldest of an observation that does not rest, and if `has_time` says that
 * they can share a message, those of the same observation behind it, up to `bytes` in all. They are
 * flying then. Returns their number, 0 if there are none; `ret_parcels` has room for `count`.
 */
unsigned lw_outbox_launch(LwOutbox *self, bool (*has_time)(const LwObservation *observation),
                size_t bytes, LwParcel **ret_parcels, unsigned count);
/** Those that fly arrived: drops them. True if any was stored. */
bool lw_outbox_land(LwOutbox *self);
/** The way out is closed: those that fly did not arrive, and all wait as stored ones. */
void lw_outbox_return(LwOutbox *self);
/** The newest of those that fly, which all are of one observation; or NULL. */
const LwParcel *lw_outbox_flying(const LwOutbox *self);
