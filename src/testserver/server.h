/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestServer: listeners, peers, clients and operations, joined. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "io/driver.h"
#include "model/registry.h"
#include "model/uri.h"
#include "testserver/certificates.h"
#include "testserver/clients.h"
#include "testserver/operations.h"
#include "testserver/raw-keys.h"
#include "testserver/rd.h"

/** What the server tells: as its parts do, see there. */
typedef struct LwTestServerEvents {
        LwTestClientsEvents clients;
        LwTestOperationsEvents operations;
        /** A client sent values by itself, in this format. */
        void (*sent)(void *user, LwTestClient *client, const LwValues *values, int32_t format);
        /** A message that came or went, as a line; `who` is an endpoint name or an address. NULL:
         * no trace. */
        void (*traced)(void *user, const char *who, const char *line);
} LwTestServerEvents;

typedef struct LwTestServer LwTestServer;

/** `driver` and `registry` outlive it. */
LwTestServer *lw_test_server_new(LwDriver *driver, LwRegistry *registry,
                const LwTestServerEvents *events, void *user);
/** Forgets its clients and closes its listeners. */
void lw_test_server_free(LwTestServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestServer, lw_test_server_free)

/** The keys that coaps:// goes by, and what they say of endpoints. They outlive the server. */
void lw_test_server_use_keys(LwTestServer *self, const LwTestKeys *keys);
/** The certificates that coaps:// shows; whose client has one by ca.pem is taken as the endpoint
 * that its Common Name says. They outlive the server. */
void lw_test_server_use_certificates(LwTestServer *self, LwTestCertificates *certificates);
/** NULL: there are none. */
LwTestCertificates *lw_test_server_certificates(LwTestServer *self);
/** The raw public keys that coaps:// shows to who asks for one; whose clients' are taken the keys
 * say. They outlive the server. */
void lw_test_server_use_raw_keys(LwTestServer *self, LwTestRawKeys *raw_keys);
/** NULL: there are none. */
LwTestRawKeys *lw_test_server_raw_keys(LwTestServer *self);
/** How requests are met from now on, as lw_test_server_misbehaviour() says. */
void lw_test_server_follow_misbehaviour(LwTestServer *self);
/** Forgets all sessions of DTLS, as a restart would. */
void lw_test_server_lose_sessions(LwTestServer *self);
/** Listens there, too. Errors: 4.00, 5.03 as lw_listener_new(). */
bool lw_test_server_listen(LwTestServer *self, const LwUri *uri, GError **error);
/** "coap://[::]:5683" of each listener; NULL-terminated, the caller frees. */
char **lw_test_server_listening(const LwTestServer *self);

LwTestClients *lw_test_server_clients(LwTestServer *self);
LwTestOperations *lw_test_server_operations(LwTestServer *self);
LwMisbehaviour *lw_test_server_misbehaviour(LwTestServer *self);
LwRegistry *lw_test_server_registry(LwTestServer *self);
LwNow lw_test_server_now(LwTestServer *self);
