/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwIntake: takes the values of one document in, each checked against its definition. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "codec/format.h"

/** What is known of the place that a value is for. */
typedef enum LwPlace {
        LW_PLACE_WRONG,   /* no value may go there; the error says why */
        LW_PLACE_SKIPPED, /* a resource that the definition does not have, and nobody minds */
        LW_PLACE_UNKNOWN, /* the same, kept with the type that the format shows */
        LW_PLACE_KNOWN,   /* `resource` says what it must be */
} LwPlace;

/**
 * LwIntake: what all decoders share: from a path to a definition, from a value to an entry.
 *
 * Shape:  `resource` is the definition of the last place, if that was known. `object` is remembered
 *         between places, as a document rarely changes its object.
 * Owns:   nothing.
 */
typedef struct LwIntake {
        const LwDecode *how;
        LwValues *values;
        const LwObjectDef *object;
        const LwResourceDef *resource;
} LwIntake;

static inline LwIntake lw_intake(const LwDecode *how, LwValues *values)
{
        return (LwIntake){ .how = how, .values = values };
}

/**
 * Looks at the place of a value, a resource or a resource instance. An array wants its values at
 * instances and a single resource wants its own: answers (keep_unknown) are taken as they come.
 * Errors: 4.00 outside of the base or of the wrong shape, 4.04 for an object that has no definition
 *         and for a resource that was asked for by name and has none, 4.05 for an executable.
 */
LwPlace lw_intake_place(LwIntake *self, const LwPath *path, GError **error);

/** Looks at a resource as an array, before its elements. Errors: as lw_intake_place(). */
LwPlace lw_intake_array(LwIntake *self, const LwPath *path, GError **error);

/**
 * Adds a value to the place that was looked at last, in the type of its definition if that is
 * known. Strings need no NUL behind them, but are UTF-8 without NUL. Errors: 4.00 of a wrong type
 * or outside of its range, 4.13 beyond LW_ENTRIES_MAX.
 */
bool lw_intake_add(LwIntake *self, const LwPath *path, const LwValue *value, GError **error);

/** Adds an entry without a value: a path, an empty instance, "remove this". Errors: 4.00, 4.13. */
bool lw_intake_add_none(LwIntake *self, const LwPath *path, GError **error);

/** Adds an array without elements, if `path` is one. Errors: as lw_intake_array(). */
bool lw_intake_add_empty(LwIntake *self, const LwPath *path, GError **error);

/** Takes a document without values: an empty array where the request is for one, else nothing.
 * Errors: 4.00 where the request is for one value. */
bool lw_intake_nothing(LwIntake *self, GError **error);

/** Looks at the base as the place of the one value that a format without paths carries.
 * Errors: 4.15. */
LwPlace lw_intake_single(LwIntake *self, GError **error);

/** The one value that a format without paths can carry. Errors: 4.06 if `values` is anything else.
 */
bool lw_intake_only(const LwValues *values, const LwValue **ret_value, GError **error);
