/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscoreNumbers: Sender Sequence Numbers over restarts: none is ever used twice. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "exchange/oscore.h"
#include "io/state.h"

/**
 * LwOscoreNumbers: for each context the first number that was never handed out.
 *
 * A number with a key makes the nonce of a message: two messages with one nonce give the key away.
 * So numbers are handed out in ranges, and a range only when it is on the disk that it was; what a
 * crash leaves of one is lost. The state document "oscore" has digests of contexts, not them.
 * Source: RFC 8613, 7.2.1 and appendix B.1.1.
 */
typedef struct LwOscoreNumbers LwOscoreNumbers;

/** How many numbers there are in a range. */
#define LW_OSCORE_RANGE 4096

/** Loads now. `state` outlives it. */
LwOscoreNumbers *lw_oscore_numbers_new(LwState *state);
void lw_oscore_numbers_free(LwOscoreNumbers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwOscoreNumbers, lw_oscore_numbers_free)

/** A first number for a context that nothing is known of, by today's clock; it leaves behind us
 * what was sent before, where the clock goes on. */
uint64_t lw_oscore_numbers_of_clock(void);

/** The range from `first` on is the caller's, or `error` says why there is none. */
typedef void (*LwOscoreReserved)(void *user, uint64_t first, const GError *error);

/**
 * Asks for the next range of the context; `done` comes from the loop, or at once with an
 * error: 5.00 with the reason why it cannot be written, 5.03 when the numbers are used up, or those
 * of LW_OSCORE_CONTEXTS_MAX other contexts are kept.
 */
void lw_oscore_numbers_reserve(
                LwOscoreNumbers *self, const LwOscore *oscore, LwOscoreReserved done, void *user);
/** Whoever asked with this `user` goes away: no `done` any more. */
void lw_oscore_numbers_forget(LwOscoreNumbers *self, void *user);
