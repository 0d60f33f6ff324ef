/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations behind lw_dispatch(), one function each. */
#pragma once

#include "model/request.h"
#include "model/sink.h"
#include "tree/outcome.h"
#include "tree/tree.h"

/* Each answers once by `done`, now or later, as lw_dispatch() promises. */
void lw_op_read(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_discover(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_write(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_write_attributes(
                LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_create(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_read_composite(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_write_composite(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_execute(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);
void lw_op_delete(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);

/** See lw_dispatch_receive(). */
LwSink *lw_op_write_receive(LwTree *tree, const LwRequest *request, uint64_t size, GError **error);
