/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request of ours: its body cut, its answer joined. */
#include "exchange/errand.h"

#include <string.h>

#include <glib.h>

#include "exchange/blockwise.h"
#include "exchange/token.h"

/* How long a sequence number of a notification counts. Source: RFC 7641, 3.4. */
#define SEQUENCE_SECONDS 128
#define SEQUENCE_HALF (1u << 23)

/** What is asked of the peer for its answer: what was told, and no more than the link takes. */
static uint16_t wish(const LwMessage *head, const LwExchangeHow *how, uint16_t fitting)
{
        bool has_answer = head->code == LW_METHOD_GET || head->code == LW_METHOD_FETCH;

        if (how->block_size != 0)
                return MIN(how->block_size, fitting);
        return has_answer && fitting < LW_BLOCK_SIZE ? fitting : 0;
}

LwErrandItem *lw_errand_new(const LwMessage *head, LwBlob *body, const LwExchangeHow *how,
                uint16_t limit, LwExchangeFlags flags)
{
        LwErrandItem *self = g_new0(LwErrandItem, 1);
        uint16_t fitting = lw_block_fitting(head, limit);
        LwMessage options;

        lw_message_copy_head(&options, head);
        self->head = lw_kept_new(&options);
        self->body = lw_blob_ref(body);
        self->flags = flags;
        self->limit = limit;
        if (flags & LW_EXCHANGE_SINGLE)
                self->block1_size = LW_BLOCK_SIZE; /* it goes whole, or not at all */
        else
                self->block1_size = how->block_size ? MIN(how->block_size, fitting) : fitting;
        self->block2_wanted = wish(head, how, fitting);
        self->answer_max = how->answer_max ? how->answer_max : LW_BODY_MAX;
        self->take = how->take;
        self->in_blocks = body && lw_blob_size(body) > self->block1_size;
        return self;
}

void lw_errand_stop_pulling(LwErrandItem *self)
{
        self->is_pulling = false;
        self->pull_anew = false;
        self->received = 0;
        g_clear_pointer(&self->first, lw_kept_free);
        g_clear_pointer(&self->joined, g_byte_array_unref);
}

void lw_errand_free(LwErrandItem *self)
{
        if (!self)
                return;
        lw_errand_stop_pulling(self);
        lw_kept_free(self->head);
        lw_blob_unref(self->body);
        g_clear_error(&self->broken);
        g_free(self);
}

/* Out */

static bool add_body(LwErrandItem *self, LwMessage *message, uint8_t *buffer, GError **error)
{
        uint64_t number = self->sent / self->block1_size;
        LwSlice slice;

        if (number >= LW_BLOCKS_MAX) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the body has more blocks than can be numbered");
                return false;
        }
        if (!lw_slice(self->body, (uint32_t) number, self->block1_size, buffer, &slice, error))
                return false;
        message->payload = slice.data;
        message->payload_length = slice.length;
        self->flight = slice.length;
        if (!self->in_blocks)
                return true;
        lw_message_add_block(message, LW_OPTION_BLOCK1, &slice.block);
        if (number == 0)
                lw_message_add_uint(message, LW_OPTION_SIZE1,
                                (uint32_t) MIN(lw_blob_size(self->body), UINT32_MAX));
        return true;
}

/** The request for the next block of the answer. Source: RFC 7959, 2.4 and 2.6; RFC 8132, 2.1. */
static bool add_pull(LwErrandItem *self, LwMessage *message, uint8_t *buffer, GError **error)
{
        LwBlock wanted = { .size = self->block2_size };

        if (self->received / self->block2_size >= LW_BLOCKS_MAX) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the answer has more blocks than can be numbered");
                return false;
        }
        wanted.number = (uint32_t) (self->received / self->block2_size);
        lw_message_remove(message, LW_OPTION_OBSERVE);
        lw_message_add_block(message, LW_OPTION_BLOCK2, &wanted);
        if (message->code != LW_METHOD_FETCH || !self->body || self->in_blocks)
                return true;
        self->sent = 0;
        return add_body(self, message, buffer, error);
}

bool lw_errand_compose(LwErrandItem *self, LwMessage *ret_message,
                uint8_t buffer[static LW_BLOCK_SIZE], GError **error)
{
        LwBlock wanted = { .size = self->block2_wanted };

        lw_kept_message(self->head, ret_message);
        ret_message->type = self->flags & LW_EXCHANGE_NON ? LW_MESSAGE_NON : LW_MESSAGE_CON;
        if (self->is_pulling ? !add_pull(self, ret_message, buffer, error)
                             : self->body && !add_body(self, ret_message, buffer, error))
                return false;
        if (!self->is_pulling && self->block2_wanted != 0)
                lw_message_add_block(ret_message, LW_OPTION_BLOCK2, &wanted);
        if (!self->is_pulling && self->watch != 0)
                self->token = self->watch;
        else
                self->token = lw_token_new();
        ret_message->token_length = sizeof(self->token);
        memcpy(ret_message->token, &self->token, sizeof(self->token));
        return true;
}

