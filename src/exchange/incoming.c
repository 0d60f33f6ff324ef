/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of a peer: once each to whoever answers, whole, and back in blocks that the peer can
 * take. */
#include "exchange/incoming.h"

#include <string.h>

#include <glib.h>

#include "exchange/answer.h"
#include "exchange/blockwise.h"
#include "exchange/key.h"

/* Tells two bodies for the same place apart. Source: RFC 9175, 3. */
#define OPTION_REQUEST_TAG 292

static void on_upload_step(
                void *user, LwUpload *upload, LwTicket ticket, bool finished, const GError *error);

void lw_incoming_init(LwIncoming *self, LwWire *wire)
{
        self->wire = wire;
        self->dedup.is_stream = wire->is_stream;
        self->options = g_byte_array_new();
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

/** A request with its body whole. */
static void deliver(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        LwTicket ticket = slot->ticket;

        if (slot->has_block2 && slot->block2.number > 0) {
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

/* Bodies that come in blocks */

static LwUpload **find_upload(LwIncoming *self, uint64_t key)
{
        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i] && self->uploads[i]->key == key)
                        return &self->uploads[i];
        return NULL;
}

static void drop_upload(LwIncoming *self, LwUpload **place)
{
        LwUpload *upload = g_steal_pointer(place);
        LwSlot *waiting = lw_dedup_pending(&self->dedup, upload->ticket);

        if (waiting)
                lw_dedup_answered(&self->dedup, waiting, LW_SLOT_SEPARATE, NULL);
        lw_upload_free(upload);
}

static uint64_t class_of(const LwMessage *message)
{
        static const uint16_t numbers[] = { LW_OPTION_CONTENT_FORMAT, OPTION_REQUEST_TAG };
        uint64_t hash = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
                const LwOption *option = lw_message_find(message, numbers[i]);

                hash = option ? lw_key_hash(hash, option->value, option->length) : hash + 1;
        }
        return hash;
}

