/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTable: a provider made of a table of rows, one for each resource. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/values.h"
#include "tree/call.h"
#include "tree/provider.h"

/**
 * LwTableReading: one Read on its way over the rows.
 *
 * Shape:  rows add to its values, at the path that they are given. A row that must wait for its
 * value takes a hold and releases it when it has added the value, or cannot; the Read is answered
 * when nobody holds it. Owns:   the call, until the last hold is released.
 */
typedef struct LwTableReading LwTableReading;

/** Where the values go; valid while the row runs, or holds. */
LwValues *lw_table_reading_values(LwTableReading *self);
LwNow lw_table_reading_now(const LwTableReading *self);
/** Adds one value: what most rows do. */
void lw_table_reading_add(LwTableReading *self, const LwPath *path, LwValue value);
void lw_table_reading_hold(LwTableReading *self);
/** Gives one hold back. The first `error` (NULL: none) of all rows is the answer. It may be the end
 * of `self`. */
void lw_table_reading_release(LwTableReading *self, const GError *error);

/**
 * LwTableRow: one resource: its id and what can be done to it. Everything else is said once, in the
 * object's definition. NULL: not by us.
 */
typedef struct LwTableRow {
        uint16_t id;
        /** Adds the value at `path`, or nothing when there is none. `path` may be one element of
         * it. */
        void (*read)(void *context, const LwPath *path, LwTableReading *reading);
        /**
         * First step of a Write: checks `value` and puts it into the draft; NULL takes the value
         * away, which for a mandatory resource means nothing. Only single values are written.
         */
        bool (*write)(void *draft, const LwValue *value, GError **error);
        /** Consumes the call. */
        void (*execute)(void *context, const LwPath *path, const char *arguments, LwCall *call);
} LwTableRow;

/** LwTableWriter: the steps of a Write around its rows. */
typedef struct LwTableWriter {
        /** A draft of the new content of an instance, to be given to discard() or commit(). NULL:
         * an error. */
        void *(*prepare)(void *context, const LwPath *instance, GError **error);
        void (*discard)(void *draft);
        /** Second step, when all rows have agreed: makes the draft the content. Consumes both. */
        void (*commit)(void *context, const LwPath *instance, void *draft, LwCall *call);
} LwTableWriter;

/** LwTable: the provider; `rows` by ascending id, with `writer` if one of them can be written. */
typedef struct LwTable LwTable;

/** `rows` and `writer` are not copied; `context` is what the callbacks get. */
LwTable *lw_table_new(
                const LwTableRow *rows, size_t count, const LwTableWriter *writer, void *context);
/** The owner has taken it off the tree before. */
void lw_table_free(LwTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTable, lw_table_free)

LwProvider *lw_table_provider(LwTable *self);
/** Resources, each with its path, that are observed from now on, and those that are no longer: as
 * LwProviderOps.observe. */
typedef void (*LwTableObserve)(void *context, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count);
/** Wants to know what is observed; before its layers are put on a tree. */
void lw_table_watch(LwTable *self, LwTableObserve observe);
/** The row of a resource, or NULL. */
const LwTableRow *lw_table_row(const LwTableRow *rows, size_t count, uint16_t id);
