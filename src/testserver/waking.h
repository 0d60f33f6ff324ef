/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queue mode: which requests wait for their client to wake, and which of them goes next. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/time.h"
#include "testserver/errand.h"

/**
 * Whether `errand`, which is in `all`, has to wait: its client sleeps, or has another request to
 * answer, as one in queue mode gets them one at a time. Source: OMA LwM2M Core 1.1, "Queue Mode
 * Operation"; RFC 7252, 4.7.
 */
bool lw_test_waking_holds(const GPtrArray *all, const LwTestErrand *errand, LwNow now);
/** How many wait for `client`. */
unsigned lw_test_waking_count(const GPtrArray *all, const LwTestClient *client);
/** The one whose turn it is, or NULL. */
LwTestErrand *lw_test_waking_next(const GPtrArray *all, LwNow now);
/** One that has waited for too long, or NULL. */
LwTestErrand *lw_test_waking_overdue(const GPtrArray *all, LwNow now);
/** When the first of those that wait has waited for too long. */
LwUsec lw_test_waking_deadline(const GPtrArray *all);
