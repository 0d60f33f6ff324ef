/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport on nothing: keeps what is sent, and lets a test play the peer. */
#include "lib/fake-transport.h"

#include <string.h>

#include <glib.h>

#include "exchange/kept.h"

/* A message sent, which points into what was kept of it. */
typedef struct Sent {
        LwKept *kept;
        LwMessage message;
} Sent;

static void sent_free(void *item)
{
        Sent *sent = item;

        lw_kept_free(sent->kept);
        g_free(sent);
}

static LwFake *fake_of(const LwTransport *transport)
{
        return (LwFake *) transport; /* which is its first member */
}

static void record(LwFake *self, const LwMessage *message, uint16_t mid)
{
        Sent *sent = g_new0(Sent, 1);

        sent->kept = lw_kept_new(message);
        lw_kept_message(sent->kept, &sent->message);
        sent->message.mid = mid;
        g_ptr_array_add(self->sent, sent);
}

static void fake_start(LwTransport *transport)
{
        LwFake *self = fake_of(transport);

        self->is_started = true;
        if (transport->events->stage)
                transport->events->stage(transport->user, LW_TRANSPORT_CONNECTING);
}

static bool fake_send(
                LwTransport *transport, const LwMessage *message, uint16_t *ret_mid, GError **error)
{
        LwFake *self = fake_of(transport);

        if (self->refuses || self->is_closed) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "the fake refuses");
                return false;
        }
        if (message->type == LW_MESSAGE_ACK)
                *ret_mid = message->mid;
        else
                *ret_mid = self->is_stream ? 0 : self->next_mid++;
        record(self, message, *ret_mid);
        return true;
}

static void fake_close(LwTransport *transport)
{
        fake_of(transport)->is_closed = true;
}

static char *fake_address(const LwTransport *transport, LwTransportEnd end)
{
        (void) transport;
        return g_strdup(end == LW_TRANSPORT_LOCAL ? "192.0.2.1:40000" : "192.0.2.2:5683");
}

static bool fake_is_stream(const LwTransport *transport)
{
        return fake_of(transport)->is_stream;
}

static uint16_t fake_limit(const LwTransport *transport)
{
        return fake_of(transport)->limit;
}

static const LwTransportOps fake_ops = {
        .start = fake_start,
        .send = fake_send,
        .close = fake_close,
        .address = fake_address,
        .is_stream = fake_is_stream,
        .limit = fake_limit,
};

void lw_fake_leave_ack(LwFake *self)
{
        static LwTransportOps ops;

        ops = fake_ops;
        ops.leaves_ack = true;
        self->transport.ops = &ops;
}

LwFake *lw_fake_new(void)
{
        LwFake *self = g_new0(LwFake, 1);

        self->transport.ops = &fake_ops;
        self->sent = g_ptr_array_new_with_free_func(sent_free);
        self->next_mid = 1000;
        self->limit = LW_MESSAGE_MAX;
        return self;
}

void lw_fake_free(LwFake *self)
{
        if (!self)
                return;
        g_ptr_array_unref(self->sent);
        g_free(self);
}

size_t lw_fake_count(const LwFake *self)
{
        return self->sent->len;
}

const LwMessage *lw_fake_sent(const LwFake *self, size_t index)
{
        Sent *sent = index < self->sent->len ? g_ptr_array_index(self->sent, index) : NULL;

        return sent ? &sent->message : NULL;
}

const LwMessage *lw_fake_last(const LwFake *self)
{
        return self->sent->len == 0 ? NULL : lw_fake_sent(self, self->sent->len - 1);
}

void lw_fake_forget(LwFake *self)
{
        g_ptr_array_set_size(self->sent, 0);
}

void lw_fake_up(LwFake *self, LwNow now)
{
        self->transport.events->up(self->transport.user, now);
}

void lw_fake_down(LwFake *self, const char *reason, LwNow now)
{
        g_autoptr(GError) error = g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE, reason);

        self->transport.events->down(self->transport.user, error, now);
}

bool lw_fake_request(LwFake *self, const LwMessage *request, LwNow now)
{
        LwMessage reply;

        lw_message_init(&reply, LW_MESSAGE_ACK, 0);
        reply.mid = request->mid;
        if (!self->transport.events->request(self->transport.user, request, &reply, now))
                return false;
        record(self, &reply, reply.mid);
        return true;
}

bool lw_fake_response(LwFake *self, const LwMessage *response, LwNow now)
{
        return self->transport.events->response(self->transport.user, response, now);
}

void lw_fake_failed(LwFake *self, size_t index, LwTransportFailure why, LwNow now)
{
        const LwMessage *message = lw_fake_sent(self, index);

        self->transport.events->failed(
                        self->transport.user, message->token, message->token_length, why, now);
}

void lw_fake_reset(LwFake *self, uint16_t mid, LwNow now)
{
        self->transport.events->reset(self->transport.user, mid, now);
}

void lw_fake_settled(LwFake *self, LwNow now)
{
        self->transport.events->settled(self->transport.user, now);
}

void lw_fake_answer(LwMessage *ret_message, const LwMessage *request, uint8_t code, bool separate)
{
        lw_message_init(ret_message, separate ? LW_MESSAGE_CON : LW_MESSAGE_ACK, code);
        ret_message->mid = separate ? (uint16_t) (request->mid + 30000) : request->mid;
        ret_message->token_length = request->token_length;
        memcpy(ret_message->token, request->token, request->token_length);
}

/* The factory */

static LwTransport *factory_open(LwTransportFactory *factory, const LwPeer *peer, GError **error)
{
        LwFakeFactory *self = (LwFakeFactory *) factory; /* its first member */
        LwFake *fake;

        if (self->fails_with != 0) {
                g_set_error_literal(error, LW_ERROR, (int) self->fails_with, "the fake refuses");
                return NULL;
        }
        fake = lw_fake_new();
        fake->is_stream = lw_scheme_is_stream(peer->uri.scheme);
        g_ptr_array_add(self->opened, fake);
        return &fake->transport;
}

LwFakeFactory *lw_fake_factory_new(void)
{
        LwFakeFactory *self = g_new0(LwFakeFactory, 1);

        self->factory.open = factory_open;
        self->opened = g_ptr_array_new_with_free_func((GDestroyNotify) lw_fake_free);
        return self;
}

void lw_fake_factory_free(LwFakeFactory *self)
{
        if (!self)
                return;
        g_ptr_array_unref(self->opened);
        g_free(self);
}

LwFake *lw_fake_factory_last(const LwFakeFactory *self)
{
        return self->opened->len == 0 ? NULL
                                      : g_ptr_array_index(self->opened, self->opened->len - 1);
}
