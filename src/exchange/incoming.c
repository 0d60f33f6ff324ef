/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of a peer: once each to whoever answers, whole, and back in blocks that the peer can
 * take. */
#include "exchange/incoming.h"

#include <string.h>

#include <glib.h>

#include "exchange/answer.h"
#include "exchange/blockwise.h"
#include "exchange/bodies.h"
#include "exchange/key.h"

/* So long the ACK of a request waits for the answer to go with it: one message less each way, for
 * what is answered soon. Much less than ACK_TIMEOUT, after which the peer would repeat itself.
 * Source: RFC 7252, 5.2.1. */
#define ACK_DELAY_USEC (50 * LW_USEC_PER_MSEC)

void lw_incoming_init(LwIncoming *self, LwWire *wire)
{
        self->wire = wire;
        self->dedup.is_stream = wire->is_stream;
        self->options = g_byte_array_new();
        self->ack_due = LW_USEC_NEVER;
}

/* Answers from whoever was asked */

void lw_incoming_reply(LwIncoming *self, LwTicket ticket, const LwMessage *head, LwBlob *body)
{
        LwSlot *slot = lw_dedup_pending(&self->dedup, ticket);

        if (slot)
                lw_answer(self, slot, head, body);
}

void lw_incoming_reply_status(
                LwIncoming *self, LwTicket ticket, LwStatus status, const char *diagnostic)
{
        LwSlot *slot = lw_dedup_pending(&self->dedup, ticket);

        if (slot)
                lw_answer_status(self, slot, status, diagnostic, 0);
}

/**
 * Whether a snapshot is to answer: a later block is of the answer that was begun; so is the first
 * one, when the network repeats the request for it. (A repeated Observe needs a sequence number.)
 */
static bool is_of_snapshot(const LwIncoming *self, const LwSlot *slot, const LwMessage *message)
{
        if (slot->has_block2 && slot->block2.number > 0)
                return true;
        return self->is_repeated && !lw_message_find(message, LW_OPTION_OBSERVE);
}

/** A request with its body whole: to the snapshot that it asks a block of, else to `request`. */
static void deliver(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        LwTicket ticket = slot->ticket;

        if (is_of_snapshot(self, slot, message)) {
                if (lw_answer_block(self, slot, message))
                        return;
                if (!lw_method_is_safe(message->code)) {
                        lw_answer_status(self, slot, LW_STATUS_INCOMPLETE,
                                        "the answer is not kept any more", 0);
                        return;
                }
        }
        self->request = message;
        self->wire->events->request(self->wire->user, message, ticket, self->wire->now);
        slot = lw_dedup_pending(&self->dedup, ticket);
        if (slot)
                slot->key = lw_key_of(message);
}

/** All blocks are here: the request as if it had come in one. */
static void deliver_joined(
                LwIncoming *self, LwSlot *slot, const LwMessage *last, GByteArray *joined)
{
        LwMessage whole;

        lw_message_copy_head(&whole, last);
        lw_message_remove(&whole, LW_OPTION_BLOCK1);
        lw_message_remove(&whole, LW_OPTION_SIZE1);
        whole.payload = joined->data;
        whole.payload_length = joined->len;
        deliver(self, slot, &whole);
}

/* Requests */

static void handle(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        g_autoptr(GByteArray) joined = NULL;
        g_autoptr(GError) error = NULL;

        slot->has_block2 = lw_message_find_block(message, LW_OPTION_BLOCK2, &slot->block2, &error);
        if (!error)
                slot->has_block1 = lw_message_find_block(
                                message, LW_OPTION_BLOCK1, &slot->block1, &error);
        if (!error && slot->has_block1)
                lw_block_check_length(&slot->block1, message->payload_length, &error);
        if (error) {
                lw_answer_error(self, slot, error);
                return;
        }
        if (slot->has_block1 && (slot->block1.more || slot->block1.number > 0)) {
                joined = lw_bodies_take(self, slot, message);
                if (joined)
                        deliver_joined(self, slot, message, joined);
                return;
        }
        if (slot->has_block1)
                lw_bodies_end_former(self, message);
        deliver(self, slot, message);
}

/** Everything that is remembered waits for its answer: this one is not even remembered. */
static bool refuse(const LwMessage *message, LwMessage *ret_reply)
{
        ret_reply->type = message->type == LW_MESSAGE_NON ? LW_MESSAGE_NON : LW_MESSAGE_ACK;
        ret_reply->code = lw_status_to_code(LW_STATUS_UNAVAILABLE);
        ret_reply->token_length = message->token_length;
        memcpy(ret_reply->token, message->token, message->token_length);
        return true;
}

