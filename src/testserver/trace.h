/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTrace: the messages of one peer as lines for people. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/registry.h"

/**
 * LwTrace: remembers which path each token asked for, so that the content of an answer can be shown
 * with its paths.
 */
typedef struct LwTrace LwTrace;

LwTrace *lw_trace_new(LwRegistry *registry);
void lw_trace_free(LwTrace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTrace, lw_trace_free)

/**
 * "-> CON GET /3/0/0" for a message that we sent, "<- ACK 2.05 text/plain 'Debian'" for one that
 * came. What is no printable text is escaped. Caller frees.
 */
char *lw_trace_describe(LwTrace *self, bool outgoing, const LwMessage *message);
