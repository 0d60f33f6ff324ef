/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bodies of a peer's requests that come in blocks: joined, or passed on as they come. */
#include "exchange/bodies.h"

#include <glib.h>

#include "exchange/answer.h"
#include "exchange/key.h"

/* Tells two bodies for the same place apart. Source: RFC 9175, 3. */
#define OPTION_REQUEST_TAG 292

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

static uint64_t hash_option(uint64_t seed, const LwMessage *message, uint16_t number)
{
        const LwOption *option = lw_message_find(message, number);

        return option ? lw_key_hash(seed, option->value, option->length) : seed;
}

static uint64_t class_of(const LwMessage *message)
{
        return hash_option(1, message, LW_OPTION_CONTENT_FORMAT);
}

/** Which body a block belongs to: where it goes, and its Request-Tag. */
static uint64_t body_of(const LwMessage *message)
{
        return hash_option(lw_key_of(message).bare, message, OPTION_REQUEST_TAG);
}

void lw_bodies_end_former(LwIncoming *self, const LwMessage *first)
{
        uint64_t place = lw_key_of(first).bare, key = body_of(first);

        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++) {
                LwUpload *upload = self->uploads[i];

                if (upload && (upload->key == key || (upload->sink && upload->place == place)))
                        drop_upload(self, &self->uploads[i]);
        }
}

/** Whether its sender has given it up, or else would have sent something again by now. */
static bool is_abandoned(const LwIncoming *self, const LwUpload *upload)
{
        LwUsec left = lw_usec_from_seconds(
                        LW_TRANSFER_IDLE_SECONDS - LW_TRANSFER_ABANDONED_SECONDS);

        return upload->ticket == 0 && upload->idle_end <= lw_usec_add(self->wire->now.boot, left);
}

/** A place for one more: a free one, else that of the one that was abandoned first. NULL: none. */
static LwUpload **find_room(LwIncoming *self)
{
        LwUpload **oldest = NULL;

        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++) {
                LwUpload **place = &self->uploads[i];

                if (!*place)
                        return place;
                if (is_abandoned(self, *place) &&
                                (!oldest || (*place)->idle_end < (*oldest)->idle_end))
                        oldest = place;
        }
        if (oldest)
                drop_upload(self, oldest);
        return oldest;
}

/** Where the body goes; NULL without error: it is joined. Errors: of whoever receives; 4.13. */
static LwSink *ask_receiver(LwIncoming *self, const LwMessage *first, GError **error)
{
        const LwExchangeEvents *events = self->wire->events;
        g_autoptr(GError) refusal = NULL;
        LwSink *sink = NULL;
        uint32_t size = 0;

        lw_message_find_uint(first, LW_OPTION_SIZE1, &size);
        if (events->receive)
                sink = events->receive(self->wire->user, first, size, self->wire->now, &refusal);
        if (refusal)
                g_propagate_error(error, g_steal_pointer(&refusal));
        else if (!sink && size > LW_BODY_MAX)
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the body is longer than %d bytes", LW_BODY_MAX);
        return sink;
}

/** Block 0. NULL: the body goes nowhere, and that has been answered. */
static LwUpload **begin_upload(LwIncoming *self, LwSlot *slot, const LwMessage *first)
{
        g_autoptr(GError) error = NULL;
        LwUpload **place;
        LwSink *sink;

        lw_bodies_end_former(self, first);
        place = find_room(self);
        if (!place) {
                lw_answer_status(self, slot, LW_STATUS_UNAVAILABLE,
                                "too many bodies are under way; end one first", 0);
                return NULL;
        }
        sink = ask_receiver(self, first, &error);
        if (self->wire->closed) {
                if (sink)
                        sink->ops->abort(sink);
                return NULL;
        }
        if (error) {
                lw_answer_error(self, slot, error);
                return NULL;
        }
        *place = lw_upload_new(sink, on_upload_step, self);
        (*place)->place = lw_key_of(first).bare;
        (*place)->key = body_of(first);
        (*place)->class = class_of(first);
        return place;
}

static GByteArray *pass_block(
                LwIncoming *self, LwSlot *slot, const LwMessage *message, LwUpload **place)
{
        GByteArray *joined = NULL;
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
                break;
        }
        return joined;
}

GByteArray *lw_bodies_take(LwIncoming *self, LwSlot *slot, const LwMessage *message)
{
        LwUpload **place = slot->block1.number == 0 ? begin_upload(self, slot, message)
                                                    : find_upload(self, body_of(message));

        if (slot->block1.number == 0 && !place)
                return NULL;
        if (!place || (*place)->class != class_of(message)) {
                lw_answer_status(self, slot, LW_STATUS_INCOMPLETE,
                                place ? "the Content-Format differs from that of block 0"
                                      : "there is no such body under way: begin with block 0",
                                0);
                return NULL;
        }
        return pass_block(self, slot, message, place);
}

/* Time and the end */

LwUsec lw_bodies_deadline(const LwIncoming *self)
{
        LwUsec deadline = LW_USEC_NEVER;

        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i] && self->uploads[i]->ticket == 0)
                        deadline = lw_usec_min(deadline, self->uploads[i]->idle_end);
        return deadline;
}

void lw_bodies_run(LwIncoming *self)
{
        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i] && self->uploads[i]->ticket == 0 &&
                                self->uploads[i]->idle_end <= self->wire->now.boot)
                        drop_upload(self, &self->uploads[i]);
}

void lw_bodies_close(LwIncoming *self)
{
        for (unsigned i = 0; i < LW_UPLOADS_MAX; i++)
                if (self->uploads[i])
                        drop_upload(self, &self->uploads[i]);
}
