/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcoap tells of a context: requests, responses, and messages that failed. */
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/log.h"
#include "coap/context.h"
#include "coap/inside.h"
#include "coap/oscore.h"
#include "coap/pdu.h"
#include "model/status.h"

static void refuse(coap_pdu_t *response, LwStatus status)
{
        coap_pdu_set_code(response, (coap_pdu_code_t) lw_status_to_code(status));
}

static void write_reply(coap_pdu_t *response, const LwMessage *reply, size_t limit)
{
        size_t size = lw_message_size(reply);

        if (size > limit || !lw_pdu_fill(response, reply)) {
                lw_log(G_LOG_LEVEL_WARNING, "an answer of %zu bytes does not fit into one message",
                                size);
                refuse(response, LW_STATUS_FAILED);
        }
}

/*
 * libcoap hands up a plain message from the address of a peer with whom it speaks by OSCORE, and
 * anybody could send that. False: this is one.
 */
static bool is_from_peer(LwCoapTransport *peer)
{
        LwOscoreBytes kid;
        bool is_protected;

        if (!peer->has_oscore)
                return true;
        is_protected = lw_oscore_was_protected(&kid);
        if (is_protected) {
                peer->guarded = true;
                if (kid.length > 0)
                        peer->kid = kid;
        }
        return is_protected || !peer->guarded;
}

static void on_request(coap_resource_t *resource, coap_session_t *session,
                const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
        LwCoap *self = coap_get_app_data(coap_session_get_context(session));
        LwCoapTransport *peer = coap_session_get_app_data(session);
        LwMessage message;
        LwMessage reply;
        size_t limit;
        bool leaves_ack;

        (void) resource;
        (void) query;
        self->heard++;
        if (self->closed)
                return;
        if (self->manner != LW_COAP_ANSWERS) {
                if (self->manner == LW_COAP_RESETS)
                        coap_send_rst(session, request);
                /* of this type there is no empty message: libcoap sends nothing */
                coap_pdu_set_type(response, COAP_MESSAGE_NON);
                return;
        }
        /* libcoap would answer with the id of the request, which may be one that we have just used
         * ourselves. */
        if (coap_pdu_get_type(request) == COAP_MESSAGE_NON)
                coap_pdu_set_mid(response, coap_new_message_id(session));
        if (peer == NULL && self->role->accept != NULL)
                peer = self->role->accept(self->user, session);
        if (peer == NULL) {
                refuse(response, LW_STATUS_UNAVAILABLE);
                return;
        }
        if (!is_from_peer(peer)) {
                refuse(response, LW_STATUS_UNAUTHORIZED);
                return;
        }
        if (!lw_pdu_read(request, &message)) {
                refuse(response, LW_STATUS_BAD_REQUEST);
                return;
        }
        peer->heard = true;
        limit = peer->limit_bytes; /* the peer may be gone when its owner returns */
        leaves_ack = peer->transport.ops->leaves_ack;
        lw_message_init(&reply, message.type == LW_MESSAGE_CON ? LW_MESSAGE_ACK : LW_MESSAGE_NON,
                        0);
        if (peer->transport.events->request(
                            peer->transport.user, &message, &reply, lw_driver_now(self->driver)))
                write_reply(response, &reply, limit);
        else if (leaves_ack)
                coap_pdu_set_type(response, COAP_MESSAGE_NON);
        /* Else the code stays 0: for that libcoap sends nothing of type NON, else an empty ACK. */
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                const coap_pdu_t *received, const coap_mid_t mid)
{
        LwCoap *self = coap_get_app_data(coap_session_get_context(session));
        LwCoapTransport *peer = coap_session_get_app_data(session);
        LwMessage message;
        bool wanted = false;

        (void) sent;
        (void) mid;
        self->heard++;
        /* A server that knows the context no more can say so in plain alone. Source: RFC 8613, 7.4,
         * 8.2. */
        if (peer != NULL && !is_from_peer(peer) && coap_pdu_get_code(received) >> 5 < 4)
                return COAP_RESPONSE_FAIL;
        if (peer != NULL && !self->closed && lw_pdu_read(received, &message)) {
                peer->heard = true;
                wanted = peer->transport.events->response(
                                peer->transport.user, &message, lw_driver_now(self->driver));
        }
        /* An ACK is never answered, not even one that nobody waits for. Source: RFC 7252, 4.2. */
        return wanted || coap_pdu_get_type(received) == COAP_MESSAGE_ACK ? COAP_RESPONSE_OK
                                                                         : COAP_RESPONSE_FAIL;
}

