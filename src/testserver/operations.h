/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestOperations: the operations of the standard on registered clients. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "model/blob.h"
#include "model/registry.h"
#include "model/values.h"
#include "testserver/answer.h"
#include "testserver/ask.h"
#include "testserver/clients.h"
#include "testserver/errand.h"

/** `subject` is what is observed: "/3/0/9", or the paths of a composite with spaces between. */
typedef struct LwTestOperationsEvents {
        /** A notification behind the first answer; its values lie at or below `path`, and were true
         * at `real_usec`. One that tells of several moments comes once for each of them. */
        void (*notified)(void *user, LwTestClient *client, const char *subject, const LwPath *path,
                        LwValues *values, uint32_t sequence, int64_t real_usec);
        /** The client ended an observation, by a last notification with this status; or it was
         * lost. */
        void (*ended)(void *user, LwTestClient *client, const char *subject, LwStatus status);
} LwTestOperationsEvents;

typedef struct LwTestOperations LwTestOperations;

LwTestOperations *lw_test_operations_new(
                LwRegistry *registry, const LwTestOperationsEvents *events, void *user);
/** Operations under way fail. */
void lw_test_operations_free(LwTestOperations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestOperations, lw_test_operations_free)

/**
 * Asks `client`. An Observe of what is observed replaces that observation; a Cancel ends it here
 * in any case, and has the query and the formats of the Observe unless it has its own. Errors: 4.00
 * the operation does not go with the path or the format, 4.06 the values cannot be written in that
 * format, 4.13 the content is too long for its blocks, 5.03 it cannot be sent. Then `done` is not
 * called. A request to a client that sleeps in queue mode waits until that wakes, in the time that
 * `ask` has; it has one at a time. Errors: 5.03 LW_REQUESTS_HELD_MAX wait.
 */
bool lw_test_operations_start(LwTestOperations *self, LwTestClient *client, const LwTestAsk *ask,
                LwTestDone done, void *user, LwNow now, GError **error);

/**
 * LwTestRaw: a request as it stands.
 *
 * Shape:  `payload` NULL: none. With a Block option in `head` the answer is taken as it is, and
 *         nothing else is sent.
 */
typedef struct LwTestRaw {
        const LwMessage *head;
        LwBlob *payload;
        LwTestWay way;
} LwTestRaw;

/** Sends a request without the client's prefix; the answer is not read. Errors: as above. */
bool lw_test_operations_send(LwTestOperations *self, LwTestClient *client, const LwTestRaw *raw,
                LwTestDone done, void *user, LwNow now, GError **error);

/** The client is about to go: what is under way fails, observations are dropped. */
void lw_test_operations_gone(LwTestOperations *self, const LwTestClient *client);
/**
 * The client sent an Update. Observations of what is not listed any more are dropped; if it
 * `moved`, the others are made anew from its new address, in lw_test_operations_run().
 */
void lw_test_operations_updated(LwTestOperations *self, const LwTestClient *client, bool moved);

/** What is observed. */
void lw_test_operations_observed(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const char *subject), void *user);

/** LwTestProgress: how far a request is; `size` bytes are to be sent. */
typedef struct LwTestProgress {
        const char *name, *subject;
        uint64_t sent, size, received;
} LwTestProgress;

/** The requests that are under way. */
void lw_test_operations_progress(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const LwTestProgress *progress), void *user);

/** The client was heard: what was held for it may go, in lw_test_operations_run(). */
void lw_test_operations_heard(LwTestOperations *self);

LwUsec lw_test_operations_deadline(const LwTestOperations *self);
void lw_test_operations_run(LwTestOperations *self, LwNow now);