/** Answers a repetition, or says that it is not to be answered. */
static bool replay(const LwSlot *slot, LwMessage *ret_reply)
{
        if (!slot->answer)
                return false;
        lw_kept_message(slot->answer, ret_reply);
        return true;
}

/** Whether a repetition is made good by doing it again: its answer is not kept, and it changes
 * nothing. */
static bool may_run_again(const LwSlot *slot)
{
        return slot->state == LW_SLOT_ANSWERED && slot->type == LW_MESSAGE_CON && !slot->answer &&
               lw_method_is_safe(slot->code);
}

/** A request that is to be answered now or later. True: now. */
static bool begin(LwIncoming *self, LwSlot *slot, const LwMessage *message, bool is_repeated,
                LwMessage *ret_reply)
{
        g_clear_pointer(&self->held, lw_blob_unref);
        self->current = slot->ticket;
        self->request = message;
        self->reply = ret_reply;
        self->replied = false;
        self->is_repeated = is_repeated;
        handle(self, slot, message);
        self->current = 0;
        self->request = NULL;
        self->reply = NULL;
        return self->replied && !self->wire->closed;
}

/** No answer yet, and the transport leaves its ACK to us. What is repeated has waited enough. */
static void hold(LwIncoming *self, const LwMessage *message, bool is_repeated)
{
        LwSlot *slot;

        if (message->type != LW_MESSAGE_CON || self->wire->closed ||
                        !self->wire->transport->ops->leaves_ack)
                return;
        slot = lw_dedup_find(&self->dedup, message, self->wire->now);
        if (slot == NULL)
                return;
        slot->is_held = !is_repeated && slot->state == LW_SLOT_PENDING;
        if (slot->is_held) {
                slot->ack_due = lw_usec_add(self->wire->now.boot, ACK_DELAY_USEC);
                self->ack_due = lw_usec_min(self->ack_due, slot->ack_due);
        } else {
                lw_wire_acknowledge(self->wire, message->mid);
        }
}

bool lw_incoming_request(LwIncoming *self, const LwMessage *message, LwMessage *ret_reply)
{
        LwSlot *slot = lw_dedup_find(&self->dedup, message, self->wire->now);
        bool is_repeated = slot != NULL;
        uint16_t mid = ret_reply->mid;
        bool answered;

        if (slot) {
                self->wire->counters.repeated++;
                if (may_run_again(slot)) {
                        lw_dedup_again(&self->dedup, slot);
                        answered = begin(self, slot, message, true, ret_reply);
                } else {
                        answered = replay(slot, ret_reply);
                }
        } else {
                slot = lw_dedup_add(&self->dedup, message, self->wire->now);
                answered = slot ? begin(self, slot, message, false, ret_reply)
                                : refuse(message, ret_reply);
        }
        if (answered) {
                ret_reply->mid = mid;
                lw_wire_note_sent(self->wire, ret_reply);
        } else {
                hold(self, message, is_repeated);
        }
        return answered;
}

/* Time and the end */

LwUsec lw_incoming_deadline(const LwIncoming *self)
{
        return lw_usec_min(self->ack_due, lw_usec_min(lw_snapshots_deadline(&self->snapshots),
                                                          lw_bodies_deadline(self)));
}

/** The answers of these take longer: they are messages of their own. */
static void acknowledge_due(LwIncoming *self)
{
        LwUsec next = LW_USEC_NEVER;

        if (self->wire->now.boot < self->ack_due)
                return;
        for (unsigned i = 0; i < self->dedup.used; i++) {
                LwSlot *slot = &self->dedup.slots[i];

                if (!slot->is_held || slot->state != LW_SLOT_PENDING)
                        continue;
                if (slot->ack_due > self->wire->now.boot) {
                        next = lw_usec_min(next, slot->ack_due);
                        continue;
                }
                slot->is_held = false;
                lw_wire_acknowledge(self->wire, slot->mid);
        }
        self->ack_due = next;
}

void lw_incoming_run(LwIncoming *self)
{
        acknowledge_due(self);
        lw_snapshots_expire(&self->snapshots, self->wire->now);
        lw_bodies_run(self);
}

void lw_incoming_close(LwIncoming *self)
{
        lw_bodies_close(self);
        lw_snapshots_clear(&self->snapshots);
        lw_dedup_clear(&self->dedup);
        self->ack_due = LW_USEC_NEVER;
}

void lw_incoming_clear(LwIncoming *self)
{
        lw_incoming_close(self);
        g_clear_pointer(&self->held, lw_blob_unref);
        g_byte_array_unref(self->options);
}
