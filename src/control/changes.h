/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwChanges: which properties of an object are other than when they were told last. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/** One property that emits changes; `print` appends its value as text, the same text for the same
 * value. */
typedef struct LwWatchedProperty {
        const char *name;
        void (*print)(const void *object, GString *text);
} LwWatchedProperty;

#define LW_WATCHED_MAX 16

/**
 * LwChanges: what was told last of one object's properties.
 *
 * Shape:  `watched` has `count` rows, LW_WATCHED_MAX at most.
 * Owns:   the texts: lw_changes_clear().
 */
typedef struct LwChanges {
        const LwWatchedProperty *watched;
        size_t count;
        char *told[LW_WATCHED_MAX];
} LwChanges;

void lw_changes_init(LwChanges *self, const LwWatchedProperty *watched, size_t count);
void lw_changes_clear(LwChanges *self);

/**
 * Compares `object` with what was told, and counts it as told now. `ret_names` gets the names of
 * what is new and a NULL behind them, as sd_bus_emit_properties_changed_strv() wants them. Returns
 * how many.
 */
size_t lw_changes_take(
                LwChanges *self, const void *object, const char *ret_names[LW_WATCHED_MAX + 1]);
