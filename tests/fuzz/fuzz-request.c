/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: a peer's datagrams, in any order and at any time, at an exchange whose owner
 * answers, receives bodies, asks and notifies. Each request that reaches the owner is read as an
 * operation.
 *
 * The input is a row of steps: one byte says which and how often, two how long the rest of it is.
 */
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "base/bytes.h"
#include "exchange/exchange.h"
#include "exchange/operation.h"
#include "lib/coap-wire.h"
#include "lib/fake-transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 400
#define TICKETS_MAX 8
#define TAKEN_MAX 100 /* bytes of an answer, then there is no room */
/* Bytes of a message. What we answer and ask has few options, so that a block of 32 fits. */
#define SMALL_LINK 90

typedef enum Step {
        STEP_REQUEST,  /* a datagram */
        STEP_RESPONSE, /* a datagram that answers what we sent last */
        STEP_WAIT,     /* as many seconds as the step is long */
        STEP_ANSWER,   /* a request that waits */
        STEP_SINK,     /* the sink's step is over; a first byte of 0: well */
        STEP_NOTIFY,
        STEP_ASK, /* a request of ours; its first byte says how */
        STEP_FAIL,
        STEPS,
} Step;

/* A sink that takes its time. */
typedef struct Sink {
        LwSink sink;
        LwSinkDone done;
        void *user;
        bool is_open;
} Sink;

typedef struct Owner {
        LwFake *fake;
        LwExchange *exchange;
        LwNow now;
        LwTicket tickets[TICKETS_MAX];
        unsigned ticket_count;
        uint64_t key;
        LwErrand errand;
        Sink sink;
        unsigned requests;
        uint64_t taken; /* bytes of an answer */
        LwBlob *body;
} Owner;

static void sink_append(
                LwSink *sink, const uint8_t *data, size_t length, LwSinkDone done, void *user)
{
        Sink *self = (Sink *) sink;

        g_assert_true(self->is_open && !self->done && data && length > 0);
        self->done = done;
        self->user = user;
}

static void sink_finish(LwSink *sink, LwSinkDone done, void *user)
{
        Sink *self = (Sink *) sink;

        g_assert_true(self->is_open && !self->done);
        self->done = done;
        self->user = user;
        self->is_open = false;
}

static void sink_abort(LwSink *sink)
{
        Sink *self = (Sink *) sink;

        g_assert_true(self->is_open || self->done);
        self->is_open = false;
        self->done = NULL;
}

static const LwSinkOps sink_ops = { sink_append, sink_finish, sink_abort };

/** An answer whose size and manner depend on how many there were. */
static void answer(Owner *self, LwTicket ticket)
{
        LwMessage head;

        if (self->requests % 5 == 4) {
                lw_exchange_reply_status(self->exchange, ticket, LW_STATUS_NOT_FOUND, "no");
                return;
        }
        lw_message_init(&head, LW_MESSAGE_ACK, 0x45);
        lw_message_add_uint(&head, LW_OPTION_CONTENT_FORMAT, 112);
        lw_exchange_reply(self->exchange, ticket, &head, self->requests % 3 ? self->body : NULL);
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        Owner *self = user;
        LwOperationScratch scratch;
        LwRequest request = { .now = now };
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(message->payload_length, <=, LW_BODY_MAX);
        self->requests++;
        self->key = lw_exchange_key(message);
        if (!lw_operation_parse(message, &scratch, &request, &error))
                lw_exchange_reply_status(
                                self->exchange, ticket, lw_status_of_error(error), error->message);
        else if (self->requests % 4 == 0 && self->ticket_count < TICKETS_MAX)
                self->tickets[self->ticket_count++] = ticket;
        else
                answer(self, ticket);
}

static LwSink *on_receive(
                void *user, const LwMessage *first, uint64_t size, LwNow now, GError **error)
{
        Owner *self = user;

        (void) size;
        (void) now;
        if (first->token_length == 3) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_PERMITTED, "not here");
                return NULL;
        }
        if (self->sink.is_open || self->sink.done || first->token_length == 2)
                return NULL;
        self->sink.sink.ops = &sink_ops;
        self->sink.is_open = true;
        return &self->sink.sink;
}

static void on_refused(void *user, const uint8_t *token, size_t token_length, LwNow now)
{
        (void) user;
        (void) now;
        g_assert_true(token && token_length <= LW_TOKEN_MAX);
}

static const LwExchangeEvents events = {
        .request = on_request,
        .receive = on_receive,
        .refused = on_refused,
};

static void on_done(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        Owner *self = user;

        (void) now;
        g_assert_true((response == NULL) != (error == NULL));
        g_assert_true(self->exchange != NULL);
        if (response)
                g_assert_cmpuint(response->payload_length, <=, LW_BODY_MAX);
}

static void step_response(Owner *self, LwMessage *message)
{
        const LwMessage *last = lw_fake_last(self->fake);

        if (!last)
                return;
        message->token_length = last->token_length;
        memcpy(message->token, last->token, last->token_length);
        lw_fake_response(self->fake, message, self->now);
}

static void step_sink(Owner *self, bool well)
{
        g_autoptr(GError) error = NULL;
        LwSinkDone done = self->sink.done;

        if (!done)
                return;
        self->sink.done = NULL;
        if (!well)
                error = g_error_new_literal(LW_ERROR, LW_STATUS_FAILED, "full");
        done(self->sink.user, error);
}

