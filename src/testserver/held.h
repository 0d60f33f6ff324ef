/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestHeld: a request that waits until its client wakes. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/exchange.h"
#include "exchange/kept.h"
#include "model/blob.h"
#include "testserver/ask.h"

/**
 * LwTestHeld: a request as it will be sent, and until when that has sense.
 *
 * Shape:  `number` is its place in the order in which requests came. `deadline` is a point of
 *         CLOCK_BOOTTIME. `body` NULL: none.
 * Owns:   all of it. Source: OMA LwM2M Core 1.1, "Queue Mode Operation".
 */
typedef struct LwTestHeld {
        uint64_t number;
        LwKept *head;
        LwBlob *body;
        LwTestWay way;
        LwExchangeFlags flags;
        LwUsec deadline;
} LwTestHeld;

LwTestHeld *lw_test_held_new(const LwMessage *head, LwBlob *body, const LwTestWay *way,
                LwExchangeFlags flags, LwNow now);
void lw_test_held_free(LwTestHeld *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestHeld, lw_test_held_free)
