/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One end of an exchange on a fake transport, with somebody who answers, receives and asks. */
#include "exchange/side.h"

#include <string.h>

#include <check.h>
#include <glib.h>

/* The sink */

uint64_t side_hash(uint64_t hash, const uint8_t *data, size_t length)
{
        for (size_t i = 0; i < length; i++)
                hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
        return hash;
}

void side_sink_done(SideSink *self, LwStatus status)
{
        g_autoptr(GError) error = NULL;
        LwSinkDone done = self->done;

        ck_assert_ptr_nonnull(done);
        self->done = NULL;
        if (status != 0)
                error = g_error_new_literal(LW_ERROR, (int) status, "the disk says no");
        done(self->user, error);
}

static void step(SideSink *self, LwSinkDone done, void *user)
{
        ck_assert_ptr_null(self->done); /* one step at a time */
        self->done = done;
        self->user = user;
        if (!self->is_slow)
                side_sink_done(self, self->fails_with);
}

static void sink_append(
                LwSink *sink, const uint8_t *data, size_t length, LwSinkDone done, void *user)
{
        SideSink *self = (SideSink *) sink;

        ck_assert_uint_eq(self->finishes + self->aborts, 0);
        self->appends++;
        self->length += length;
        self->hash = side_hash(self->hash, data, length);
        step(self, done, user);
}

static void sink_finish(LwSink *sink, LwSinkDone done, void *user)
{
        SideSink *self = (SideSink *) sink;

        ck_assert_uint_eq(self->finishes + self->aborts, 0);
        self->finishes++;
        step(self, done, user);
}

static void sink_abort(LwSink *sink)
{
        SideSink *self = (SideSink *) sink;

        ck_assert_uint_eq(self->aborts, 0);
        self->aborts++;
        self->done = NULL;
}

static const LwSinkOps sink_ops = { sink_append, sink_finish, sink_abort };

/* Events */

static void leave(Side *self)
{
        if (self->frees_itself)
                lw_exchange_free(g_steal_pointer(&self->exchange));
}

static void on_stage(void *user, LwTransportStage stage)
{
        Side *self = user;

        (void) stage;
        self->stages++;
}

static void on_up(void *user, LwNow now)
{
        Side *self = user;

        (void) now;
        self->ups++;
        leave(self);
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        Side *self = user;

        (void) now;
        ck_assert_ptr_nonnull(reason);
        self->downs++;
        leave(self);
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        Side *self = user;

        (void) now;
        self->requests++;
        self->ticket = ticket;
        self->key = lw_exchange_key(message);
        self->has_block1 = lw_message_find(message, LW_OPTION_BLOCK1) != NULL;
        g_byte_array_set_size(self->body, 0);
        if (message->payload_length > 0)
                g_byte_array_append(
                                self->body, message->payload, (unsigned) message->payload_length);
        if (!self->answers_later)
                side_answer(self, ticket);
        leave(self);
}

static LwSink *on_receive(
                void *user, const LwMessage *first, uint64_t size, LwNow now, GError **error)
{
        Side *self = user;
        SideSink *sink = self->receives;

        (void) now;
        ck_assert_ptr_nonnull(lw_message_find(first, LW_OPTION_BLOCK1));
        self->receive_calls++;
        self->receive_size = size;
        leave(self);
        if (self->receive_error != 0) {
                g_set_error_literal(error, LW_ERROR, (int) self->receive_error, "not here");
                return NULL;
        }
        if (!sink)
                return NULL;
        sink->sink.ops = &sink_ops;
        sink->appends = sink->finishes = sink->aborts = 0;
        sink->length = sink->hash = 0;
        return &sink->sink;
}

static void on_refused(void *user, const uint8_t *token, size_t token_length, LwNow now)
{
        Side *self = user;

        (void) now;
        self->refusals++;
        memcpy(self->refused, token, token_length);
        leave(self);
}

static const LwExchangeEvents events = {
        .stage = on_stage,
        .up = on_up,
        .down = on_down,
        .request = on_request,
        .receive = on_receive,
        .refused = on_refused,
};

static void on_done(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        Side *self = user;

        (void) now;
        self->dones++;
        self->done_failed = response == NULL;
        ck_assert_int_eq(response == NULL, error != NULL);
        self->done_status =
                        response ? lw_status_from_code(response->code) : lw_status_of_error(error);
        if (self->drops != 0)
                lw_exchange_drop(self->exchange, self->drops);
        g_byte_array_set_size(self->done_body, 0);
        if (response && response->payload_length > 0)
                g_byte_array_append(self->done_body, response->payload,
                                (unsigned) response->payload_length);
        leave(self);
}

/* The side */

