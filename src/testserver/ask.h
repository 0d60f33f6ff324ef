/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestAsk: one operation to be done on a client, and the message that it becomes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "model/blob.h"
#include "model/registry.h"
#include "model/request.h"
#include "model/values.h"
#include "testserver/clients.h"

/* Below the 25 s after which busctl gives up, so that our error comes first. */
#define LW_TEST_TIMEOUT_USEC (20 * LW_USEC_PER_SEC)

/**
 * LwTestAsk: one operation to be done.
 *
 * Shape:  `values` for a Write; `arguments`, text, for an Execute, NULL for none. `format` is that
 * of the payload and `accept` that of the answer; LW_FORMAT_NONE: we choose, or the client does.
 */
typedef struct LwTestAsk {
        LwOperation operation;
        LwPath path;
        LwValues *values;
        const char *arguments;
        int32_t format;
        int32_t accept;
        bool non;
        LwUsec timeout_usec;
} LwTestAsk;

/**
 * LwTestAsked: an operation as a message.
 *
 * Shape:  `body` NULL: none. The options of `message` point into `operation`, and into the client's
 *         object list.
 * Owns:   body: lw_test_asked_clear().
 */
typedef struct LwTestAsked {
        LwMessage operation; /* without the client's alternate path */
        LwMessage message;
        LwBlob *body;
} LwTestAsked;

/** Errors: 4.00 operation and path do not go together, 4.06 values and format do not. */
bool lw_test_ask_compose(const LwTestAsk *self, const LwTestClient *client, LwRegistry *registry,
                LwTestAsked *ret_asked, GError **error);
void lw_test_asked_clear(LwTestAsked *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestAsked, lw_test_asked_clear)