static void step_notify(Owner *self, const uint8_t *data, size_t length)
{
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_NON, 0x45);
        head.token_length = (uint8_t) MIN(length, LW_TOKEN_MAX);
        memcpy(head.token, data, head.token_length);
        lw_message_add_uint(&head, LW_OPTION_OBSERVE, self->requests);
        lw_exchange_notify(
                        self->exchange, &head, self->body, self->key, length % 2, self->now, NULL);
}

static bool on_taken(
                void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error)
{
        Owner *self = user;

        g_assert_true(offset == 0 || offset == self->taken);
        g_assert_true(data || length == 0);
        self->taken = offset + length;
        if (self->taken < TAKEN_MAX)
                return true;
        g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED, "full");
        return false;
}

static void step_ask(Owner *self, unsigned how)
{
        LwExchangeHow bodies = {
                .block_size = how & 64 ? 16 : 0,
                .take = how & 128 && !(how & LW_EXCHANGE_OBSERVE) ? on_taken : NULL,
        };
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_CON, how & 1 ? LW_METHOD_FETCH : LW_METHOD_GET);
        lw_message_add_text(&head, LW_OPTION_URI_PATH, "3");
        if (how & LW_EXCHANGE_OBSERVE)
                lw_message_add_uint(&head, LW_OPTION_OBSERVE, 0);
        if (how & 16)
                lw_exchange_drop(self->exchange, self->errand);
        if (how & 32)
                lw_exchange_cancel(self->exchange, self->errand, &head, LW_USEC_PER_SEC, on_done,
                                self, self->now, NULL);
        else
                self->errand = lw_exchange_request_how(self->exchange, &head,
                                how & 8 ? self->body : NULL, &bodies, 60 * LW_USEC_PER_SEC,
                                (LwExchangeFlags) (how & 7), on_done, self, self->now, NULL);
}

static void step_fail(Owner *self, unsigned how)
{
        const LwMessage *last = lw_fake_last(self->fake);

        if (!last)
                return;
        if (how % 4 == 3)
                lw_fake_reset(self->fake, last->mid, self->now);
        else
                lw_fake_failed(self->fake, lw_fake_count(self->fake) - 1,
                                (LwTransportFailure) (how % 4), self->now);
}

/** A datagram, and `more` like it that have the next message ids. */
static void step_request(Owner *self, LwMessage *message, unsigned more)
{
        for (unsigned i = 0; i <= more; i++, message->mid++)
                lw_fake_request(self->fake, message, self->now);
}

/** What goes out in blocks is no longer than the link takes. */
static void check_sent(const Owner *self)
{
        const LwMessage *last = lw_fake_last(self->fake);

        if (last && lw_message_find(last, LW_OPTION_BLOCK2) && !lw_message_is_request(last))
                g_assert_cmpuint(lw_message_size(last), <=, self->fake->limit);
}

static void take_step(Owner *self, Step step, unsigned more, const uint8_t *data, size_t length)
{
        unsigned how = length > 0 ? data[0] : 0;
        LwMessage message;

        switch (step) {
        case STEP_REQUEST:
                if (lw_coap_wire_decode(data, length, &message) && lw_message_is_request(&message))
                        step_request(self, &message, more);
                break;
        case STEP_RESPONSE:
                if (lw_coap_wire_decode(data, length, &message) && message.code >= 64)
                        step_response(self, &message);
                break;
        case STEP_WAIT:
                self->now.boot += length * LW_USEC_PER_SEC;
                lw_exchange_run(self->exchange, self->now);
                g_assert_cmpuint(lw_exchange_deadline(self->exchange), >, self->now.boot);
                break;
        case STEP_ANSWER:
                if (self->ticket_count > 0)
                        answer(self, self->tickets[--self->ticket_count]);
                break;
        case STEP_SINK:
                step_sink(self, how == 0);
                break;
        case STEP_NOTIFY:
                step_notify(self, data, length);
                break;
        case STEP_ASK:
                step_ask(self, how);
                break;
        case STEP_FAIL:
                step_fail(self, how);
                break;
        case STEPS:
                break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static uint8_t bytes[3000];
        LwReader reader = lw_reader(data, size);
        Owner self = { .now = { .boot = LW_USEC_PER_SEC } };
        const uint8_t *rest;
        uint64_t length;
        uint8_t step;

        self.body = lw_blob_new_copy(bytes, sizeof(bytes));
        self.fake = lw_fake_new();
        if (size % 3 == 0)
                self.fake->limit = SMALL_LINK; /* every block must be cut to it */
        self.exchange = lw_exchange_new(&self.fake->transport, &events, &self);
        for (unsigned i = 0; i < STEPS_MAX; i++) {
                if (!lw_reader_u8(&reader, &step) || !lw_reader_uint(&reader, 2, &length))
                        break;
                length = MIN(length, reader.left);
                if (!lw_reader_take(&reader, length, &rest))
                        break;
                take_step(&self, (Step) (step % STEPS), step / STEPS, rest, length);
                check_sent(&self);
        }
        if (size % 2)
                lw_fake_down(self.fake, "gone", self.now);
        lw_exchange_free(g_steal_pointer(&self.exchange));
        g_assert_false(self.sink.is_open || self.sink.done);
        lw_fake_free(self.fake);
        lw_blob_unref(self.body);
        return 0;
}
