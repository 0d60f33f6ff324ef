/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our requests to a peer: their turn, their answers, their end. */
#include "exchange/outgoing.h"

#include <string.h>

#include <glib.h>

#include "exchange/token.h"
#include "exchange/turns.h"

/* Sequence numbers of notifications have 24 bits. Source: RFC 7641, 2. */
#define SEQUENCE_MASK 0xffffffu

void lw_outgoing_init(LwOutgoing *self, LwWire *wire)
{
        self->wire = wire;
        self->errands = g_hash_table_new_full(
                        g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) lw_errand_free);
        self->watches = g_hash_table_new(g_int64_hash, g_int64_equal);
        self->flying = g_ptr_array_new();
        g_queue_init(&self->waiting);
}

/* Their beginning */

/** Out of everything; the caller has it. */
static LwErrandItem *take_out(LwOutgoing *self, LwErrandItem *errand)
{
        lw_turns_land(self, errand);
        if (errand->watch != 0)
                g_hash_table_remove(self->watches, &errand->watch);
        g_hash_table_steal(self->errands, &errand->id);
        return errand;
}

LwErrand lw_outgoing_request(LwOutgoing *self, LwErrandItem *errand, GError **error)
{
        static LwErrand count;
        g_autoptr(LwErrandItem) item = errand;

        if (self->waiting.length + self->flying->len >= LW_REQUESTS_OUT_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "%d requests wait already",
                                LW_REQUESTS_OUT_MAX);
                return 0;
        }
        item->id = ++count;
        item->deadline = lw_usec_add(self->wire->now.boot, item->timeout);
        g_hash_table_insert(self->errands, &item->id, item);
        if (item->flags & LW_EXCHANGE_OBSERVE) {
                item->watch = lw_token_new();
                g_hash_table_insert(self->watches, &item->watch, item);
        }
        lw_turns_wait(self, item);
        lw_turns_pump(self);
        if (item->broken) {
                g_propagate_error(error, g_steal_pointer(&item->broken));
                take_out(self, item);
                return 0;
        }
        errand = g_steal_pointer(&item);
        return errand->id;
}

const LwErrandItem *lw_outgoing_find(const LwOutgoing *self, LwErrand id)
{
        return g_hash_table_lookup(self->errands, &id);
}

void lw_outgoing_drop(LwOutgoing *self, LwErrand id)
{
        LwErrandItem *errand = g_hash_table_lookup(self->errands, &id);

        if (!errand)
                return;
        lw_errand_free(take_out(self, errand));
        lw_turns_pump(self);
}

/* Their end */

/** Its last word. */
static void end(LwOutgoing *self, LwErrandItem *errand, const LwMessage *answer,
                const GError *error)
{
        g_autoptr(LwErrandItem) ended = take_out(self, errand);

        if (!self->wire->closed)
                ended->done(ended->user, answer, error, self->wire->now);
}

/** Its answer, or a notification after which more will come. */
static void deliver(LwOutgoing *self, LwErrandItem *errand, const LwMessage *message)
{
        LwMessage room;
        const LwMessage *answer = lw_errand_answer(errand, message, &room);
        LwKept *first;
        GByteArray *joined;

        if (!errand->is_observed || !lw_status_is_success(lw_status_from_code(answer->code))) {
                end(self, errand, answer, NULL);
                return;
        }
        first = g_steal_pointer(&errand->first); /* the errand may be dropped by `done` */
        joined = g_steal_pointer(&errand->joined);
        lw_errand_stop_pulling(errand);
        lw_turns_land(self, errand);
        errand->was_answered = true;
        errand->done(errand->user, answer, NULL, self->wire->now);
        lw_kept_free(first);
        g_clear_pointer(&joined, g_byte_array_unref);
}

/** It ends; but when it was the rest of one notification that failed, the next one will do. */
static void fail(LwOutgoing *self, LwErrandItem *errand, const GError *error)
{
        if (errand->was_answered && errand->is_observed) {
                self->wire->counters.lost++;
                lw_errand_stop_pulling(errand);
                lw_turns_land(self, errand);
                g_clear_error(&errand->broken);
                return;
        }
        end(self, errand, NULL, error);
}

