/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport on nothing: keeps what is sent, and lets a test play the peer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"
#include "exchange/peer.h"
#include "exchange/transport.h"

/**
 * LwFake: what a test holds of one fake transport; it outlives the transport.
 *
 * Shape:  `sent` has copies of all messages that went out, the answers inside `request` events
 * among them, in order. Message ids of ours count from 1000.
 */
typedef struct LwFake {
        LwTransport transport;
        GPtrArray *sent;
        uint16_t next_mid;
        uint16_t limit; /* of its messages, LW_MESSAGE_MAX; to be changed before it is up */
        bool is_stream;
        bool is_started;
        bool is_closed;
        bool refuses; /* send fails */
} LwFake;

LwFake *lw_fake_new(void);
/** After the exchange on it is freed. */
void lw_fake_free(LwFake *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwFake, lw_fake_free)

/** What was sent as number `index`, 0 first; NULL if there is none. */
const LwMessage *lw_fake_sent(const LwFake *self, size_t index);
/** What was sent last, or NULL. */
const LwMessage *lw_fake_last(const LwFake *self);
size_t lw_fake_count(const LwFake *self);
/** Forgets what was sent. */
void lw_fake_forget(LwFake *self);

/** From now on its owner acknowledges, as LwTransportOps.leaves_ack says. */
void lw_fake_leave_ack(LwFake *self);

/* What the peer and the network do. */
void lw_fake_up(LwFake *self, LwNow now);
void lw_fake_down(LwFake *self, const char *reason, LwNow now);
/** True: answered in the event; the answer is the last of `sent`. */
bool lw_fake_request(LwFake *self, const LwMessage *request, LwNow now);
bool lw_fake_response(LwFake *self, const LwMessage *response, LwNow now);
/** The message number `index` of ours failed. */
void lw_fake_failed(LwFake *self, size_t index, LwTransportFailure why, LwNow now);
void lw_fake_reset(LwFake *self, uint16_t mid, LwNow now);
/** All CON messages of ours are acknowledged. */
void lw_fake_settled(LwFake *self, LwNow now);

/** An empty answer to a message of ours: its token, a code; ACK with its message id, or CON with
 * another. */
void lw_fake_answer(LwMessage *ret_message, const LwMessage *request, uint8_t code, bool separate);

/**
 * LwFakeFactory: opens fakes and keeps them, one for each lw_exchange that asks. `open` fails while
 * `error` is set.
 */
typedef struct LwFakeFactory {
        LwTransportFactory factory;
        GPtrArray *opened;   /* LwFake, in order; owned */
        LwStatus fails_with; /* 0: opens */
} LwFakeFactory;

LwFakeFactory *lw_fake_factory_new(void);
void lw_fake_factory_free(LwFakeFactory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwFakeFactory, lw_fake_factory_free)
/** The one opened last, or NULL. */
LwFake *lw_fake_factory_last(const LwFakeFactory *self);
