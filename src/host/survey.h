/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSurveyor: asks the kernel what cannot be heard by listening: counters, speeds, radio signals.
 */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "host/nl80211.h"
#include "host/rtnetlink.h"
#include "io/worker.h"

/**
 * LwSurvey: what the kernel said at one moment.
 *
 * Shape:  `links` with counters, without addresses and routes; NULL when the kernel did not answer.
 *         `wlans` of LwWlan. `speeds` of uint32_t in Mbit/s, one for each of `links`, 0: not known.
 */
typedef struct LwSurvey {
        LwUsec begun, taken; /* on the clock of the loop */
        LwLinks *links;
        GArray *wlans;
        GArray *speeds;
} LwSurvey;

/** NULL: it has no WLAN of that index. */
const LwWlan *lw_survey_wlan(const LwSurvey *self, uint32_t link);
/** kbit/s of a link; 0: not known. Of a WLAN the rate at which we send. */
uint64_t lw_survey_speed_kbit(const LwSurvey *self, uint32_t link);

/**
 * LwSurveyor: surveys in the worker, as drivers may take long. Who asks while one is under way
 * shares its answer.
 */
typedef struct LwSurveyor LwSurveyor;

/** `survey` belongs to the surveyor and is valid during the call. */
typedef void (*LwSurveyDone)(void *user, const LwSurvey *survey);

/** `root_fd` stands for "/": /sys is looked at below it. `worker` outlives the surveyor. */
LwSurveyor *lw_surveyor_new(LwWorker *worker, int root_fd);
/** Nobody is told any more. */
void lw_surveyor_free(LwSurveyor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSurveyor, lw_surveyor_free)

/**
 * Tells `done` once: at once when the last survey is not older than `age_usec`, else later, or
 * at once with the last one when the worker is overrun.
 */
void lw_surveyor_ask(LwSurveyor *self, LwUsec age_usec, LwSurveyDone done, void *user);
/** Whoever asked with this `user` is not told any more. */
void lw_surveyor_forget(LwSurveyor *self, void *user);
