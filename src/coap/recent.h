/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCoapRecent: Non-confirmable messages of ours that a RST may still name. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "exchange/transport.h"

/* NON messages of ours whose RST we would still know. */
#define LW_COAP_RECENT_MAX 128

/** LwCoapRecent: who sent the last ones of one context, by message id. Zeroed memory is empty. */
typedef struct LwCoapRecent {
        unsigned next;
        struct {
                LwTransport *transport; /* NULL: empty, or it is gone */
                uint16_t mid;
        } all[LW_COAP_RECENT_MAX];
} LwCoapRecent;

void lw_coap_recent_add(LwCoapRecent *self, LwTransport *transport, uint16_t mid);
/** The transport is gone. */
void lw_coap_recent_forget(LwCoapRecent *self, const LwTransport *transport);
/** A RST came for this message id: tells whoever sent it, once. */
void lw_coap_recent_reset(LwCoapRecent *self, uint16_t mid, LwNow now);

/** The message id in the line that libcoap logs for each RST ("got RST for mid=0x1a2b"). False for
 * other lines. */
bool lw_coap_parse_reset(const char *line, uint16_t *ret_mid);
