/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a stream sends: the queue, our signals, and messages of its owner. */
#include <string.h>

#include "coap/frame.h"
#include "coap/stream-inside.h"
#include "model/status.h"

/* Options of signals. Source: RFC 8323, 5.3 to 5.6. */
#define OPTION_BLOCKWISE 4
#define OPTION_CUSTODY 2
#define OPTION_BAD_CSM 2

void lw_stream_flush(LwStream *self)
{
        g_autoptr(GError) error = NULL;
        LwTcpResult result = LW_TCP_DONE;
        size_t length;

        while (!lw_stream_is_over(self) && lw_stream_waiting(self) > 0 && result == LW_TCP_DONE) {
                result = lw_tcp_write(&self->tcp, self->out->data + self->out_begin,
                                lw_stream_waiting(self), &length, &error);
                if (result == LW_TCP_DONE) {
                        self->out_begin += length;
                        self->write_end = lw_stream_after(self, LW_STREAM_PATIENCE_USEC);
                }
        }
        if (result == LW_TCP_FAILED)
                lw_stream_fail(self, g_steal_pointer(&error));
        else if (result == LW_TCP_ENDED)
                lw_stream_end(self, "the peer closed the connection");
        if (lw_stream_waiting(self) > 0)
                return;
        self->write_end = LW_USEC_NEVER;
        self->out_begin = 0;
        g_byte_array_set_size(self->out, 0);
}

void lw_stream_push(LwStream *self, const LwMessage *message)
{
        if (lw_stream_waiting(self) == 0)
                self->write_end = lw_stream_after(self, LW_STREAM_PATIENCE_USEC);
        lw_frame_write(message, self->out);
        self->tcp.traffic.messages_sent++;
        lw_stream_flush(self);
        lw_stream_watch(self);
}

void lw_stream_greet(LwStream *self)
{
        LwMessage csm;

        lw_message_init(&csm, LW_MESSAGE_CON, LW_SIGNAL_CSM);
        lw_message_add_uint(&csm, LW_STREAM_OPTION_MAX_MESSAGE_SIZE, LW_STREAM_MESSAGE_DEFAULT);
        lw_message_add(&csm, OPTION_BLOCKWISE, NULL, 0);
        self->state = LW_STREAM_GREETING;
        lw_stream_push(self, &csm);
}

void lw_stream_abort(LwStream *self, uint32_t bad_option, const char *format, ...)
{
        g_autofree char *reason = NULL;
        LwMessage abort;
        va_list arguments;

        va_start(arguments, format);
        reason = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        lw_message_init(&abort, LW_MESSAGE_CON, LW_SIGNAL_ABORT);
        if (bad_option != 0)
                lw_message_add_uint(&abort, OPTION_BAD_CSM, bad_option);
        abort.payload = (const uint8_t *) reason;
        abort.payload_length = strlen(reason);
        lw_stream_push(self, &abort);
        lw_stream_fail(self,
                        g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                        "the peer breaks the rules of CoAP over TCP: %s", reason));
}

void lw_stream_ping(LwStream *self)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_SIGNAL_PING);
        lw_message_add(&message, OPTION_CUSTODY, NULL, 0);
        self->pinged = true;
        self->unsettled = false;
        self->pong_end = lw_stream_after(self, LW_STREAM_PATIENCE_USEC);
        lw_stream_push(self, &message);
}

/* TCP says nothing of what arrived; a Pong says that the notification ahead of its Ping was read.
 */
static bool wants_receipt(const LwMessage *message)
{
        return message->type == LW_MESSAGE_CON && !lw_message_is_request(message) &&
               lw_message_find(message, LW_OPTION_OBSERVE) != NULL;
}

bool lw_stream_send(LwStream *self, const LwMessage *message, GError **error)
{
        size_t size = lw_message_size(message);

        if (self->state != LW_STREAM_UP) {
                g_set_error_literal(
                                error, LW_ERROR, LW_STATUS_UNAVAILABLE, "there is no connection");
                return false;
        }
        if (size > self->limit) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "a message of %zu bytes does not fit into the %u that the peer "
                                "takes",
                                size, self->limit);
                return false;
        }
        if (lw_stream_waiting(self) + size > LW_STREAM_OUT_MAX) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the peer does not take what was sent before");
                return false;
        }
        lw_stream_push(self, message);
        if (wants_receipt(message)) {
                self->unsettled = true;
                if (!self->pinged)
                        lw_stream_ping(self);
        }
        return true;
}
