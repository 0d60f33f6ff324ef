/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From LwRequest to LwResponse: the table of operations. */
#include "tree/dispatch.h"

#include "tree/operations.h"

typedef void (*Operation)(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user);

/* An observation's values are those of a Read; what makes it an observation is the client's part.
 */
static const Operation operations[] = {
        [LW_OPERATION_READ] = lw_op_read,
        [LW_OPERATION_DISCOVER] = lw_op_discover,
        [LW_OPERATION_WRITE] = lw_op_write,
        [LW_OPERATION_WRITE_UPDATE] = lw_op_write,
        [LW_OPERATION_WRITE_ATTRIBUTES] = lw_op_write_attributes,
        [LW_OPERATION_EXECUTE] = lw_op_execute,
        [LW_OPERATION_CREATE] = lw_op_create,
        [LW_OPERATION_DELETE] = lw_op_delete,
        [LW_OPERATION_READ_COMPOSITE] = lw_op_read_composite,
        [LW_OPERATION_WRITE_COMPOSITE] = lw_op_write_composite,
        [LW_OPERATION_OBSERVE] = lw_op_read,
        [LW_OPERATION_CANCEL] = lw_op_read,
        [LW_OPERATION_OBSERVE_COMPOSITE] = lw_op_read_composite,
        [LW_OPERATION_CANCEL_COMPOSITE] = lw_op_read_composite,
};

void lw_dispatch(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        operations[request->operation](tree, request, done, user);
}

LwSink *lw_dispatch_receive(LwTree *tree, const LwRequest *request, uint64_t size, GError **error)
{
        return lw_op_write_receive(tree, request, size, error);
}
