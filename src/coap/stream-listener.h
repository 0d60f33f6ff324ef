/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStreamListener: the side of a server over TCP and TLS. */
#pragma once

#include <stdbool.h>

#include <coap3/coap.h>
#include <glib.h>

#include "coap/credentials.h"
#include "coap/listener.h"
#include "io/driver.h"

/** LwStreamListener: what an LwListener is over datagrams, for connections. */
typedef struct LwStreamListener LwStreamListener;

/** `ring` NULL: without TLS; else it outlives the listener. Errors: 5.03 with the reason why it
 * cannot listen at `address`. */
LwStreamListener *lw_stream_listener_new(LwDriver *driver, const coap_address_t *address,
                LwKeyRing *ring, LwListenerAccept accept, void *user, GError **error);
/** Closes the transports that are left. NULL is fine. */
void lw_stream_listener_free(LwStreamListener *self);
/** Where it listens. Caller frees. */
char *lw_stream_listener_address(const LwStreamListener *self);
