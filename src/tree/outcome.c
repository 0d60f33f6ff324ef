/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an operation tells its outcome. */
#include "tree/outcome.h"

void lw_op_finish(LwDispatchDone done, void *user, LwStatus status, const GError *error)
{
        LwResponse response = error ? lw_response_error(error) : lw_response_status(status);

        done(user, &response);
        lw_response_clear(&response);
}
