/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Station: the server without loop and bus: peers on fake transports, clients, operations. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "lib/fake-transport.h"
#include "model/registry.h"
#include "testserver/clients.h"
#include "testserver/operations.h"
#include "testserver/peers.h"
#include "testserver/rd.h"

/** Station: what happened is in `story`, one word or line after the other; station_story() takes
 * it. */
typedef struct Station {
        LwRegistry *registry;
        LwTestPeers *peers;
        LwTestClients *clients;
        LwTestOperations *operations;
        LwTestRd rd;
        GPtrArray *fakes; /* LwFake, in the order of station_connect() */
        LwTestPeer *came; /* the peer that came last */
        LwNow now;
        GString *story;
} Station;

Station *station_new(void);
void station_free(Station *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Station, station_free)

/** A new address speaks. */
LwFake *station_connect(Station *self);
/** `seconds` later; what is due is done. */
void station_wait(Station *self, double seconds);

/** A datagram in hex from there; gives what the server answered, in hex without its message id, or
 * "". */
const char *station_datagram(Station *self, LwFake *from, const char *hex);
/**
 * A request by method, "/rd?ep=x" and payload, Content-Format 40 if there is one; gives the
 * answer's code, "2.01", or "" for none.
 */
const char *station_request(
                Station *self, LwFake *from, uint8_t method, const char *path, const char *payload);
/** Registers an endpoint from there; gives the client. */
LwTestClient *station_register(Station *self, LwFake *from, const char *query, const char *objects);

/** What happened since the last call. Valid until the next. */
const char *station_story(Station *self);
