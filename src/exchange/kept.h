/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwKept: a message that outlives the one it was made of. */
#pragma once

#include <glib.h>

#include "exchange/message.h"

/**
 * LwKept: a copy of a message, options, token and payload with it, in one piece of memory that is
 * no larger than they are.
 */
typedef struct LwKept LwKept;

LwKept *lw_kept_new(const LwMessage *message);
void lw_kept_free(LwKept *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwKept, lw_kept_free)

/** The message again; it points into `self`. There is room in its scratch. */
void lw_kept_message(const LwKept *self, LwMessage *ret_message);
