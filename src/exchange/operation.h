/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to operations and back: LwMessage to LwRequest (the agent) and LwRequest to LwMessage (a
 * server). */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/request.h"

/** Room for the query strings of one request; the LwRequest points into it. */
typedef struct LwOperationScratch {
        char text[512];
        const char *query[LW_OPTIONS_MAX];
} LwOperationScratch;

/**
 * What a message asks for. Method, path depth, Content-Format, Accept and Observe decide, as the
 * table in OMA LwM2M Transport 1.1 has it. `server`, `version` and `now` are the caller's to set,
 * before or after. Errors: 4.00 a path that is none of ours, an unknown query; 4.02 a critical
 * option that we do not know or one twice; 4.04 an id that is not a number; 4.05 a method that has
 * no meaning there.
 */
bool lw_operation_parse(const LwMessage *message, LwOperationScratch *scratch,
                LwRequest *ret_request, GError **error);

/**
 * The message for an operation: code and options; the payload is the caller's to send. The options
 * point into `request` and the message's own scratch. Errors: 4.00 when the operation does not fit
 * the path.
 */
bool lw_operation_compose(const LwRequest *request, LwMessage *ret_message, GError **error);

/** Code and options for the answer to an operation: format, location; the payload stays with
 * `response`. */
void lw_operation_answer(const LwResponse *response, LwMessage *ret_message);
