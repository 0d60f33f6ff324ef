/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConnection: an exchange for as long as it lives. */
#include "client/connection.h"

#include "exchange/operation.h"

struct LwConnection {
        LwExchange *exchange;
        unsigned references;
};

LwConnection *lw_connection_new(LwExchange *exchange)
{
        LwConnection *self = g_new(LwConnection, 1);

        *self = (LwConnection){ .exchange = exchange, .references = 1 };
        return self;
}

LwConnection *lw_connection_ref(LwConnection *self)
{
        self->references++;
        return self;
}

void lw_connection_unref(LwConnection *self)
{
        if (!self || --self->references > 0)
                return;
        lw_connection_close(self);
        g_free(self);
}

void lw_connection_close(LwConnection *self)
{
        g_clear_pointer(&self->exchange, lw_exchange_free);
}

LwExchange *lw_connection_exchange(const LwConnection *self)
{
        return self->exchange;
}

void lw_connection_answer(
                LwConnection *self, LwTicket ticket, const LwResponse *response, uint32_t sequence)
{
        LwMessage message;

        if (!self->exchange)
                return;
        if (!lw_status_is_success(response->status)) {
                lw_exchange_reply_status(
                                self->exchange, ticket, response->status, response->diagnostic);
                return;
        }
        lw_operation_answer(response, &message);
        if (sequence != LW_NO_SEQUENCE)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, sequence);
        lw_exchange_reply(self->exchange, ticket, &message, response->payload);
}
