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
#include "testserver/file.h"

/* Below the 25 s after which busctl gives up, so that our error comes first. */
#define LW_TEST_TIMEOUT_USEC (20 * LW_USEC_PER_SEC)

/**
 * LwTestWay: how a request and its answer travel.
 *
 * Shape:  `block_size` 16 to 1024, 0: ours. `order`, uint32_t, or NULL: just these blocks of the
 *         content are sent, in this order. `save`, or NULL: where the content of the answer goes.
 */
typedef struct LwTestWay {
        bool non;
        LwUsec timeout_usec;
        uint16_t block_size;
        const GArray *order;
        LwTestFile *save;
} LwTestWay;

/**
 * LwTestAsk: one operation to be done.
 *
 * Shape:  `path` is the root for the composite operations. `values` for a Write, Create or
 *         Write-Composite, where LW_TYPE_NONE at a resource instance removes it; a Create's lie at
 *         the instance of its id, or at LW_INSTANCE_UNCHOSEN. `content` instead of them: as it
 *         stands, in `format`. `paths` of a composite Read, Observe or Cancel. `arguments`, text,
 *         of an Execute, NULL for none. `queries` NULL-terminated, or NULL. `format` is that of
 *         the payload and `accept` that of the answer; LW_FORMAT_NONE: we choose, or the client
 *         does.
 * Owns:   nothing, unless it was made by lw_test_ask_keep().
 */
typedef struct LwTestAsk {
        LwOperation operation;
        LwPath path;
        LwValues *values;
        LwBlob *content;
        LwValues *paths;
        const char *arguments;
        char **queries;
        int32_t format;
        int32_t accept;
        LwTestWay way;
} LwTestAsk;

/** What an observation is made anew and ended with: the paths, the query and the formats. */
LwTestAsk lw_test_ask_keep(const LwTestAsk *self);
/** Clears what lw_test_ask_keep() made. */
void lw_test_ask_clear(LwTestAsk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestAsk, lw_test_ask_clear)

/** What it is about: "/3/0/9", or for a composite operation its paths with spaces between. Caller
 * frees. */
char *lw_test_ask_subject(const LwTestAsk *self);
/** Whether what it is about, or a part of that, is in the list. */
bool lw_test_ask_is_listed(const LwTestAsk *self, const LwObjectList *objects);
/** Whether it is Observe or Observe-Composite. */
bool lw_test_ask_observes(const LwTestAsk *self);

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

/**
 * The message. Puts `values` in order. Errors: 4.00 operation and path do not go together, or a
 * format that we cannot write; 4.06 values and format do not; 4.13 more blocks than can be
 * numbered.
 */
bool lw_test_ask_compose(const LwTestAsk *self, const LwTestClient *client, LwRegistry *registry,
                LwTestAsked *ret_asked, GError **error);
void lw_test_asked_clear(LwTestAsked *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestAsked, lw_test_asked_clear)
