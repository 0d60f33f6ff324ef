/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestRd: the registration interface: Register, Update and De-register as messages. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/exchange.h"
#include "model/status.h"
#include "testserver/clients.h"
#include "testserver/keys.h"
#include "testserver/peers.h"

/**
 * LwMisbehaviour: how we fail on purpose, so that a client can show what it does then.
 *
 * Shape:  zeroed memory is good behaviour.
 */
typedef struct LwMisbehaviour {
        bool silent;      /* requests are acknowledged and never answered */
        bool deaf;        /* they are not even acknowledged */
        bool reset;       /* they are answered by RST */
        bool no_location; /* 2.01 does not say where the registration is */
        LwStatus status;  /* the answer to everything; 0: none */
        bool has_highest_version;
        LwVersion highest_version; /* a Register above it is answered 4.12 */
} LwMisbehaviour;

typedef struct LwTestRd {
        LwTestClients *clients;
        const LwTestKeys *keys; /* whose identities peers may have; NULL: there are none */
        LwMisbehaviour misbehaviour;
} LwTestRd;

/**
 * Answers a request that a client sent.
 * Source: OMA LwM2M Core 1.1, "Client Registration Interface"; RFC 7252.
 */
void lw_test_rd_request(LwTestRd *self, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                LwNow now);
