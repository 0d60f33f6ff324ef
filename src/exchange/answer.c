/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to a peer's requests: in the event or later, whole or cut into blocks. */
#include "exchange/answer.h"

#include <string.h>

#include <glib.h>

#include "exchange/blockwise.h"
#include "exchange/key.h"

static bool refuse_options(GError **error)
{
        g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED,
                        "the answer has more options than a message can hold");
        return false;
}

/** ETag, Size2 and Block2 of one block of many. Errors: 5.00. */
static bool add_block_options(LwMessage *message, const LwSnapshot *snapshot, const LwBlock *block,
                GError **error)
{
        uint32_t size = (uint32_t) MIN(lw_blob_size(snapshot->body), UINT32_MAX);

        if (!lw_message_find(message, LW_OPTION_ETAG) &&
                        !lw_message_add(message, LW_OPTION_ETAG, snapshot->etag,
                                        snapshot->etag_length))
                return refuse_options(error);
        if (block->number == 0 && !lw_message_add_uint(message, LW_OPTION_SIZE2, size))
                return refuse_options(error);
        return lw_message_add_block(message, LW_OPTION_BLOCK2, block) || refuse_options(error);
}

bool lw_answer_attach(LwIncoming *self, LwMessage *message, LwKey key, const LwBlock *wanted,
                LwBlob *body, uint8_t buffer[static LW_BLOCK_SIZE], GError **error)
{
        const LwSnapshot *snapshot;
        LwSlice slice;

        if (!lw_slice(body, wanted ? wanted->number : 0, wanted ? wanted->size : LW_BLOCK_SIZE,
                            buffer, &slice, error))
                return false;
        message->payload = slice.data;
        message->payload_length = slice.length;
        if (slice.block.number == 0 && !slice.block.more)
                return !wanted || lw_message_add_block(message, LW_OPTION_BLOCK2, &slice.block) ||
                       refuse_options(error);
        snapshot = lw_snapshots_put(&self->snapshots, key, message, body, self->wire->now);
        return add_block_options(message, snapshot, &slice.block, error);
}

/** Options of the answer within an event must outlive the one who gave it. */
static void own_options(LwIncoming *self, LwMessage *message)
{
        const uint8_t *scratch = message->scratch, *end = scratch + sizeof(message->scratch);
        unsigned length = 0;

        for (unsigned i = 0; i < message->option_count; i++)
                if (message->options[i].value < scratch || message->options[i].value >= end)
                        length += message->options[i].length;
        if (length == 0)
                return;
        g_byte_array_set_size(self->options, length);
        length = 0;
        for (unsigned i = 0; i < message->option_count; i++) {
                LwOption *option = &message->options[i];

                if (option->length == 0 || (option->value >= scratch && option->value < end))
                        continue;
                memcpy(self->options->data + length, option->value, option->length);
                option->value = self->options->data + length;
                length += option->length;
        }
}

/** What every answer has from its request. */
static void address_answer(const LwSlot *slot, LwMessage *message, bool at_once)
{
        if (slot->type == LW_MESSAGE_NON)
                message->type = LW_MESSAGE_NON;
        else
                message->type = at_once ? LW_MESSAGE_ACK : LW_MESSAGE_CON;
        message->token_length = slot->token_length;
        memcpy(message->token, slot->token, slot->token_length);
        if (slot->has_block1)
                lw_message_add_block(message, LW_OPTION_BLOCK1, &slot->block1);
}

/** The answer goes out; the request has had it. */
static void give(LwIncoming *self, LwSlot *slot, LwMessage *message)
{
        g_autoptr(GError) error = NULL;

        if (slot->ticket == self->current) {
                own_options(self, message);
                self->replied = true;
                lw_dedup_answered(&self->dedup, slot, LW_SLOT_ANSWERED, message);
        } else {
                lw_dedup_answered(&self->dedup, slot, LW_SLOT_SEPARATE, message);
                if (!lw_wire_send(self->wire, message, &error))
                        g_debug("answer not sent: %s", error->message);
        }
}