/* Answers to blocks of our body */

static LwErrandResult body_anew(LwErrandItem *self)
{
        self->sent = 0;
        return LW_ERRAND_SEND;
}

/** 2.31: the block that is out has arrived. */
static LwErrandResult continue_body(
                LwErrandItem *self, const LwBlock *block, bool has_block, GError **error)
{
        if (has_block && block->number != self->sent / self->block1_size &&
                        lw_block_offset(block) != self->sent)
                return LW_ERRAND_IGNORE;
        if (self->sent + self->flight >= lw_blob_size(self->body)) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED,
                                "the peer wants more of the body than there is");
                return LW_ERRAND_FAIL;
        }
        self->sent += self->flight;
        if (has_block && block->size < self->block1_size)
                self->block1_size = block->size;
        return LW_ERRAND_SEND;
}

/** Whether the answer is one to a block of our body, and not yet to the request. */
static bool take_body(LwErrandItem *self, const LwMessage *message, LwErrandResult *ret_result,
                GError **error)
{
        LwStatus status = lw_status_from_code(message->code);
        LwBlock block;
        bool has_block;

        if (!self->body || self->is_pulling)
                return false;
        has_block = lw_message_find_block(message, LW_OPTION_BLOCK1, &block, NULL);
        if (self->in_blocks && status == LW_STATUS_CONTINUE) {
                *ret_result = continue_body(self, &block, has_block, error);
                return true;
        }
        if (status == LW_STATUS_TOO_LARGE && has_block && block.size < self->block1_size &&
                        block.size < lw_blob_size(self->body)) {
                self->block1_size = block.size; /* from where it was: the same bytes again */
                self->in_blocks = true;
                *ret_result = LW_ERRAND_SEND;
                return true;
        }
        if (self->in_blocks && status == LW_STATUS_INCOMPLETE && self->sent > 0 &&
                        !self->body_anew) {
                self->body_anew = true;
                *ret_result = body_anew(self);
                return true;
        }
        return false;
}

/* Echo */

/**
 * A peer that wants to know whether a request is fresh refuses it with an Echo option, and takes it
 * when it comes again with that. Source: RFC 9175, 2.3; OMA LwM2M Transport 1.1, 6.2.
 */
static bool take_echo(LwErrandItem *self, const LwMessage *message)
{
        const LwOption *echo = lw_message_find(message, LW_OPTION_ECHO);
        LwKept *head;
        LwMessage anew;

        if (self->echoed || self->was_answered ||
                        lw_status_from_code(message->code) != LW_STATUS_UNAUTHORIZED ||
                        echo == NULL || echo->length == 0 || echo->length > LW_ECHO_MAX)
                return false;
        lw_kept_message(self->head, &anew);
        lw_message_add(&anew, LW_OPTION_ECHO, echo->value, echo->length);
        head = lw_kept_new(&anew);
        lw_kept_free(self->head);
        self->head = head;
        self->echoed = true;
        self->sent = 0;
        if (!(self->flags & LW_EXCHANGE_SINGLE)) {
                self->block1_size = MIN(self->block1_size, lw_block_fitting(&anew, self->limit));
                self->in_blocks = self->body && lw_blob_size(self->body) > self->block1_size;
        }
        lw_errand_stop_pulling(self);
        return true;
}

/* Blocks of the answer */

static bool has_other_etag(const LwErrandItem *self, const LwMessage *message)
{
        const LwOption *etag = lw_message_find(message, LW_OPTION_ETAG);
        size_t length = etag ? MIN(etag->length, sizeof(self->etag)) : 0;

        return length != self->etag_length ||
               (length > 0 && memcmp(etag->value, self->etag, length) != 0);
}

/** The first block of an answer, from `block2_size` on: the peer's choice is ours. */
static void begin_pull(LwErrandItem *self, const LwMessage *message)
{
        const LwOption *etag = lw_message_find(message, LW_OPTION_ETAG);
        LwMessage head;

        lw_message_copy_head(&head, message);
        lw_message_remove(&head, LW_OPTION_BLOCK2);
        lw_message_remove(&head, LW_OPTION_SIZE2);
        g_clear_pointer(&self->first, lw_kept_free);
        self->first = lw_kept_new(&head);
        self->etag_length = 0;
        if (etag && etag->length > 0) {
                self->etag_length = (uint8_t) MIN(etag->length, sizeof(self->etag));
                memcpy(self->etag, etag->value, self->etag_length);
        }
        if (!self->joined)
                self->joined = g_byte_array_new();
        self->received = 0;
        self->block2_size = self->block2_wanted;
        self->is_pulling = true;
}

