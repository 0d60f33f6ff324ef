/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSender: the Send operation at one server: values in, messages out, what became of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/account.h"
#include "client/connection.h"
#include "client/send-queue.h"
#include "client/send-result.h"
#include "model/path.h"
#include "model/request.h"
#include "model/values.h"
#include "tree/tree.h"

/**
 * LwSender: what waits for one server, and the one message that is under way.
 *
 * Values are taken when they are asked for, and go out in that order when the server holds our
 * registration. What cannot leave at once says when it was true; several such share a message. One
 * that is not answered is sent again after the next registration or Update, which it brings about;
 * after the third time it is given up. Everything is done in lw_sender_run(), so that no result is
 * told before whoever asked has its id.
 */
typedef struct LwSender LwSender;

/** What a sender needs from its server, and tells it. */
typedef struct LwSenderEvents {
        /** Whether the server knows us and all objects that we have; `ret_version`: by which
         * version. */
        bool (*ready)(void *user, LwVersion *ret_version);
        /** `id` is over at this server. */
        void (*sent)(void *user, uint64_t id, const LwSendResult *result);
        /** There was no answer: find out whether the server still knows us, and call
         * lw_sender_reached() when it does. */
        void (*unanswered)(void *user, LwNow now);
        /** As LwObserverEvents.keep; `urgent` ends with lw_sender_kept(). May be NULL. */
        bool (*keep)(void *user, bool urgent);
} LwSenderEvents;

/** `account` outlives it. */
LwSender *lw_sender_new(
                LwTree *tree, const LwAccount *account, const LwSenderEvents *events, void *user);
/** What waits is forgotten, without a word. */
void lw_sender_free(LwSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSender, lw_sender_free)

/** The way out; NULL while there is none: what was under way waits again. Takes a reference. */
void lw_sender_set_connection(LwSender *self, LwConnection *connection);
/** The server has just answered a Register or an Update. */
void lw_sender_reached(LwSender *self);
/** What was delivered before is safe. */
void lw_sender_kept(LwSender *self);

/** Whether LW_SENDS_READING_MAX Sends wait for their values. */
bool lw_sender_is_busy(const LwSender *self);
/** Reads `paths` as the server would, and sends what it gets; `real_usec`: when that was true, 0:
 * when it is there. */
void lw_sender_ask(LwSender *self, uint64_t id, const LwPath *paths, size_t count,
                int64_t real_usec, LwNow now);
/** Sends `values`, which are in order of path; `real_usec` holds for those without a time. */
void lw_sender_put(LwSender *self, uint64_t id, const LwValues *values, int64_t real_usec);

/** The highest id that it was given, 0: none. */
uint64_t lw_sender_last_id(const LwSender *self);
/** How many wait. */
size_t lw_sender_waiting(const LwSender *self);
/** Shows what waits, in order. */
void lw_sender_show(
                const LwSender *self, void (*each)(void *data, const LwSendItem *item), void *data);
/** One of an earlier life, in order. */
void lw_sender_restore(
                LwSender *self, uint64_t id, GBytes *pack, int64_t real_usec, unsigned tries);
/** Forgets all that waits. */
void lw_sender_clear(LwSender *self);
/** The server is about to go for good: all that waits, or comes yet, is over as dropped. */
void lw_sender_give_up(LwSender *self);

LwUsec lw_sender_deadline(const LwSender *self);
void lw_sender_run(LwSender *self, LwNow now);
