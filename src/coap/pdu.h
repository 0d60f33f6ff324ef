/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMessage to libcoap's PDU and back, without a copy on the way in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <coap3/coap.h>

#include "exchange/message.h"

/**
 * Fills `ret_message` from a PDU; options and payload point into it. False when it has more than
 * LW_OPTIONS_MAX options.
 */
bool lw_pdu_read(const coap_pdu_t *pdu, LwMessage *ret_message);

/** Code, options and payload into a PDU that has its token already. False when they do not fit. */
bool lw_pdu_fill(coap_pdu_t *pdu, const LwMessage *message);

/** A PDU for this session of at most `limit` bytes; NULL when the message does not fit. */
coap_pdu_t *lw_pdu_new(coap_session_t *session, const LwMessage *message, size_t limit);
