/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestOperations: the operations of the standard on registered clients. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "model/registry.h"
#include "model/values.h"
#include "testserver/answer.h"
#include "testserver/ask.h"
#include "testserver/clients.h"

/**
 * Called once. Errors (`answer` is NULL): LW_STATUS_TIMEOUT no answer; LW_STATUS_UNAVAILABLE the
 * client is gone, or its address is; LW_STATUS_FAILED its content cannot be read.
 */
typedef void (*LwTestDone)(void *user, const LwTestAnswer *answer, const GError *error);

typedef struct LwTestOperationsEvents {
        /** A notification behind the first answer. */
        void (*notified)(void *user, LwTestClient *client, const LwPath *path, LwValues *values,
                        uint32_t sequence);
        /** The client ended an observation, by a last notification with this status; or it was
         * lost. */
        void (*ended)(void *user, LwTestClient *client, const LwPath *path, LwStatus status);
} LwTestOperationsEvents;

typedef struct LwTestOperations LwTestOperations;

LwTestOperations *lw_test_operations_new(
                LwRegistry *registry, const LwTestOperationsEvents *events, void *user);
/** Operations under way fail. */
void lw_test_operations_free(LwTestOperations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestOperations, lw_test_operations_free)

/**
 * Asks `client`. An Observe of a path that is observed replaces that observation; a Cancel ends it
 * here in any case. Errors: 4.00 the operation does not go with the path, 4.06 the values cannot be
 * written in that format, 5.03 it cannot be sent. Then `done` is not called.
 */
bool lw_test_operations_start(LwTestOperations *self, LwTestClient *client, const LwTestAsk *ask,
                LwTestDone done, void *user, LwNow now, GError **error);
/** Sends a request as it stands, without the client's prefix; the answer is not read. */
bool lw_test_operations_send(LwTestOperations *self, LwTestClient *client, const LwMessage *head,
                GBytes *payload, bool non, LwUsec timeout_usec, LwTestDone done, void *user,
                LwNow now, GError **error);

/** The client is about to go: what is under way fails, observations are dropped. */
void lw_test_operations_gone(LwTestOperations *self, const LwTestClient *client);
/**
 * The client sent an Update. Observations of what is not listed any more are dropped; if it
 * `moved`, the others are made anew from its new address, in lw_test_operations_run().
 */
void lw_test_operations_updated(LwTestOperations *self, const LwTestClient *client, bool moved);

/** The paths that are observed. */
void lw_test_operations_observed(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const LwPath *path), void *user);

LwUsec lw_test_operations_deadline(const LwTestOperations *self);
void lw_test_operations_run(LwTestOperations *self, LwNow now);
