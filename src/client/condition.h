/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a server is notified: pure functions of attributes, values and time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "model/attributes.h"
#include "model/values.h"

/**
 * LwSample: what of one value must be remembered to tell whether another one is to be notified.
 *
 * Shape:  `bits` is a number or Boolean as it lies in LwValue, of anything else a hash of 64 bits:
 *         a text of which nobody knows the key has the hash of another one once in 2^64 changes.
 *         Which of them it is says the type of the value, as the definition does not change.
 */
typedef struct LwSample {
        uint16_t ids[4]; /* of the path; 65535 in place of the last: no element of an array */
        uint64_t bits;
} LwSample;

LwSample lw_sample_of(const LwEntry *entry);
LwPath lw_sample_path(const LwSample *self);
/** The value that it was made of, which is of `type`; `elements`: its resource has several, so that
 * it may stand for an array without any (lw_value_none()). False: it is a hash, and of the value no
 * more is known. */
bool lw_sample_value(const LwSample *self, LwType type, bool elements, LwValue *ret_value);

/**
 * Whether the step from `last` to `value` fulfils what `attributes` ask for: gt, lt and st of a
 * number (each alone is enough), edge of a Boolean; without these any change does.
 *
 * gt and lt are crossed in both directions, and a value that lies on the limit counts as on the
 * side it came from. The examples of the 1.2 draft say otherwise for the way back; its definition
 * ("each time the value crosses") and servers that are in use do not.
 * Source: OMA LwM2M Core 1.1, 5.1.2; 1.2, 7.3.1.
 */
bool lw_condition_holds(const LwAttributes *attributes, const LwSample *last, const LwValue *value);

/**
 * LwPace: the periods that are in force for an observation.
 *
 * Shape:  LW_USEC_NEVER stands for a pmax or epmax that is not there or does not count.
 */
typedef struct LwPace {
        LwUsec pmin, pmax, epmin, epmax;
} LwPace;

/**
 * From the attributes in force and the Server object's defaults in seconds (UINT32_MAX: none). A
 * pmax of 0 or below pmin does not count. Source: OMA LwM2M Core 1.1, 5.1.2 and E.2 (/1/x/2, /3).
 */
LwPace lw_pace_of(const LwAttributes *attributes, uint32_t default_pmin_seconds,
                uint32_t default_pmax_seconds);
/** Several paths observed as one: the shortest of each period. */
LwPace lw_pace_join(LwPace a, LwPace b);

/** LwProgress: where an observation stands in time. Points on CLOCK_BOOTTIME. */
typedef struct LwProgress {
        LwUsec sent;      /* the last notification, or the first answer */
        LwUsec evaluated; /* when its values were looked at last */
        LwUsec ripe;      /* when what waits for pmin may be sent; LW_USEC_NEVER: nothing waits */
        bool changed;     /* something is new since `evaluated` */
} LwProgress;

/** When the values must be looked at next; LW_USEC_NEVER if nothing but a change calls for it. */
LwUsec lw_condition_due(const LwPace *pace, const LwProgress *progress);

typedef enum LwDecision {
        LW_DECISION_NOTHING, /* no condition holds */
        LW_DECISION_WAIT,    /* one does: notify once pmin is over */
        LW_DECISION_SEND,
} LwDecision;

/**
 * What to do after a look at the values: `met` says whether the condition holds for any of them.
 * What waits for pmin is sent when that is over, even if the value is back where it was.
 */
LwDecision lw_condition_judge(const LwPace *pace, const LwProgress *progress, bool met, LwUsec now);
