/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwValues: values with their paths, what travels between provider, codec and bus. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/value.h"

/** LwEntry: one value at its place. */
typedef struct LwEntry {
        LwPath path;
        LwValue value;
} LwEntry;

/**
 * LwValues: a flat list of values, each with its whole path, in the order they were added.
 *
 * Shape:  A value sits at a resource (single) or a resource instance. An entry of LW_TYPE_NONE
 *         says that something is there and empty: at an instance, one without resources; at a
 *         resource, an array without elements; at a resource instance, "remove it" (SenML-ETCH).
 *         A list of paths alone (a composite request) has LW_TYPE_NONE throughout.
 * Owns:   everything in it, text and data as copies, blobs by reference.
 * Why:    a document is read and written from front to end; a flat list needs 32 bytes a value and
 *         no allocation for each.
 */
typedef struct LwValues LwValues;

LwValues *lw_values_new(void);
void lw_values_free(LwValues *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwValues, lw_values_free)

void lw_values_add(LwValues *self, const LwPath *path, const LwValue *value);
/** Adds text that has no NUL behind it. The caller has checked that it is UTF-8 without NUL. */
void lw_values_add_text(
                LwValues *self, const LwPath *path, LwType type, const char *text, size_t length);
/** Copies all entries of `from` behind ours. */
void lw_values_append(LwValues *self, const LwValues *from);

size_t lw_values_count(const LwValues *self);
/** The entry at `index`, valid until the next one is added. */
const LwEntry *lw_values_at(const LwValues *self, size_t index);
/** The first entry at exactly `path`, or NULL. */
const LwEntry *lw_values_find(const LwValues *self, const LwPath *path);

/** When the value at `index` was true, in microseconds of real time; 0 (the default): now. */
void lw_values_set_time(LwValues *self, size_t index, int64_t real_usec);
int64_t lw_values_time(const LwValues *self, size_t index);

/** All are true now. */
void lw_values_forget_times(LwValues *self);

/** Orders by path as lw_path_compare() does; equal paths keep their order. Free if it is so. */
void lw_values_sort(LwValues *self);
/** Drops all entries, keeps the memory for the next. */
void lw_values_reset(LwValues *self);
