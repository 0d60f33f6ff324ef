/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwErrandItem: one request of ours, from the first block that we send to the last one that we get.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/exchange.h"
#include "exchange/kept.h"

/* Options that we add to a request: a Block, a Size, an Echo and, for its answer, a Block. */
#define LW_ERRAND_OPTIONS 4

typedef enum LwErrandState {
        LW_ERRAND_WAITS,   /* for its turn */
        LW_ERRAND_FLIES,   /* a message of it is out, its answer is not here */
        LW_ERRAND_WATCHES, /* for notifications alone */
} LwErrandState;

/** What came of an answer. */
typedef enum LwErrandResult {
        LW_ERRAND_IGNORE,  /* a late block: nothing */
        LW_ERRAND_SEND,    /* the next message is to be sent */
        LW_ERRAND_DELIVER, /* `lw_errand_answer()` has it whole */
        LW_ERRAND_FAIL,    /* see the error */
} LwErrandResult;

/**
 * LwErrandItem: one request of ours.
 *
 * Shape:  `sent` and `flight` place the block of our body that is out. While `is_pulling`, the
 * answer's blocks are in `joined`, or went to `take`, and the head of its first one is in `first`.
 * `token` is of the message that is out, `watch` the one by which the peer knows an observation; 0
 * none. Source: RFC 7959, 2.4 and 2.5; RFC 7641, 3.3 and 3.4; RFC 9175, 2.3.
 */
typedef struct LwErrandItem {
        LwErrand id;
        LwExchangeFlags flags;
        LwErrandState state;
        LwKept *head;
        LwBlob *body;
        LwUsec timeout, deadline;
        LwExchangeDone done;
        void *user;
        GError *broken; /* could not be sent: fails at the next run */
        uint64_t token, watch;

        uint64_t sent; /* bytes of the body that were acknowledged */
        size_t flight; /* bytes of it that are out */
        uint16_t block1_size;
        bool in_blocks; /* the body goes in blocks */
        bool body_anew; /* it was begun anew once */
        uint16_t limit; /* bytes of a message */
        bool echoed;    /* the peer asked once whether we are there, and `head` says so */

        bool is_pulling;
        bool pull_anew; /* the answer was begun anew once */
        uint8_t etag_length;
        uint8_t etag[8];
        uint16_t block2_wanted; /* asked for with the request; 0: not */
        uint16_t block2_size;
        uint64_t received; /* bytes of the answer that are here */
        uint64_t answer_max;
        LwExchangeTake take; /* NULL: joined */
        LwKept *first;
        GByteArray *joined;

        bool is_observed;  /* the peer sends notifications */
        bool was_answered; /* `done` was called: what fails now is a notification */
        uint32_t sequence;
        LwUsec sequence_at;
} LwErrandItem;

/** Takes references to `body`, copies `head`. Its messages are no longer than `limit` bytes. */
LwErrandItem *lw_errand_new(const LwMessage *head, LwBlob *body, const LwExchangeHow *how,
                uint16_t limit, LwExchangeFlags flags);
void lw_errand_free(LwErrandItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwErrandItem, lw_errand_free)

/**
 * The message that comes next: the request, a block of its body, or the request for a block of the
 * answer. It has a token of its own, but for those that the peer is to remember for notifications.
 * It points into `self` and `buffer`. Errors: 4.13 a body of too many blocks; 5.00 unreadable.
 */
bool lw_errand_compose(LwErrandItem *self, LwMessage *ret_message,
                uint8_t buffer[static LW_BLOCK_SIZE], GError **error);

/** Takes the answer to the message that is out, or a notification, block by block. */
LwErrandResult lw_errand_take(LwErrandItem *self, const LwMessage *message, GError **error);
/** The answer: `message`, or if it came in blocks `joined`, which the caller provides, with all of
 * them. */
const LwMessage *lw_errand_answer(LwErrandItem *self, const LwMessage *message, LwMessage *joined);

/** Whether a notification is newer than what came before; it then is the newest. */
bool lw_errand_is_fresh(LwErrandItem *self, uint32_t sequence, LwNow now);
/** Forgets the blocks of an answer that are here. */
void lw_errand_stop_pulling(LwErrandItem *self);
