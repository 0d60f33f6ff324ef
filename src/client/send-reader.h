/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendReader: reads what is to be sent, as the server that is to get it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "model/path.h"
#include "model/values.h"
#include "tree/tree.h"

/** `values` has what could be had, in order of path, and may be empty; it is gone afterwards.
 * `real_usec` is what lw_send_reader_ask() was given. */
typedef void (*LwSendRead)(void *user, uint64_t id, const LwValues *values, int64_t real_usec);

/** LwSendReader: the reads of one server that are under way. */
typedef struct LwSendReader LwSendReader;

LwSendReader *lw_send_reader_new(LwTree *tree, uint16_t server, LwSendRead read, void *user);
/** Reads that are under way end without a word. */
void lw_send_reader_free(LwSendReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSendReader, lw_send_reader_free)

/** Reads `paths`; the answer may come before this returns. */
void lw_send_reader_ask(LwSendReader *self, uint64_t id, const LwPath *paths, size_t count,
                int64_t real_usec, LwNow now);
/** How many are under way. */
size_t lw_send_reader_count(const LwSendReader *self);
