/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transport of an exchange, with what is counted and who watches. */
#include "exchange/wire.h"

#include <glib.h>

void lw_wire_note_sent(LwWire *self, const LwMessage *message)
{
        self->counters.sent++;
        self->active = self->now.boot;
        if (self->trace && !self->closed)
                self->trace(self->trace_user, true, message);
}

void lw_wire_note_received(LwWire *self, const LwMessage *message)
{
        self->counters.received++;
        self->active = self->now.boot;
        if (self->trace && !self->closed)
                self->trace(self->trace_user, false, message);
}

bool lw_wire_send(LwWire *self, const LwMessage *message, GError **error)
{
        uint16_t mid = 0;

        if (!self->is_up || self->closed) {
                g_set_error_literal(
                                error, LW_ERROR, LW_STATUS_UNAVAILABLE, "there is no connection");
                return false;
        }
        if (!self->transport->ops->send(self->transport, message, &mid, error))
                return false;
        if (message->type == LW_MESSAGE_NON && !self->is_stream)
                lw_unconfirmed_add(&self->unconfirmed, message, mid);
        lw_wire_note_sent(self, message);
        return true;
}

void lw_wire_acknowledge(LwWire *self, uint16_t mid)
{
        g_autoptr(GError) error = NULL;
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_ACK, 0);
        message.mid = mid;
        if (self->is_up && !self->closed &&
                        !self->transport->ops->send(self->transport, &message, &mid, &error))
                g_debug("acknowledgement not sent: %s", error->message);
}
