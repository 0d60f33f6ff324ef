/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendResult: what became of a Send at one server. */
#include "client/send-result.h"

const char *lw_send_outcome_name(LwSendOutcome outcome)
{
        static const char *const names[] = {
                [LW_SEND_ANSWERED] = "",
                [LW_SEND_SILENT] = "timeout",
                [LW_SEND_DROPPED] = "dropped",
                [LW_SEND_MUTED] = "muted",
                [LW_SEND_UNSUPPORTED] = "unsupported",
                [LW_SEND_EMPTY] = "empty",
                [LW_SEND_TOO_LARGE] = "too-large",
                [LW_SEND_UNWRITABLE] = "unwritable",
        };

        return names[outcome];
}

const char *lw_send_result_text(const LwSendResult *self)
{
        return self->outcome == LW_SEND_ANSWERED ? lw_status_text(self->status)
                                                 : lw_send_outcome_name(self->outcome);
}

bool lw_send_result_is_success(const LwSendResult *self)
{
        return self->outcome == LW_SEND_ANSWERED && lw_status_is_success(self->status);
}
