/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestRequest: a request made from words, whatever they mean. */
#pragma once

#include <glib.h>

#include "exchange/message.h"
#include "testserver/options.h"

/** LwTestRequest: a message made from words, and all that its options point to. */
typedef struct LwTestRequest LwTestRequest;

/**
 * `method` is GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH; `path` "/3/0?pmin=10",
 * percent-encoded, each segment and each part of the query an option of its own, whatever it is.
 * Errors: 4.00.
 */
LwTestRequest *lw_test_request_new(
                const char *method, const char *path, const LwTestOptions *options, GError **error);
void lw_test_request_free(LwTestRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestRequest, lw_test_request_free)
const LwMessage *lw_test_request_message(const LwTestRequest *self);
