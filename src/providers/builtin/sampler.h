/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSampler: measures channels of chips in the worker, so that a slow one holds up nobody else. */
#pragma once

#include "host/chip.h"
#include "io/worker.h"

/** LwSample: `error` 0: `values` are there; else a negative errno. `is_alarmed` as
 * lw_chip_is_alarmed(). */
typedef struct LwSample {
        int error;
        bool is_alarmed;
        double values[LW_CHANNEL_AXES];
} LwSample;

typedef void (*LwSampled)(
                void *user, const LwChip *chip, const LwChannel *channel, const LwSample *sample);

/**
 * LwSampler: a queue of chips with channels to be measured.
 *
 * A chip is measured by one thread at a time, as its channels share a bus; what is asked for
 * meanwhile is measured next. A chip that was slow last time goes where slow jobs run one by one,
 * so that a thread is left for all others; of those that were not, a few are under way at once.
 */
typedef struct LwSampler LwSampler;

LwSampler *lw_sampler_new(LwWorker *worker, int root_fd, LwSampled sampled, void *user);
/** Nothing is told any more. */
void lw_sampler_free(LwSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSampler, lw_sampler_free)

/** Measures a channel once, soon. Asked for again before it is told, it is told once. */
void lw_sampler_want(LwSampler *self, LwChip *chip, const LwChannel *channel);
/** The chip is gone: of it nothing is told any more. */
void lw_sampler_forget(LwSampler *self, const LwChip *chip);
