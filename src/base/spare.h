/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place for one piece of memory that is given back and wanted again all the time. */
#pragma once

#include <glib.h>

/**
 * LwSpare: one freed piece of a fixed size, kept for the next who wants one. Of one thread.
 *
 * For what every request allocates and frees once: it then costs a look, where the allocator costs
 * a hundred instructions.
 */
typedef struct LwSpare {
        void *piece;
} LwSpare;

/** Uninitialised memory; `size` is the same at each call. */
static inline void *lw_spare_take(LwSpare *self, size_t size)
{
        return self->piece ? g_steal_pointer(&self->piece) : g_malloc(size);
}

static inline void lw_spare_give(LwSpare *self, void *piece)
{
        if (self->piece)
                g_free(piece);
        else
                self->piece = piece;
}
