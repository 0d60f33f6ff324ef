/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an operation tells its outcome. */
#pragma once

#include <glib.h>

#include "model/request.h"

/** `response` is the callee's to take from or clear; whatever it leaves is cleared after the call.
 */
typedef void (*LwDispatchDone)(void *user, LwResponse *response);

/** Ends an operation: `error` as the answer, or, when it is NULL, `status`. */
void lw_op_finish(LwDispatchDone done, void *user, LwStatus status, const GError *error);
