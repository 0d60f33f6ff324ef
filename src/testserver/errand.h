/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestErrand: a request to a client that is under way, or an observation. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "exchange/exchange.h"
#include "testserver/answer.h"
#include "testserver/ask.h"
#include "testserver/blocks.h"
#include "testserver/clients.h"
#include "testserver/file.h"
#include "testserver/held.h"
#include "testserver/peers.h"

/**
 * Called once. Errors (`answer` is NULL): LW_STATUS_TIMEOUT no answer; LW_STATUS_UNAVAILABLE the
 * client is gone, or its address is; LW_STATUS_FAILED its content cannot be read;
 * LW_STATUS_TOO_LARGE it is longer than we take.
 */
typedef void (*LwTestDone)(void *user, const LwTestAnswer *answer, const GError *error);

/**
 * LwTestErrand: a request under way, or an observation: an Observe whose first answer has come.
 *
 * Shape:  `name` is the operation's, `subject` what it is about. `kept` is the operation itself.
 *         `held`: it waits for its client to wake; NULL: it was sent.
 *         `plain`: its answer is not read. `done` is NULL once it was called.
 * Owns:   all of it; holds `peer`, where it was sent. It is in `all` as long as it lives.
 */
typedef struct LwTestErrand {
        GPtrArray *all;
        void *owner;
        LwTestClient *client;
        LwTestPeer *peer;
        LwErrand id;
        const char *name;
        char *subject;
        LwTestAsk kept;
        LwTestHeld *held;
        LwTestBlocks *blocks; /* NULL: in their proper order */
        LwTestFile *save;     /* NULL: the answer is joined */
        uint64_t size;        /* bytes of its content */
        bool plain;
        bool observing; /* its first answer has come */
        bool moved;     /* to be made anew */
        LwExchangeDone on_response;
        LwTestDone done;
        void *user;
} LwTestErrand;

/** One more in `all`; `name` is static, `subject` is taken over. */
LwTestErrand *lw_test_errand_new(GPtrArray *all, LwTestClient *client, const char *name,
                char *subject, LwTestDone done, void *user);
/** Drops it at its exchange, too. */
void lw_test_errand_free(LwTestErrand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestErrand, lw_test_errand_free)

/** Calls `done`, which may start and end others. */
void lw_test_errand_answer(LwTestErrand *self, const LwTestAnswer *answer, const GError *error);
/** Frees it, then calls `done`. */
void lw_test_errand_fail(LwTestErrand *self, const GError *error);
/** The same, as its client is not registered any more. */
void lw_test_errand_gone(LwTestErrand *self);

/**
 * Sends it, by `way`; what comes back goes to `on_response`, whose user is the errand. Errors: 4.00
 * the order of blocks does not fit the content, 5.00 it cannot be read, 5.03 it cannot be sent.
 * Then it is freed.
 */
bool lw_test_errand_send(LwTestErrand *self, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwExchangeDone on_response, LwNow now,
                GError **error);
/** Keeps it until lw_test_errand_unhold(), or for `way`'s time-out. */
void lw_test_errand_hold(LwTestErrand *self, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwNow now);
/** What it is to send now, to where its client is now, in the time that is left; the caller's. */
LwTestHeld *lw_test_errand_unhold(LwTestErrand *self, LwNow now);
/** The next of its `blocks`. Errors: as above; it is not freed. */
bool lw_test_errand_send_block(LwTestErrand *self, LwNow now, GError **error);
