/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From LwRequest to LwResponse: the one road to the tree, for servers and for this host. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/request.h"
#include "model/sink.h"
#include "tree/outcome.h"
#include "tree/tree.h"

/** `response` is the callee's to take from or clear; whatever it leaves is cleared after the call.
 */
typedef void (*LwDispatchDone)(void *user, LwResponse *response);

/**
 * Does what `request` asks for and says how it went, perhaps before it returns. Whoever goes away
 * before the answer must be prepared to get it: there is no cancel, every provider answers in its
 * time.
 *
 * Checked in this order: closed objects, object, level, instance, access,
 * resource, operation, format, payload. Observe and Cancel are not the tree's (client/observer).
 */
void lw_dispatch(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);

/**
 * The sink for a Write to one opaque resource whose body comes in blocks, after the same checks as
 * the Write. NULL without error: it is to be joined and dispatched.
 */
LwSink *lw_dispatch_receive(LwTree *tree, const LwRequest *request, uint64_t size, GError **error);
