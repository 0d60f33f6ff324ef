/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of LwCoap, for its own parts: the context, and what libcoap tells of it. */
#pragma once

#include <stdbool.h>

#include <coap3/coap.h>
#include <glib.h>
#include <systemd/sd-event.h>

#include "coap/credentials.h"
#include "coap/libcoap.h"
#include "coap/recent.h"
#include "exchange/transport.h"
#include "io/driver.h"

struct LwCoap {
        LwDriver *driver;
        coap_context_t *context;
        sd_event_source *source;
        const LwCoapRole *role;
        void *user;
        unsigned inside; /* how deep we are in calls into this context */
        unsigned heard;  /* requests and responses that came */
        unsigned turns;  /* of the loop, in which something came */
        bool crowded;    /* more than one datagram came at a time */
        LwCoapManner manner;
        bool closed;
        bool arming;    /* arm_now() is on its way */
        bool unsettled; /* a CON message was sent, and may be unacknowledged still */
        LwTraffic traffic;
        GPtrArray *leaving; /* sessions to be released when we are outside again */
        LwCoapRecent recent;
        LwHandshake handshake; /* of its sessions */
};

/** Makes `self->context`, whose messages come to the transports' events. False: libcoap does not.
 */
bool lw_coap_make_context(LwCoap *self, bool secure);