static void report_unreachable(LwCoap *self, LwCoapTransport *peer, const coap_pdu_t *sent)
{
        LwMessage message;

        if (!peer->heard && self->role->unreachable != NULL && lw_pdu_read(sent, &message))
                self->role->unreachable(peer, &message);
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                const coap_nack_reason_t reason, const coap_mid_t mid)
{
        static const LwTransportFailure failures[] = {
                [COAP_NACK_TOO_MANY_RETRIES] = LW_TRANSPORT_TIMED_OUT,
                [COAP_NACK_NOT_DELIVERABLE] = LW_TRANSPORT_CLOSED,
                [COAP_NACK_RST] = LW_TRANSPORT_RESET,
                [COAP_NACK_TLS_FAILED] = LW_TRANSPORT_CLOSED,
        };
        LwCoap *self = coap_get_app_data(coap_session_get_context(session));
        LwCoapTransport *peer = coap_session_get_app_data(session);
        coap_bin_const_t token;

        if (peer == NULL || self->closed)
                return;
        if (sent == NULL) {
                if (reason == COAP_NACK_RST)
                        lw_coap_recent_reset(
                                        &self->recent, (uint16_t) mid, lw_driver_now(self->driver));
                return;
        }
        if (reason == COAP_NACK_ICMP_ISSUE) {
                /* The message stays in libcoap's queue, and will be reported again, also as timed
                 * out. */
                report_unreachable(self, peer, sent);
                return;
        }
        if ((size_t) reason >= G_N_ELEMENTS(failures))
                return;
        token = coap_pdu_get_token(sent);
        peer->transport.events->failed(peer->transport.user, token.s, token.length,
                        failures[reason], lw_driver_now(self->driver));
}

/* A handshake that fails is told by one of the last two, or by both. */
static int on_event(coap_session_t *session, const coap_event_t event)
{
        LwCoap *self = coap_get_app_data(coap_session_get_context(session));
        LwCoapTransport *peer = coap_session_get_app_data(session);

        if (peer == NULL || self->closed)
                return 0;
        if (event == COAP_EVENT_DTLS_CONNECTED && self->role->secured != NULL)
                self->role->secured(peer);
        if ((event == COAP_EVENT_DTLS_CLOSED || event == COAP_EVENT_DTLS_ERROR) &&
                        self->role->closed != NULL)
                self->role->closed(peer);
        return 0;
}

static bool add_resource(coap_context_t *context, coap_resource_t *resource)
{
        if (resource == NULL)
                return false;
        for (int method = LW_METHOD_GET; method <= LW_METHOD_IPATCH; method++)
                coap_register_request_handler(resource, (coap_request_t) method, on_request);
        coap_add_resource(context, resource);
        return true;
}

bool lw_coap_make_context(LwCoap *self, bool secure)
{
        /* libcoap answers for this one itself, unless it is there. */
        static coap_str_const_t well_known = { sizeof(".well-known/core") - 1,
                (const uint8_t *) ".well-known/core" };

        self->context = lw_coap_new_context(secure);
        if (self->context == NULL)
                return false;
        coap_set_app_data(self->context, self);
        coap_register_response_handler(self->context, on_response);
        coap_register_nack_handler(self->context, on_nack);
        coap_register_event_handler(self->context, on_event);
        return add_resource(self->context, coap_resource_unknown_init2(on_request, 0)) &&
               add_resource(self->context, coap_resource_init(&well_known, 0));
}