Side *side_new(bool is_stream)
{
        Side *self = g_new0(Side, 1);

        self->fake = lw_fake_new();
        self->fake->is_stream = is_stream;
        self->now.boot = 1000 * LW_USEC_PER_SEC;
        self->now.real_usec = INT64_C(1700000000000000);
        self->status = LW_STATUS_CONTENT;
        self->body = g_byte_array_new();
        self->done_body = g_byte_array_new();
        self->taken = g_byte_array_new();
        self->exchange = lw_exchange_new(&self->fake->transport, &events, self);
        return self;
}

void side_free(Side *self)
{
        if (!self)
                return;
        lw_exchange_free(self->exchange);
        ck_assert(self->fake->is_closed);
        lw_fake_free(self->fake);
        lw_blob_unref(self->answer);
        g_byte_array_unref(self->body);
        g_byte_array_unref(self->done_body);
        g_byte_array_unref(self->taken);
        g_free(self);
}

void side_wait(Side *self, double seconds)
{
        LwUsec span = (LwUsec) (seconds * (double) LW_USEC_PER_SEC);

        self->now.boot += span;
        self->now.real_usec += (int64_t) span;
        lw_exchange_run(self->exchange, self->now);
}

void side_answer(Side *self, LwTicket ticket)
{
        char etag[9] = "";
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_ACK, lw_status_to_code(self->status));
        if (self->answer)
                lw_message_add_uint(&head, LW_OPTION_CONTENT_FORMAT, 112);
        if (self->etag) {
                g_strlcpy(etag, self->etag, sizeof(etag)); /* which is gone when this returns */
                lw_message_add(&head, LW_OPTION_ETAG, etag, strlen(etag));
        }
        lw_exchange_reply(self->exchange, ticket, &head, self->answer);
        memset(etag, 0, sizeof(etag));
        if (self->answers_once)
                g_clear_pointer(&self->answer, lw_blob_unref);
}

/** Uri-Path options of "a/b"; the text must last. */
static void add_path(LwMessage *message, const char *path)
{
        for (const char *next; path && *path; path = next ? next + 1 : NULL) {
                next = strchr(path, '/');
                lw_message_add(message, LW_OPTION_URI_PATH, path,
                                next ? (size_t) (next - path) : strlen(path));
        }
}

LwErrand side_ask(Side *self, uint8_t method, const char *path, LwBlob *body, unsigned timeout,
                LwExchangeFlags flags)
{
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_CON, method);
        add_path(&head, path);
        if (flags & LW_EXCHANGE_OBSERVE)
                lw_message_add_uint(&head, LW_OPTION_OBSERVE, 0);
        return lw_exchange_request_how(self->exchange, &head, body, &self->how,
                        lw_usec_from_seconds(timeout), flags, on_done, self, self->now, NULL);
}

bool side_take(void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error)
{
        Side *self = user;

        if (self->take_error != 0) {
                g_set_error_literal(error, LW_ERROR, (int) self->take_error, "the disk is full");
                return false;
        }
        g_byte_array_set_size(self->taken, (unsigned) offset);
        g_byte_array_append(self->taken, data, (unsigned) length);
        return true;
}

void side_request(LwMessage *ret_message, LwMessageType type, uint8_t method, uint16_t mid,
                const char *path)
{
        lw_message_init(ret_message, type, method);
        ret_message->mid = mid;
        ret_message->token_length = 1;
        ret_message->token[0] = (uint8_t) mid;
        add_path(ret_message, path);
}

uint8_t side_byte(uint64_t offset)
{
        return (uint8_t) (offset * 7 + offset / 251);
}

void side_block1(LwMessage *message, uint32_t number, bool more, uint16_t size)
{
        static uint8_t payload[LW_BLOCK_SIZE];
        size_t length = more ? size : size / 2;

        for (size_t i = 0; i < length; i++)
                payload[i] = side_byte((uint64_t) number * size + i);
        lw_message_add_block(message, LW_OPTION_BLOCK1, &(LwBlock){ number, more, size });
        message->payload = payload;
        message->payload_length = length;
}

LwBlob *side_body(size_t length)
{
        g_autofree uint8_t *data = g_malloc(length + 1);

        for (size_t i = 0; i < length; i++)
                data[i] = side_byte(i);
        return lw_blob_new_copy(data, length);
}

bool side_is_body(const uint8_t *data, size_t length, uint64_t offset)
{
        for (size_t i = 0; i < length; i++)
                if (data[i] != side_byte(offset + i))
                        return false;
        return true;
}

const char *side_text(const LwMessage *message)
{
        static char text[256];
        g_autofree char *line = message ? lw_message_describe(message) : g_strdup("nothing");

        g_strlcpy(text, line, sizeof(text));
        return text;
}
