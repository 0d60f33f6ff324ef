/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwListener: the side of a server: one address, many peers. */
#pragma once

#include <glib.h>

#include "coap/credentials.h"
#include "exchange/oscore.h"
#include "exchange/transport.h"
#include "io/driver.h"
#include "model/uri.h"

/**
 * LwListener: waits at an address; each peer that speaks becomes a transport that is up already.
 *
 * A peer is an address and port, with coaps:// the DTLS session from there, or a TCP connection.
 * Its transport lives until the owner closes it, however silent it is.
 */
typedef struct LwListener LwListener;

/**
 * A new peer: take `transport` over (attach events and user) before returning, its first message
 * follows. Return false to refuse it: the transport is then closed by the listener.
 */
typedef bool (*LwListenerAccept)(void *user, LwTransport *transport);

/**
 * Listens at `uri` ("coap://[::]:5683": every address). Port 0 takes any free one. coaps:// takes
 * those whose key `find` has, and coaps+tcp:// likewise; it is called with the same `user`, and may
 * be NULL for the others.
 * Errors: 4.00 an unusable address, 5.03 with the reason why it cannot be bound.
 */
LwListener *lw_listener_new(LwDriver *driver, const LwUri *uri, LwFindKey find,
                LwListenerAccept accept, void *user, GError **error);
/** coaps:// shows certificates, too; `show` is called with the user of lw_listener_new(). */
void lw_listener_use_certificates(LwListener *self, LwShowCertificate show);
/** Raw public keys, too: `show` gives ours, `take` says whose are taken; both are called with the
 * user of lw_listener_new(). The identity of such a peer is that of lw_raw_key_identity(). False:
 * this build has none. */
bool lw_listener_use_raw_keys(LwListener *self, LwShowRawKey show, LwTakeRawKey take);
/**
 * From now on it also takes messages by this context of OSCORE, which is ours as it stands: the
 * identity of a peer is then "oscore:" with its Sender ID in hexadecimal digits. For coap:// alone.
 * Numbers count from the clock, so that none comes twice as long as that goes on. False: this build
 * has no OSCORE, or libcoap does not take it.
 */
bool lw_listener_add_oscore(LwListener *self, const LwOscore *oscore);

/** LwListenerManner: how requests over UDP are met. */
typedef enum LwListenerManner {
        LW_LISTENER_ANSWERS,
        LW_LISTENER_IS_DEAF, /* no datagram that is a request is heard: not even acknowledged */
        LW_LISTENER_RESETS,  /* each is answered by RST */
} LwListenerManner;

void lw_listener_set_manner(LwListener *self, LwListenerManner manner);
/** Forgets all sessions of DTLS without a word to those at their other ends, as a restart would;
 * their transports go down. */
void lw_listener_lose_sessions(LwListener *self);
/** Closes the transports that are left. */
void lw_listener_free(LwListener *self);
/** Where it listens, "127.0.0.1:40123". Caller frees. */
char *lw_listener_address(const LwListener *self);