/** Asks where the body goes. NULL: nowhere, and that has been answered. */
static LwUpload **begin_upload(LwIncoming *self, LwSlot *slot, const LwMessage *first, uint64_t key)
{
        const LwExchangeEvents *events = self->wire->events;
        LwUpload **place = self->uploads;
        g_autoptr(GError) error = NULL;
        LwSink *sink = NULL;
        uint32_t size = 0;

        while (place < self->uploads + LW_UPLOADS_MAX && *place)
                place++;
        if (place == self->uploads + LW_UPLOADS_MAX) {
                lw_answer_status(self, slot, LW_STATUS_UNAVAILABLE,
                                "too many bodies are under way; end one first", 0);
                return NULL;
        }
        lw_message_find_uint(first, LW_OPTION_SIZE1, &size);
        if (events->receive)
                sink = events->receive(self->wire->user, first, size, self->wire->now, &error);
        if (self->wire->closed) {
                if (sink)
                        sink->ops->abort(sink);
                return NULL;
        }
        if (!sink && !error && size > LW_BODY_MAX)
                g_set_error(&error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the body is longer than %d bytes", LW_BODY_MAX);
        if (error) {
                lw_answer_error(self, slot, error);
                return NULL;
        }
        *place = lw_upload_new(key, class_of(first), sink, on_upload_step, self);
        return place;
}

static void on_upload_step(
                void *user, LwUpload *upload, LwTicket ticket, bool finished, const GError *error)
{
        LwIncoming *self = user;
        LwSlot *slot = lw_dedup_pending(&self->dedup, ticket);

        if (slot && error)
                lw_answer_error(self, slot, error);
        else if (slot)
                lw_answer_status(self, slot, finished ? LW_STATUS_CHANGED : LW_STATUS_CONTINUE,
                                NULL, 0);
        if (error || finished)
                drop_upload(self, find_upload(self, upload->key));
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

static void pass_block(LwIncoming *self, LwSlot *slot, const LwMessage *message, LwUpload **place)
{
        g_autoptr(GByteArray) joined = NULL;
        g_autoptr(GError) error = NULL;
        LwTicket replaced = 0;
        LwSlot *former;
        LwUploadResult result = lw_upload_take(*place, &slot->block1, message->payload,
                        message->payload_length, slot->ticket, self->wire->now, &replaced, &error);

        former = lw_dedup_pending(&self->dedup, replaced);
        if (former)
                lw_dedup_answered(&self->dedup, former, LW_SLOT_SEPARATE, NULL);
        switch (result) {
        case LW_UPLOAD_WAITS:
                break;
        case LW_UPLOAD_CONTINUES:
                lw_answer_status(self, slot, LW_STATUS_CONTINUE, NULL, 0);
                break;
        case LW_UPLOAD_REFUSED:
                lw_answer_error(self, slot, error);
                break;
        case LW_UPLOAD_OVERFLOW:
                drop_upload(self, place);
                lw_answer_error(self, slot, error);
                break;
        case LW_UPLOAD_COMPLETE:
                joined = g_steal_pointer(&(*place)->joined);
                drop_upload(self, place);
                deliver_joined(self, slot, message, joined);
                break;
        }
}

static void take_block(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        uint64_t key = lw_key_of(message).bare;
        LwUpload **place = find_upload(self, key);

        if (slot->block1.number == 0) {
                if (place)
                        drop_upload(self, place);
                place = begin_upload(self, slot, message, key);
                if (!place)
                        return;
        } else if (!place || (*place)->class != class_of(message)) {
                lw_answer_status(self, slot, LW_STATUS_INCOMPLETE,
                                place ? "Content-Format or Request-Tag differ from block 0"
                                      : "begin with block 0",
                                0);
                return;
        }
        pass_block(self, slot, message, place);
}

/* Requests */

static void handle(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        g_autoptr(GError) error = NULL;
        LwUpload **place;

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
                take_block(self, slot, message);
                return;
        }
        if (slot->has_block1) {
                place = find_upload(self, lw_key_of(message).bare);
                if (place)
                        drop_upload(self, place);
        }
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
        return slot->state == LW_SLOT_ANSWERED && slot->type == LW_MESSAGE_CON &&
               lw_method_is_safe(slot->code);
}

/** A request that is to be answered now or later. True: now. */
static bool begin(LwIncoming *self, LwSlot *slot, const LwMessage *message, LwMessage *ret_reply)
{
        g_clear_pointer(&self->held, lw_blob_unref);
        self->current = slot->ticket;
        self->request = message;
        self->reply = ret_reply;
        self->replied = false;
        handle(self, slot, message);
        self->current = 0;
        self->request = NULL;
        self->reply = NULL;
        return self->replied && !self->wire->closed;
}

bool lw_incoming_request(LwIncoming *self, const LwMessage *message, LwMessage *ret_reply)
{
        LwSlot *slot = lw_dedup_find(&self->dedup, message, self->wire->now);
        uint16_t mid = ret_reply->mid;
        bool answered;

        if (slot) {
                self->wire->counters.repeated++;
                if (may_run_again(slot)) {
                        lw_dedup_again(&self->dedup, slot);
                        answered = begin(self, slot, message, ret_reply);
                } else {
                        answered = replay(slot, ret_reply);
                }
        } else {
                slot = lw_dedup_add(&self->dedup, message, self->wire->now);
                answered = slot ? begin(self, slot, message, ret_reply)
                                : refuse(message, ret_reply);
        }
        if (answered) {
                ret_reply->mid = mid;
                lw_wire_note_sent(self->wire, ret_reply);
        }
        return answered;
}

/* Time and the end */

LwUsec lw_incoming_deadline(const LwIncoming *self)
{
        LwUsec deadline = lw_snapshots_deadline(&self->snapshots);

        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i] && self->uploads[i]->ticket == 0)
                        deadline = lw_usec_min(deadline, self->uploads[i]->idle_end);
        return deadline;
}

void lw_incoming_run(LwIncoming *self)
{
        LwNow now = self->wire->now;

        lw_snapshots_expire(&self->snapshots, now);
        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i] && self->uploads[i]->ticket == 0 &&
                                self->uploads[i]->idle_end <= now.boot)
                        drop_upload(self, &self->uploads[i]);
}

void lw_incoming_close(LwIncoming *self)
{
        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i])
                        drop_upload(self, &self->uploads[i]);
        lw_snapshots_clear(&self->snapshots);
        lw_dedup_clear(&self->dedup);
}

void lw_incoming_clear(LwIncoming *self)
{
        lw_incoming_close(self);
        g_clear_pointer(&self->held, lw_blob_unref);
        g_byte_array_unref(self->options);
}
