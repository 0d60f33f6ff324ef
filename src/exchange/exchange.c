/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both directions of CoAP with one peer, joined on one transport. */
#include "exchange/exchange.h"

#include <string.h>

#include <glib.h>

#include "exchange/answer.h"
#include "exchange/incoming.h"
#include "exchange/outgoing.h"
#include "exchange/wire.h"

struct LwExchange {
        LwWire wire;
        LwIncoming incoming;
        LwOutgoing outgoing;
        unsigned depth; /* events under way: the memory stays until the outermost is over */
};

/* Every event calls out, and whoever is called may free the exchange. */

static LwExchange *enter(void *user, LwNow now)
{
        LwExchange *self = user;

        self->depth++;
        self->wire.now = now;
        return self;
}

static void dispose(LwExchange *self)
{
        self->wire.transport->ops->close(self->wire.transport);
        lw_incoming_clear(&self->incoming);
        lw_outgoing_clear(&self->outgoing);
        g_free(self);
}

static void leave(LwExchange *self)
{
        if (--self->depth == 0 && self->wire.closed)
                dispose(self);
}

void lw_exchange_free(LwExchange *self)
{
        if (!self)
                return;
        self->wire.closed = true;
        lw_incoming_close(&self->incoming);
        lw_outgoing_close(&self->outgoing);
        if (self->depth == 0)
                dispose(self);
}

/* What the transport tells */

static void on_stage(void *user, LwTransportStage stage)
{
        LwExchange *self = user;

        if (self->wire.events->stage && !self->wire.closed)
                self->wire.events->stage(self->wire.user, stage);
}

static void on_up(void *user, LwNow now)
{
        LwExchange *self = enter(user, now);

        self->wire.is_up = true;
        self->wire.is_stream = self->wire.transport->ops->is_stream(self->wire.transport);
        self->wire.limit = self->wire.transport->ops->limit(self->wire.transport);
        self->incoming.dedup.is_stream = self->wire.is_stream;
        if (self->wire.events->up)
                self->wire.events->up(self->wire.user, now);
        lw_outgoing_up(&self->outgoing);
        leave(self);
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        LwExchange *self = enter(user, now);

        self->wire.is_up = false;
        self->wire.is_down = true;
        lw_incoming_close(&self->incoming);
        if (self->wire.events->down)
                self->wire.events->down(self->wire.user, reason, now);
        lw_outgoing_down(&self->outgoing, reason);
        leave(self);
}

static bool on_request(void *user, const LwMessage *request, LwMessage *ret_reply, LwNow now)
{
        LwExchange *self = enter(user, now);
        bool answered;

        lw_wire_note_received(&self->wire, request);
        answered = lw_incoming_request(&self->incoming, request, ret_reply);
        leave(self);
        return answered;
}

static bool on_response(void *user, const LwMessage *response, LwNow now)
{
        LwExchange *self = enter(user, now);
        bool wanted;

        lw_wire_note_received(&self->wire, response);
        wanted = lw_outgoing_response(&self->outgoing, response);
        leave(self);
        return wanted;
}

static void refuse(LwExchange *self, const uint8_t *token, size_t token_length)
{
        if (self->wire.events->refused && !self->wire.closed)
                self->wire.events->refused(self->wire.user, token, token_length, self->wire.now);
}

static void on_failed(void *user, const uint8_t *token, size_t token_length, LwTransportFailure why,
                LwNow now)
{
        LwExchange *self = enter(user, now);

        if (why == LW_TRANSPORT_TIMED_OUT)
                self->wire.counters.lost++;
        if (!lw_outgoing_failed(&self->outgoing, token, token_length, why)) {
                if (why == LW_TRANSPORT_RESET)
                        refuse(self, token, token_length);
                else if (why == LW_TRANSPORT_TIMED_OUT && self->wire.events->undelivered &&
                                !self->wire.closed)
                        self->wire.events->undelivered(self->wire.user, token, token_length, now);
        }
        leave(self);
}

