/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writable resources of object 3: time, UTC offset, time zone, through timedated. */
#pragma once

#include <stdbool.h>

#include "bus/connection.h"
#include "model/value.h"
#include "tree/call.h"

/** LwClockDraft: what a Write wants. Made of its values one by one. */
typedef struct LwClockDraft LwClockDraft;

LwClockDraft *lw_clock_draft_new(void);
void lw_clock_draft_free(LwClockDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwClockDraft, lw_clock_draft_free)

/* As a row of a table writes; NULL takes nothing away, as a host always has a clock and a zone. */

/** Any time since 1970. Errors: 4.00. */
bool lw_clock_draft_time(void *draft, const LwValue *value, GError **error);
/** "+02:00", "+0200", "+02" or "Z". Errors: 4.00. */
bool lw_clock_draft_offset(void *draft, const LwValue *value, GError **error);
/** "Europe/Berlin". Errors: 4.00 when it cannot be a name of a zone. */
bool lw_clock_draft_zone(void *draft, const LwValue *value, GError **error);

/** The clock or the zone may be other than before. */
typedef void (*LwClockSet)(void *user);

/**
 * Does what the draft wants, and answers. A zone decides the offset: an offset beside it must be
 * the zone's; alone it becomes the zone "Etc/GMT-2" and the like, which there are for whole hours.
 * With both a zone and a time, either both are set or none.
 *
 * `root_fd` stands for "/"; `before` is the zone that the host is in (NULL: not known). Consumes
 * draft and call. Errors: 4.00 an unknown zone, an offset without a zone; else as
 * lw_timedate1_set_time().
 */
void lw_clock_draft_commit(LwClockDraft *self, LwBus *bus, int root_fd, const char *before,
                LwClockSet set, void *user, LwCall *call);