static void fail_with(LwOutgoing *self, LwErrandItem *errand, LwStatus status, const char *reason)
{
        g_autoptr(GError) error = g_error_new_literal(LW_ERROR, (int) status, reason);

        fail(self, errand, error);
}

/* Answers */

/** Errors: 4.02: a critical option in a response that we do not know. Source: RFC 7252, 5.4.1. */
static bool check_options(const LwMessage *message, GError **error)
{
        for (unsigned i = 0; i < message->option_count; i++) {
                uint16_t number = message->options[i].number;

                if ((number & 1) == 0 || number == LW_OPTION_BLOCK1 || number == LW_OPTION_BLOCK2)
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "the answer has the critical option %u, which is not understood",
                                number);
                return false;
        }
        return true;
}

/**
 * What Observe says in a message that has the token of notifications. False: it is older than one
 * that we have had. Without the option, or with an error, there will be no more of them.
 */
static bool take_sequence(LwOutgoing *self, LwErrandItem *errand, const LwMessage *message)
{
        LwNow now = self->wire->now;
        uint32_t sequence;

        if (!lw_status_is_success(lw_status_from_code(message->code)) ||
                        !lw_message_find_uint(message, LW_OPTION_OBSERVE, &sequence)) {
                errand->is_observed = false;
                return true;
        }
        if (!lw_errand_is_fresh(errand, sequence & SEQUENCE_MASK, now) && !self->wire->is_stream)
                return false;
        if (errand->is_observed)
                lw_errand_stop_pulling(errand);
        errand->is_observed = true;
        return true;
}

/** The next message: at once if it is under way, else when its turn comes, which is before all
 * others. */
static void send_next(LwOutgoing *self, LwErrandItem *errand)
{
        if (errand->state == LW_ERRAND_FLIES) {
                lw_turns_launch(self, errand);
                return;
        }
        if (errand->state == LW_ERRAND_WAITS)
                return;
        errand->deadline = lw_usec_add(self->wire->now.boot, errand->timeout);
        errand->state = LW_ERRAND_WAITS;
        g_queue_push_head(&self->waiting, errand);
}

static void take(LwOutgoing *self, LwErrandItem *errand, const LwMessage *message)
{
        g_autoptr(GError) error = NULL;

        switch (lw_errand_take(errand, message, &error)) {
        case LW_ERRAND_IGNORE:
                break;
        case LW_ERRAND_SEND:
                send_next(self, errand);
                break;
        case LW_ERRAND_DELIVER:
                if (errand->was_answered && errand->is_observed &&
                                !lw_status_is_success(lw_status_from_code(message->code)))
                        fail(self, errand, NULL);
                else
                        deliver(self, errand, message);
                break;
        case LW_ERRAND_FAIL:
                fail(self, errand, error);
                break;
        }
}

static LwErrandItem *find_flying(const LwOutgoing *self, const uint8_t *token, size_t length)
{
        uint64_t number;

        if (length != sizeof(number))
                return NULL;
        memcpy(&number, token, sizeof(number));
        for (unsigned i = 0; i < self->flying->len; i++) {
                LwErrandItem *errand = g_ptr_array_index(self->flying, i);

                if (errand->token == number)
                        return errand;
        }
        return NULL;
}

static LwErrandItem *find_watching(const LwOutgoing *self, const uint8_t *token, size_t length)
{
        uint64_t number;

        if (length != sizeof(number))
                return NULL;
        memcpy(&number, token, sizeof(number));
        return g_hash_table_lookup(self->watches, &number);
}

/** A notification that crossed our request to end them: it is not the answer to that. */
static bool is_crossing(const LwErrandItem *errand, const LwMessage *message)
{
        return errand->token == errand->watch && message->type != LW_MESSAGE_ACK &&
               lw_message_find(message, LW_OPTION_OBSERVE);
}

bool lw_outgoing_response(LwOutgoing *self, const LwMessage *message)
{
        LwErrandItem *watching = find_watching(self, message->token, message->token_length);
        LwErrandItem *errand = watching;
        g_autoptr(GError) error = NULL;

        if (!errand)
                errand = find_flying(self, message->token, message->token_length);
        if (!errand)
                return false;
        if (!watching && !self->wire->is_stream && is_crossing(errand, message))
                return true;
        if (!check_options(message, &error)) {
                fail(self, errand, error);
                lw_turns_pump(self);
                return false;
        }
        if (!watching || take_sequence(self, errand, message))
                take(self, errand, message);
        lw_turns_pump(self);
        return true;
}

