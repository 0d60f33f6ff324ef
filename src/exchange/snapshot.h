/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSnapshots: long answers whose further blocks a peer may still fetch. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "exchange/kept.h"
#include "exchange/key.h"
#include "exchange/message.h"
#include "model/blob.h"

/** LwSnapshot: one long answer: its options without those of blocks, its body, and the tag of both.
 */
typedef struct LwSnapshot {
        LwKey key;
        LwKept *head;
        LwBlob *body;
        LwUsec used;
        uint64_t turn; /* of its last use: later ones are higher */
        uint8_t etag[8];
        uint8_t etag_length;
} LwSnapshot;

/**
 * LwSnapshots: those of one peer, at most LW_SNAPSHOTS_MAX, and LW_SNAPSHOTS_BYTES_MAX in memory;
 * those that were idle longest make room.
 *
 * Why: the blocks of one answer must be of one answer, whatever changes meanwhile (RFC 7959, 2.4).
 */
typedef struct LwSnapshots {
        LwSnapshot all[LW_SNAPSHOTS_MAX];
        unsigned count;
        uint64_t turns;
} LwSnapshots;

void lw_snapshots_clear(LwSnapshots *self);

/**
 * Keeps the answer to what `key` asks for, in place of an older one to the same. `head`'s ETag is
 * taken; without one it gets a hash of the body if that lies in memory (the same body has the same
 * tag), else a number of its own. Observe, Block2 and Size2 are left out. Valid until the next put
 * or expiry.
 */
const LwSnapshot *lw_snapshots_put(
                LwSnapshots *self, LwKey key, const LwMessage *head, LwBlob *body, LwNow now);

/** Forgets the answer to what `key` asks for: there is a newer one, which is short. */
void lw_snapshots_drop(LwSnapshots *self, LwKey key);

/**
 * The answer to what a request with this key asks for, or NULL. `with_payload`: whether it has one;
 * without it the answer that was used last is meant, of those whose requests differ in their
 * payload alone.
 */
const LwSnapshot *lw_snapshots_find(LwSnapshots *self, LwKey key, bool with_payload, LwNow now);

/** When the one that was idle longest is to be dropped, LW_USEC_NEVER if there is none. */
LwUsec lw_snapshots_deadline(const LwSnapshots *self);
void lw_snapshots_expire(LwSnapshots *self, LwNow now);