static void on_settled(void *user, LwNow now)
{
        LwExchange *self = enter(user, now);

        if (self->wire.events->settled && !self->wire.closed)
                self->wire.events->settled(self->wire.user, now);
        leave(self);
}

static void on_reset(void *user, uint16_t mid, LwNow now)
{
        LwExchange *self = enter(user, now);
        uint8_t token[LW_TOKEN_MAX];
        size_t token_length;

        if (lw_unconfirmed_take(&self->wire.unconfirmed, mid, token, &token_length) &&
                        !lw_outgoing_failed(
                                        &self->outgoing, token, token_length, LW_TRANSPORT_RESET))
                refuse(self, token, token_length);
        leave(self);
}

static const LwTransportEvents transport_events = {
        .stage = on_stage,
        .up = on_up,
        .down = on_down,
        .request = on_request,
        .response = on_response,
        .failed = on_failed,
        .reset = on_reset,
        .settled = on_settled,
};

LwExchange *lw_exchange_new(LwTransport *transport, const LwExchangeEvents *events, void *user)
{
        LwExchange *self = g_new0(LwExchange, 1);

        self->wire.transport = transport;
        self->wire.events = events;
        self->wire.user = user;
        self->wire.is_up = true; /* a listener's is; one that is started comes up by itself */
        self->wire.is_stream = transport->ops->is_stream(transport);
        self->wire.limit = transport->ops->limit(transport);
        lw_incoming_init(&self->incoming, &self->wire);
        lw_outgoing_init(&self->outgoing, &self->wire);
        transport->events = &transport_events;
        transport->user = self;
        return self;
}

void lw_exchange_start(LwExchange *self)
{
        self->wire.is_up = false;
        self->wire.transport->ops->start(self->wire.transport);
}

/* Ours out */

static LwErrandItem *make_errand(LwExchange *self, const LwMessage *head, LwBlob *body,
                const LwExchangeHow *how, LwExchangeFlags flags, GError **error)
{
        if (self->wire.is_down || self->wire.closed) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "the connection ended");
                return NULL;
        }
        if (head->option_count > LW_OPTIONS_MAX - LW_ERRAND_OPTIONS) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "a request of %u options; there is room for %d", head->option_count,
                                LW_OPTIONS_MAX - LW_ERRAND_OPTIONS);
                return NULL;
        }
        return lw_errand_new(head, body, how, self->wire.limit, flags);
}

LwErrand lw_exchange_request(LwExchange *self, const LwMessage *head, LwBlob *body,
                LwUsec timeout_usec, LwExchangeFlags flags, LwExchangeDone done, void *user,
                LwNow now, GError **error)
{
        static const LwExchangeHow how = {};

        return lw_exchange_request_how(
                        self, head, body, &how, timeout_usec, flags, done, user, now, error);
}

LwErrand lw_exchange_request_how(LwExchange *self, const LwMessage *head, LwBlob *body,
                const LwExchangeHow *how, LwUsec timeout_usec, LwExchangeFlags flags,
                LwExchangeDone done, void *user, LwNow now, GError **error)
{
        LwErrandItem *errand = make_errand(self, head, body, how, flags, error);

        if (!errand)
                return 0;
        self->wire.now = now;
        errand->timeout = timeout_usec;
        errand->done = done;
        errand->user = user;
        return lw_outgoing_request(&self->outgoing, errand, error);
}

bool lw_exchange_progress(
                const LwExchange *self, LwErrand errand, uint64_t *ret_sent, uint64_t *ret_received)
{
        const LwErrandItem *item = lw_outgoing_find(&self->outgoing, errand);

        if (!item)
                return false;
        *ret_sent = item->sent;
        *ret_received = item->received;
        return true;
}