bool lw_outgoing_failed(
                LwOutgoing *self, const uint8_t *token, size_t token_length, LwTransportFailure why)
{
        LwErrandItem *errand = find_flying(self, token, token_length);

        if (!errand)
                return false;
        switch (why) {
        case LW_TRANSPORT_TIMED_OUT:
                fail_with(self, errand, LW_STATUS_TIMEOUT, "the peer does not answer");
                break;
        case LW_TRANSPORT_RESET:
                fail_with(self, errand, LW_STATUS_UNAVAILABLE, "the peer rejects the request");
                break;
        case LW_TRANSPORT_CLOSED:
                fail_with(self, errand, LW_STATUS_UNAVAILABLE, "the connection ended");
                break;
        }
        lw_turns_pump(self);
        return true;
}

/* The connection, time and the end */

void lw_outgoing_up(LwOutgoing *self)
{
        lw_turns_pump(self);
}

/** Ids of errands, as each call outside may change the lists. `all`, or only those that are due. */
static GArray *list_ids(LwOutgoing *self, bool all)
{
        GArray *ids = g_array_new(false, false, sizeof(LwErrand));
        GHashTableIter iter;
        void *item;

        g_hash_table_iter_init(&iter, self->errands);
        while (g_hash_table_iter_next(&iter, NULL, &item)) {
                LwErrandItem *errand = item;
                bool is_due = errand->state != LW_ERRAND_WATCHES &&
                              (errand->broken || errand->deadline <= self->wire->now.boot);

                if (all || is_due)
                        g_array_append_val(ids, errand->id);
        }
        return ids;
}

void lw_outgoing_down(LwOutgoing *self, const GError *reason)
{
        g_autoptr(GArray) ids = list_ids(self, true);
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "the connection ended: %s", reason ? reason->message : "no reason given");

        for (unsigned i = 0; i < ids->len; i++) {
                LwErrandItem *errand = g_hash_table_lookup(
                                self->errands, &g_array_index(ids, LwErrand, i));

                if (errand)
                        end(self, errand, NULL, error);
        }
}

static void expire(LwOutgoing *self, LwErrandItem *errand)
{
        g_autoptr(GError) broken = g_steal_pointer(&errand->broken);

        if (broken)
                fail(self, errand, broken);
        else
                fail_with(self, errand, LW_STATUS_TIMEOUT, "no answer in time");
}

LwUsec lw_outgoing_deadline(const LwOutgoing *self)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (unsigned i = 0; i < self->flying->len; i++) {
                const LwErrandItem *errand = g_ptr_array_index(self->flying, i);

                deadline = lw_usec_min(deadline, errand->broken ? 0 : errand->deadline);
        }
        for (const GList *link = self->waiting.head; link; link = link->next)
                deadline = lw_usec_min(deadline, ((const LwErrandItem *) link->data)->deadline);
        return deadline;
}

void lw_outgoing_run(LwOutgoing *self)
{
        g_autoptr(GArray) ids = NULL;

        if (lw_outgoing_deadline(self) > self->wire->now.boot)
                return;
        ids = list_ids(self, false);
        for (unsigned i = 0; i < ids->len; i++) {
                LwErrandItem *errand = g_hash_table_lookup(
                                self->errands, &g_array_index(ids, LwErrand, i));

                if (errand)
                        expire(self, errand);
        }
        lw_turns_pump(self);
}

void lw_outgoing_close(LwOutgoing *self)
{
        g_queue_clear(&self->waiting);
        g_ptr_array_set_size(self->flying, 0);
        g_hash_table_remove_all(self->watches);
        g_hash_table_remove_all(self->errands);
}

void lw_outgoing_clear(LwOutgoing *self)
{
        lw_outgoing_close(self);
        g_hash_table_unref(self->errands);
        g_hash_table_unref(self->watches);
        g_ptr_array_unref(self->flying);
}
