/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUnconfirmed: which token the last Non-confirmable messages of ours had. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/message.h"

/**
 * LwUnconfirmed: a ring of message ids and tokens, as a RST has nothing but the message id.
 * Zeroed memory is empty. Source: RFC 7252, 4.3; RFC 7641, 3.6.
 */
typedef struct LwUnconfirmed {
        struct LwUnconfirmedEntry {
                uint16_t mid;
                uint8_t token_length;
                bool used;
                uint8_t token[LW_TOKEN_MAX];
        } entries[LW_UNCONFIRMED_MAX];
        unsigned next;
} LwUnconfirmed;

void lw_unconfirmed_add(LwUnconfirmed *self, const LwMessage *message, uint16_t mid);
/** The token of that message, which is forgotten with it. False: none of that id. */
bool lw_unconfirmed_take(LwUnconfirmed *self, uint16_t mid, uint8_t ret_token[static LW_TOKEN_MAX],
                size_t *ret_token_length);
