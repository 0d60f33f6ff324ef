/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies of a peer's requests that come in blocks: joined, or passed on as they come. */
#pragma once

#include "base/time.h"
#include "exchange/incoming.h"

/**
 * One block of a body that has more than one; `slot` is pending. The first one asks where the body
 * goes; the last one of a body that is joined gives the whole, which is the caller's, else NULL.
 * Source: RFC 7959, 2.3, 2.5 and 2.9.
 */
GByteArray *lw_bodies_take(LwIncoming *self, LwSlot *slot, const LwMessage *message);
/**
 * Another body begins: those that it takes the place of end. That is one with the same Request-Tag
 * for the same place, and any that goes into a sink there, which cannot be filled twice.
 */
void lw_bodies_end_former(LwIncoming *self, const LwMessage *first);

/** When the one that is silent longest ends, LW_USEC_NEVER if there is none. */
LwUsec lw_bodies_deadline(const LwIncoming *self);
/** Ends those that were silent for LW_TRANSFER_IDLE_SECONDS. */
void lw_bodies_run(LwIncoming *self);
/** Ends all. */
void lw_bodies_close(LwIncoming *self);
