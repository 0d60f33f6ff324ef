/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendResult: what became of a Send at one server. */
#pragma once

#include <stdbool.h>

#include "model/status.h"

typedef enum LwSendOutcome {
        LW_SEND_ANSWERED,    /* the server said something: `status` */
        LW_SEND_SILENT,      /* it never answered, however often it was sent */
        LW_SEND_DROPPED,     /* there was no room to keep it */
        LW_SEND_MUTED,       /* the server muted Send while it waited */
        LW_SEND_UNSUPPORTED, /* the server turned out to speak 1.0 */
        LW_SEND_EMPTY,       /* none of it has a value that the server may read */
        LW_SEND_TOO_LARGE,   /* more than LW_SEND_MAX bytes */
        LW_SEND_UNWRITABLE,  /* the format cannot carry the values */
} LwSendOutcome;

/** LwSendResult: an outcome; `status` is that of LW_SEND_ANSWERED. */
typedef struct LwSendResult {
        LwSendOutcome outcome;
        LwStatus status;
} LwSendResult;

/** "2.04 Changed" for an answer, else one word: "timeout", "dropped" ... */
const char *lw_send_result_text(const LwSendResult *self);
/** The word of an outcome; "" for LW_SEND_ANSWERED. */
const char *lw_send_outcome_name(LwSendOutcome outcome);
/** Whether the server has it. */
bool lw_send_result_is_success(const LwSendResult *self);