/** A code, and a sentence that is the caller's. `size_limit`: Size1, 0 for none. */
void lw_answer_status(LwIncoming *self, LwSlot *slot, LwStatus status, const char *diagnostic,
                uint32_t size_limit)
{
        bool at_once = slot->ticket == self->current;
        LwMessage separate, *message = at_once ? self->reply : &separate;
        uint8_t buffer[LW_DEDUP_REPLY_MAX], *text = at_once ? self->block : buffer;
        size_t length = diagnostic ? strlen(diagnostic) : 0;

        if (length > LW_DEDUP_REPLY_MAX) {
                length = LW_DEDUP_REPLY_MAX;
                while (length > 0 && (diagnostic[length] & 0xc0) == 0x80)
                        length--; /* not within a character of UTF-8 */
        }
        lw_message_init(message, LW_MESSAGE_ACK, lw_status_to_code(status));
        if (size_limit > 0)
                lw_message_add_uint(message, LW_OPTION_SIZE1, size_limit);
        address_answer(slot, message, at_once);
        if (length > 0) {
                memcpy(text, diagnostic, length);
                message->payload = text;
                message->payload_length = length;
        }
        give(self, slot, message);
}

void lw_answer_error(LwIncoming *self, LwSlot *slot, const GError *error)
{
        LwStatus status = lw_status_of_error(error);

        lw_answer_status(self, slot, status, error->message,
                        status == LW_STATUS_TOO_LARGE ? LW_BODY_MAX : 0);
}

/** The key of a request, made only for an answer that is cut. */
static LwKey key_for(const LwIncoming *self, const LwSlot *slot, const LwBlob *body)
{
        uint64_t whole = slot->has_block2 ? slot->block2.size : LW_BLOCK_SIZE;

        if (slot->ticket != self->current)
                return slot->key;
        if (lw_blob_size(body) <= whole)
                return (LwKey){};
        return lw_key_of(self->request);
}

void lw_answer(LwIncoming *self, LwSlot *slot, const LwMessage *head, LwBlob *body)
{
        bool at_once = slot->ticket == self->current;
        LwMessage separate, *message = at_once ? self->reply : &separate;
        uint8_t buffer[LW_BLOCK_SIZE];
        g_autoptr(GError) error = NULL;

        lw_message_copy_head(message, head);
        if (body && !lw_answer_attach(self, message, key_for(self, slot, body),
                                    slot->has_block2 ? &slot->block2 : NULL, body,
                                    at_once ? self->block : buffer, &error)) {
                lw_answer_error(self, slot, error);
                return;
        }
        if (body && at_once)
                self->held = lw_blob_ref(body);
        address_answer(slot, message, at_once);
        give(self, slot, message);
}

/* Further blocks of an answer */

/** Answers a request for a later block from the snapshot. False: there is none, ask for the whole.
 */
bool lw_answer_block(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        const LwSnapshot *snapshot = lw_snapshots_find(&self->snapshots, lw_key_of(message),
                        message->payload_length > 0, self->wire->now);
        g_autoptr(GError) error = NULL;
        LwMessage *reply = self->reply;
        LwSlice slice;

        if (!snapshot)
                return false;
        if (!lw_slice(snapshot->body, slot->block2.number, slot->block2.size, self->block, &slice,
                            &error)) {
                lw_answer_error(self, slot, error);
                return true;
        }
        self->held = lw_blob_ref(snapshot->body);
        lw_kept_message(snapshot->head, reply);
        reply->payload = slice.data;
        reply->payload_length = slice.length;
        lw_message_add(reply, LW_OPTION_ETAG, snapshot->etag, snapshot->etag_length);
        lw_message_add_block(reply, LW_OPTION_BLOCK2, &slice.block);
        address_answer(slot, reply, true);
        give(self, slot, reply);
        return true;
}
