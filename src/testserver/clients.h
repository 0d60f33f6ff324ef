/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestClients: the clients that are registered, until they leave or their lifetime ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "testserver/parameters.h"
#include "testserver/peers.h"

/**
 * LwTestClient: one registration. Its place is "/rd/" and `id`.
 *
 * Shape:  `lifetime_seconds` 0: it never ends (1.2). `expires` is a point of CLOCK_BOOTTIME.
 * `others` are the parameters that the standard does not have, as "name=value". Owns:   its strings
 * and lists; holds `peer`, where requests to it go.
 */
typedef struct LwTestClient {
        char *endpoint;
        char *id;
        uint32_t lifetime_seconds;
        LwVersion version;
        char *binding;
        bool queue_mode;
        char *sms_number; /* NULL: none */
        GPtrArray *others;
        LwObjectList *objects;
        LwTestPeer *peer;
        int64_t registered_real_usec;
        LwUsec expires;
        uint64_t sends;     /* that it sent and we took */
        LwUsec awake_usec;  /* how long it listens after it was heard; 0: as long as it lives */
        LwUsec awake_until; /* in queue mode */
} LwTestClient;

/** Whether requests to it wait while it sleeps. */
bool lw_test_client_is_held(const LwTestClient *self);
/** Whether it does not listen now, as far as we know. */
bool lw_test_client_sleeps(const LwTestClient *self, LwNow now);
/** Something came from it: it listens. */
void lw_test_client_heard(LwTestClient *self, LwNow now);
/** It did not answer: it sleeps, until something comes from it. */
void lw_test_client_silent(LwTestClient *self);

/** Why a registration ended. */
typedef enum LwTestClientEnd {
        LW_TEST_CLIENT_DEREGISTERED,
        LW_TEST_CLIENT_EXPIRED,
        LW_TEST_CLIENT_REPLACED,  /* its endpoint registered anew: `registered` follows */
        LW_TEST_CLIENT_FORGOTTEN, /* we were told to, or end ourselves */
} LwTestClientEnd;

typedef struct LwTestClientsEvents {
        void (*registered)(void *user, LwTestClient *client, LwNow now);
        /** `moved`: its requests come from another address now. */
        void (*updated)(void *user, LwTestClient *client, bool moved, LwNow now);
        /** It is still whole, and freed after the call. */
        void (*ended)(void *user, LwTestClient *client, LwTestClientEnd why);
} LwTestClientsEvents;

typedef struct LwTestClients LwTestClients;

LwTestClients *lw_test_clients_new(const LwTestClientsEvents *events, void *user);
/** Forgets all. */
void lw_test_clients_free(LwTestClients *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestClients, lw_test_clients_free)

/** How long clients in queue mode listen after they were heard; 0: they never sleep. For those that
 * register from now on; LW_AWAKE_SECONDS before the first call. */
void lw_test_clients_set_awake(LwTestClients *self, LwUsec usec);
/** A request came from `peer`: who is registered from there is awake. */
void lw_test_clients_heard(LwTestClients *self, const LwTestPeer *peer, LwNow now);

/**
 * A registration of `parameters`, which it empties; one of the same endpoint is replaced. Valid
 * until the next call. Errors: 4.00 without an endpoint name, 4.09 a profile instead of an object
 * list, which we cannot resolve, 5.03 beyond LW_CLIENTS_MAX.
 */
LwTestClient *lw_test_clients_register(LwTestClients *self, LwParameters *parameters,
                LwTestPeer *peer, LwNow now, GError **error);
/**
 * Renews the registration at `id` and takes over what `parameters`, which it empties, have; they
 * came from `peer`. Errors: 4.00 an endpoint name or a version, which cannot change; 4.04 no such
 * registration.
 */
bool lw_test_clients_update(LwTestClients *self, const char *id, LwParameters *parameters,
                LwTestPeer *peer, LwNow now, GError **error);
/** De-register. Errors: 4.04. */
bool lw_test_clients_deregister(LwTestClients *self, const char *id, GError **error);
/** Drops a registration without a word. False if there is none of that endpoint. */
bool lw_test_clients_forget(LwTestClients *self, const char *endpoint);

LwTestClient *lw_test_clients_find(const LwTestClients *self, const char *endpoint);
size_t lw_test_clients_count(const LwTestClients *self);
/** In the order of registration. */
LwTestClient *lw_test_clients_at(const LwTestClients *self, size_t index);

LwUsec lw_test_clients_deadline(const LwTestClients *self);
/** Ends what has expired. */
void lw_test_clients_run(LwTestClients *self, LwNow now);
