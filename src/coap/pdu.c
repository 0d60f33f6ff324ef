/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMessage to libcoap's PDU and back, without a copy on the way in. */
#include "coap/pdu.h"

#include <string.h>

#include <glib.h>

#include "coap/options.h"

/* Version, type, token length, code and message id. Source: RFC 7252, 3. */
#define HEADER_BYTES 4

static const coap_pdu_type_t pdu_types[] = {
        [LW_MESSAGE_CON] = COAP_MESSAGE_CON,
        [LW_MESSAGE_NON] = COAP_MESSAGE_NON,
        [LW_MESSAGE_ACK] = COAP_MESSAGE_ACK,
        [LW_MESSAGE_RST] = COAP_MESSAGE_RST,
};

static LwMessageType type_of(const coap_pdu_t *pdu)
{
        switch (coap_pdu_get_type(pdu)) {
        case COAP_MESSAGE_CON:
                return LW_MESSAGE_CON;
        case COAP_MESSAGE_NON:
                return LW_MESSAGE_NON;
        case COAP_MESSAGE_ACK:
                return LW_MESSAGE_ACK;
        case COAP_MESSAGE_RST:
                break;
        }
        return LW_MESSAGE_RST;
}

bool lw_pdu_read(const coap_pdu_t *pdu, LwMessage *ret_message)
{
        coap_bin_const_t token = coap_pdu_get_token(pdu);
        coap_opt_iterator_t rest;

        lw_message_init(ret_message, type_of(pdu), (uint8_t) coap_pdu_get_code(pdu));
        ret_message->mid = (uint16_t) coap_pdu_get_mid(pdu);
        if (token.length > LW_TOKEN_MAX)
                return false;
        ret_message->token_length = (uint8_t) token.length;
        memcpy(ret_message->token, token.s, token.length);
        if (coap_option_iterator_init(pdu, &rest, COAP_OPT_ALL) == NULL)
                return true; /* nothing behind the token */
        /* libcoap has checked these bytes; its iterator would parse each option three times more.
         */
        return lw_options_read(rest.next_option, rest.next_option + rest.length, ret_message);
}

bool lw_pdu_fill(coap_pdu_t *pdu, const LwMessage *message)
{
        coap_pdu_set_code(pdu, (coap_pdu_code_t) message->code);
        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];

                if (coap_add_option(pdu, option->number, option->length, option->value) == 0)
                        return false;
        }
        return message->payload_length == 0 ||
               coap_add_data(pdu, message->payload_length, message->payload) == 1;
}

coap_pdu_t *lw_pdu_new(coap_session_t *session, const LwMessage *message, size_t limit)
{
        bool numbered = message->type == LW_MESSAGE_CON || message->type == LW_MESSAGE_NON;
        coap_mid_t mid = numbered ? coap_new_message_id(session) : message->mid;
        coap_pdu_t *pdu;

        if (limit <= HEADER_BYTES)
                return NULL;
        pdu = coap_pdu_init(pdu_types[message->type], (coap_pdu_code_t) message->code, mid,
                        MIN(limit - HEADER_BYTES, coap_session_max_pdu_size(session)));
        if (pdu == NULL)
                return NULL;
        if (coap_add_token(pdu, message->token_length, message->token) == 0 ||
                        !lw_pdu_fill(pdu, message)) {
                coap_delete_pdu(pdu);
                return NULL;
        }
        return pdu;
}