LwErrand lw_exchange_cancel(LwExchange *self, LwErrand observing, const LwMessage *head,
                LwUsec timeout_usec, LwExchangeDone done, void *user, LwNow now, GError **error)
{
        const LwErrandItem *observed = lw_outgoing_find(&self->outgoing, observing);
        LwExchangeHow how = { .answer_max = observed ? observed->answer_max : 0 };
        LwErrandItem *errand = make_errand(self, head, observed ? observed->body : NULL, &how,
                        LW_EXCHANGE_PLAIN, error);

        if (!errand)
                return 0;
        self->wire.now = now;
        errand->watch = observed ? observed->watch : 0;
        errand->timeout = timeout_usec;
        errand->done = done;
        errand->user = user;
        lw_outgoing_drop(&self->outgoing, observing);
        return lw_outgoing_request(&self->outgoing, errand, error);
}

void lw_exchange_drop(LwExchange *self, LwErrand errand)
{
        lw_outgoing_drop(&self->outgoing, errand);
}

bool lw_exchange_notify(LwExchange *self, const LwMessage *head, LwBlob *body, uint64_t key,
                bool confirmable, LwNow now, GError **error)
{
        LwBlock wanted;
        bool has_wanted = lw_message_find_block(head, LW_OPTION_BLOCK2, &wanted, NULL);
        uint8_t buffer[LW_BLOCK_SIZE];
        LwMessage message;

        self->wire.now = now;
        lw_message_copy_head(&message, head);
        message.type = confirmable ? LW_MESSAGE_CON : LW_MESSAGE_NON;
        lw_message_remove(&message, LW_OPTION_BLOCK2);
        wanted.number = 0;
        if (body && !lw_answer_attach(&self->incoming, &message, (LwKey){ key, key },
                                    has_wanted ? &wanted : NULL, body, buffer, error))
                return false;
        return lw_wire_send(&self->wire, &message, error);
}

/* Theirs in: the answers */

void lw_exchange_reply(LwExchange *self, LwTicket ticket, const LwMessage *head, LwBlob *body)
{
        lw_incoming_reply(&self->incoming, ticket, head, body);
}

void lw_exchange_reply_status(
                LwExchange *self, LwTicket ticket, LwStatus status, const char *diagnostic)
{
        lw_incoming_reply_status(&self->incoming, ticket, status, diagnostic);
}

/* Time, and what is to be seen */

LwUsec lw_exchange_deadline(const LwExchange *self)
{
        return lw_usec_min(lw_incoming_deadline(&self->incoming),
                        lw_outgoing_deadline(&self->outgoing));
}

void lw_exchange_run(LwExchange *self, LwNow now)
{
        enter(self, now);
        lw_incoming_run(&self->incoming);
        lw_outgoing_run(&self->outgoing);
        leave(self);
}

char *lw_exchange_identity(const LwExchange *self)
{
        const LwTransport *transport = self->wire.transport;

        return transport->ops->identity ? transport->ops->identity(transport) : NULL;
}

void lw_exchange_secured(const LwExchange *self, LwSecured *ret_secured)
{
        const LwTransport *transport = self->wire.transport;

        if (transport->ops->secured)
                transport->ops->secured(transport, ret_secured);
        else
                *ret_secured = (LwSecured){};
}

char *lw_exchange_address(const LwExchange *self, LwTransportEnd end)
{
        return self->wire.transport->ops->address(self->wire.transport, end);
}

bool lw_exchange_is_up(const LwExchange *self)
{
        return self->wire.is_up && !self->wire.closed;
}

LwExchangeCounters lw_exchange_counters(const LwExchange *self)
{
        return self->wire.counters;
}

LwUsec lw_exchange_active(const LwExchange *self)
{
        return self->wire.active;
}

LwTraffic lw_exchange_traffic(const LwExchange *self)
{
        LwTransport *transport = self->wire.transport;

        return transport->ops->traffic ? transport->ops->traffic(transport) : (LwTraffic){};
}

void lw_exchange_set_trace(LwExchange *self, LwExchangeTrace trace, void *user)
{
        self->wire.trace = trace;
        self->wire.trace_user = user;
}