static LwErrandResult pull_anew(LwErrandItem *self, GError **error)
{
        if (self->pull_anew) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_INCOMPLETE,
                                "the answer changes while it is fetched");
                return LW_ERRAND_FAIL;
        }
        self->pull_anew = true;
        g_byte_array_set_size(self->joined, 0);
        self->received = 0;
        g_clear_pointer(&self->first, lw_kept_free);
        return LW_ERRAND_SEND;
}

/** One piece of the answer to where they go. */
static bool keep(LwErrandItem *self, const uint8_t *data, size_t length, GError **error)
{
        if (length > self->answer_max - self->received) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the answer is longer than %" G_GUINT64_FORMAT " bytes",
                                self->answer_max);
                return false;
        }
        if (self->take) {
                if (!self->take(self->user, self->received, data, length, error))
                        return false;
        } else if (length > 0) {
                g_byte_array_append(self->joined, data, (unsigned) length);
        }
        self->received += length;
        return true;
}

static LwErrandResult join_block(
                LwErrandItem *self, const LwMessage *message, const LwBlock *block, GError **error)
{
        if (!lw_block_check_length(block, message->payload_length, error) ||
                        !keep(self, message->payload, message->payload_length, error))
                return LW_ERRAND_FAIL;
        if (self->block2_size == 0 || block->size < self->block2_size)
                self->block2_size = block->size;
        return block->more ? LW_ERRAND_SEND : LW_ERRAND_DELIVER;
}

static LwErrandResult take_block(
                LwErrandItem *self, const LwMessage *message, const LwBlock *block, GError **error)
{
        uint64_t offset = lw_block_offset(block);
        bool is_first = !self->is_pulling || !self->first;

        if (is_first && offset == 0) {
                if (!self->is_pulling && !block->more && !self->take)
                        return LW_ERRAND_DELIVER;
                begin_pull(self, message);
                return join_block(self, message, block, error);
        }
        if (!is_first && has_other_etag(self, message))
                return pull_anew(self, error);
        if (is_first || offset != self->received) {
                g_set_error(error, LW_ERROR, LW_STATUS_INCOMPLETE,
                                "block %u of the answer is not the one that was asked for",
                                block->number);
                return LW_ERRAND_FAIL;
        }
        return join_block(self, message, block, error);
}

/** An answer that came in one message, as if it were a block. */
static LwErrandResult take_whole(LwErrandItem *self, const LwMessage *message, GError **error)
{
        lw_errand_stop_pulling(self);
        begin_pull(self, message);
        return keep(self, message->payload, message->payload_length, error) ? LW_ERRAND_DELIVER
                                                                            : LW_ERRAND_FAIL;
}

LwErrandResult lw_errand_take(LwErrandItem *self, const LwMessage *message, GError **error)
{
        g_autoptr(GError) reason = NULL;
        LwErrandResult result;
        LwBlock block;

        if (take_echo(self, message))
                return LW_ERRAND_SEND;
        if (self->flags & LW_EXCHANGE_SINGLE)
                return LW_ERRAND_DELIVER;
        if (take_body(self, message, &result, error))
                return result;
        if (lw_status_is_success(lw_status_from_code(message->code))) {
                if (lw_message_find_block(message, LW_OPTION_BLOCK2, &block, &reason))
                        return take_block(self, message, &block, error);
                if (reason) {
                        g_propagate_error(error, g_steal_pointer(&reason));
                        return LW_ERRAND_FAIL;
                }
                if (self->take)
                        return take_whole(self, message, error);
        }
        lw_errand_stop_pulling(self); /* an error, or whole at once: there is nothing to join */
        return LW_ERRAND_DELIVER;
}

const LwMessage *lw_errand_answer(LwErrandItem *self, const LwMessage *message, LwMessage *joined)
{
        if (!self->is_pulling)
                return message;
        lw_kept_message(self->first, joined);
        joined->payload = self->joined->data;
        joined->payload_length = self->joined->len;
        if (self->is_observed) {
                lw_message_remove(joined, LW_OPTION_OBSERVE);
                lw_message_add_uint(joined, LW_OPTION_OBSERVE, self->sequence);
        }
        return joined;
}

/* Notifications */

bool lw_errand_is_fresh(LwErrandItem *self, uint32_t sequence, LwNow now)
{
        uint32_t former = self->sequence;
        bool newer = (former < sequence && sequence - former < SEQUENCE_HALF) ||
                     (former > sequence && former - sequence > SEQUENCE_HALF);

        if (self->is_observed && !newer &&
                        now.boot <= lw_usec_add(self->sequence_at,
                                                    lw_usec_from_seconds(SEQUENCE_SECONDS)))
                return false;
        self->sequence = sequence;
        self->sequence_at = now.boot;
        return true;
}
