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

/** What memory may hold of one answer. Errors: 5.00. */
static bool check_size(const LwBlob *body, GError **error)
{
        if (!lw_blob_data(body) || lw_blob_size(body) <= LW_REPLY_MAX)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                        "an answer of %" G_GUINT64_FORMAT " bytes; at most %d can be given, so ask "
                        "for less",
                        lw_blob_size(body), LW_REPLY_MAX);
        return false;
}

/**
 * The block to give: what is wanted (NULL: the first, as large as can be), in the size that the
 * link takes. It begins where the wanted one does.
 */
static LwBlock block_to_give(const LwIncoming *self, const LwMessage *head, const LwBlock *wanted)
{
        LwBlock block = wanted ? *wanted : (LwBlock){ .size = LW_BLOCK_SIZE };
        uint16_t fitting = lw_block_fitting(head, self->wire->limit);

        if (block.size > fitting) {
                block.number *= block.size / fitting;
                block.size = fitting;
        }
        return block;
}

bool lw_answer_attach(LwIncoming *self, LwMessage *message, LwKey key, const LwBlock *wanted,
                LwBlob *body, uint8_t buffer[static LW_BLOCK_SIZE], GError **error)
{
        LwBlock block = block_to_give(self, message, wanted);
        const LwSnapshot *snapshot;
        LwSlice slice;

        if (!check_size(body, error) ||
                        !lw_slice(body, block.number, block.size, buffer, &slice, error))
                return false;
        message->payload = slice.data;
        message->payload_length = slice.length;
        if (slice.block.number == 0 && !slice.block.more) {
                lw_snapshots_drop(&self->snapshots, key);
                return !wanted || lw_message_add_block(message, LW_OPTION_BLOCK2, &slice.block) ||
                       refuse_options(error);
        }
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

/* What a request with a block has in options, or nearly. */
#define REQUEST_OPTIONS_BYTES 48

/**
 * Block1 of an answer: the request's; but the first 2.31 says how large we would have the blocks.
 * Source: RFC 7959, 2.3.
 */
static void confirm_block(const LwIncoming *self, const LwSlot *slot, LwMessage *message)
{
        LwBlock block = slot->block1;

        if (block.number == 0 && message->code == lw_status_to_code(LW_STATUS_CONTINUE))
                while (block.size > 16 && block.size + REQUEST_OPTIONS_BYTES > self->wire->limit)
                        block.size /= 2;
        lw_message_add_block(message, LW_OPTION_BLOCK1, &block);
}

/** What every answer has from its request. */
static void address_answer(
                const LwIncoming *self, const LwSlot *slot, LwMessage *message, bool at_once)
{
        if (slot->type == LW_MESSAGE_NON)
                message->type = LW_MESSAGE_NON;
        else
                message->type = at_once || slot->is_held ? LW_MESSAGE_ACK : LW_MESSAGE_CON;
        if (slot->is_held)
                message->mid = slot->mid;
        message->token_length = slot->token_length;
        memcpy(message->token, slot->token, slot->token_length);
        if (slot->has_block1)
                confirm_block(self, slot, message);
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
                LwSlotState how = slot->is_held ? LW_SLOT_ANSWERED : LW_SLOT_SEPARATE;

                slot->is_held = false;
                lw_dedup_answered(&self->dedup, slot, how, message);
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
        address_answer(self, slot, message, at_once);
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

/** The key of a request, made only for an answer that is cut, or is in place of one that was. */
static LwKey key_for(const LwIncoming *self, const LwSlot *slot, const LwMessage *head,
                const LwBlob *body)
{
        LwBlock block = block_to_give(self, head, slot->has_block2 ? &slot->block2 : NULL);

        if (slot->ticket != self->current)
                return slot->key;
        if (lw_blob_size(body) <= block.size && self->snapshots.count == 0)
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
        if (body && !lw_answer_attach(self, message, key_for(self, slot, head, body),
                                    slot->has_block2 ? &slot->block2 : NULL, body,
                                    at_once ? self->block : buffer, &error)) {
                lw_answer_error(self, slot, error);
                return;
        }
        if (body && at_once)
                self->held = lw_blob_ref(body);
        address_answer(self, slot, message, at_once);
        give(self, slot, message);
}

/* Further blocks of an answer */

bool lw_answer_block(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        const LwSnapshot *snapshot = lw_snapshots_find(&self->snapshots, lw_key_of(message),
                        message->payload_length > 0, self->wire->now);
        g_autoptr(GError) error = NULL;
        LwMessage *reply = self->reply;
        LwSlice slice;
        LwBlock block;

        if (!snapshot)
                return false;
        lw_kept_message(snapshot->head, reply);
        block = block_to_give(self, reply, slot->has_block2 ? &slot->block2 : NULL);
        if (!lw_slice(snapshot->body, block.number, block.size, self->block, &slice, &error) ||
                        !add_block_options(reply, snapshot, &slice.block, &error)) {
                lw_answer_error(self, slot, error);
                return true;
        }
        self->held = lw_blob_ref(snapshot->body);
        reply->payload = slice.data;
        reply->payload_length = slice.length;
        address_answer(self, slot, reply, true);
        give(self, slot, reply);
        return true;
}
