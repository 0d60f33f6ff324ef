/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwProvider: the one door to data, for built-in objects, mapped services and plugins alike. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/sink.h"
#include "model/values.h"
#include "tree/call.h"

typedef struct LwProvider LwProvider;

/**
 * LwProviderOps: what a provider can be asked. All but `read` may be NULL: then the operation is
 * refused (4.05).
 *
 * Each verb consumes the call and must finish it once, now or later. What it is given is gone when
 * it returns. The tree has checked before that paths, operations, types and ranges fit the
 * definition.
 */
typedef struct LwProviderOps {
        /**
         * Adds the values at `paths` (resources, or one resource instance) to lw_call_values(). A
         * resource that has no value at the moment adds nothing; an array without elements adds
         * itself with lw_value_none().
         */
        void (*read)(LwProvider *self, const LwPath *paths, size_t count, LwCall *call);
        /**
         * All or nothing. `replace`: a multiple resource in `values` takes exactly these elements,
         * an instance target loses the optional writable resources that are not named; else it is
         * merged; an element of LW_TYPE_NONE then goes. A target that is a resource instance must
         * exist, else 4.04. A provider that `joins` gets those of a composite Write at once, below
         * `target`, perhaps in several instances; else it is asked for each instance.
         */
        void (*write)(LwProvider *self, const LwPath *target, bool replace, const LwValues *values,
                        LwCall *call);
        /**
         * Whether write() of the same would be taken, so that several providers can be written as
         * one. What it says must hold for a write() in the same turn of the loop, but for failures
         * of the host. A provider without it is written alone or first.
         */
        bool (*prepare)(LwProvider *self, const LwPath *target, bool replace,
                        const LwValues *values, GError **error);
        /** `arguments`: the argument list as it came, checked against the grammar; "" if none. */
        void (*execute)(LwProvider *self, const LwPath *path, const char *arguments, LwCall *call);
        /**
         * Makes an instance from `values`, whose paths lie in it, all or nothing: it puts its layer
         * on it (lw_tree_add_layer()) and succeeds. `instance` is free; `chosen`: the server chose
         * it, so that it is this one or 4.00. Else the provider may take another and say which by
         * lw_call_set_created().
         */
        void (*create)(LwProvider *self, const LwPath *instance, bool chosen,
                        const LwValues *values, LwCall *call);
        /** `path`: an instance, or an element of a multiple resource (1.2). */
        void (*delete)(LwProvider *self, const LwPath *path, LwCall *call);
        /**
         * The sink for one opaque resource that comes in blocks; asked at the first, after access.
         * Of `request`, path, server and version count. `size` is a promise, 0 if there is none.
         * NULL without error: it wants it whole. Whoever takes the last block says
         * lw_tree_changed().
         */
        LwSink *(*receive)(
                        LwProvider *self, const LwRequest *request, uint64_t size, GError **error);
        /**
         * A hint: of its resources these are observed from now on, those no longer; see LwAudience.
         * It must only take note.
         */
        void (*observe)(LwProvider *self, const LwPath *added, size_t added_count,
                        const LwPath *dropped, size_t dropped_count);
        bool joins; /* write() and prepare() take values of several instances */
} LwProviderOps;

/** LwProvider: the part that every provider begins with. */
struct LwProvider {
        const LwProviderOps *ops;
};
