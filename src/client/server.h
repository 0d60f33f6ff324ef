/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServer: one management server: account, registration, exchange and observer; carries out their
 * actions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/account.h"
#include "client/counters.h"
#include "client/observer.h"
#include "client/registration.h"
#include "client/send-result.h"
#include "exchange/exchange.h"
#include "exchange/transport.h"
#include "tree/tree.h"

typedef struct LwServer LwServer;
typedef struct LwSendRequest LwSendRequest;

/** What a server needs from its client, and tells it. */
typedef struct LwServerEnvironment {
        LwTree *tree;
        LwTransportFactory *factory;
        const char *endpoint;
        /** State or last error is other than before. */
        void (*changed)(void *user, LwServer *server);
        /** One operation of its was done; the path may be the root. Reads and Discovers are not
         * told. */
        void (*operated)(void *user, LwServer *server, LwOperation operation, const LwPath *path,
                        LwStatus status);
        /** The Send `id` is over. May be NULL. */
        void (*sent)(void *user, LwServer *server, uint64_t id, const LwSendResult *result);
        /** Its session is another than was kept: see LwObserverEvents.keep. May be NULL. */
        bool (*keep)(void *user, LwServer *server, bool urgent);
        void *user;
} LwServerEnvironment;

/** Takes the account. */
LwServer *lw_server_new(LwAccount *account, const LwServerEnvironment *environment, uint32_t seed);
void lw_server_free(LwServer *self);

void lw_server_start(LwServer *self, LwNow now);
/** It will not be started again: what waits to be sent is given up. Before lw_server_stop(). */
void lw_server_give_up(LwServer *self);
/** De-registers; lw_server_is_stopped() says when that is over, answered or not. */
void lw_server_stop(LwServer *self, LwNow now);
bool lw_server_is_stopped(const LwServer *self);

/** Update now, even without changes; Register if there is no registration. */
void lw_server_update(LwServer *self, LwNow now);
/** Register anew, whatever the server knows of us; ends what lw_server_deregister() began. */
void lw_server_register(LwServer *self, LwNow now);
/** De-register and stay away: Updates do not bring us back, lw_server_register() does. */
void lw_server_deregister(LwServer *self, LwNow now);
/** /1/x/4: De-register, stay away for `seconds`. */
void lw_server_disable(LwServer *self, uint32_t seconds, LwNow now);
/** The host has other addresses: the connection is made anew if it is not ours any more. */
void lw_server_moved(LwServer *self, LwNow now);
/** Lifetime, binding or the object list may be other than the server knows. */
void lw_server_touch(LwServer *self);

/** The account; whoever changes it calls lw_server_touch(). */
LwAccount *lw_server_account(LwServer *self);
const LwRegistration *lw_server_registration(const LwServer *self);
/** A word of Server1.State: the registration's, "resolving" while the transport says so, or
 * "asleep" in queue mode. */
const char *lw_server_state_name(const LwServer *self);
/**
 * The last error in words, "" if there was none; `ret_status` (may be NULL) is the code with which
 * the server answered, 0 if it did not.
 */
const char *lw_server_last_error(const LwServer *self, LwStatus *ret_status);
/** Where the server gave us a place, "/rd/5a3f", "" before. */
const char *lw_server_location(const LwServer *self);
/** What is known of the connection's security; the caller clears it. */
void lw_server_secured(const LwServer *self, LwSecured *ret_secured);
/** The last fatal alert that the server sent, /1/x/11; 0: none. */
uint8_t lw_server_alert(const LwServer *self);
char *lw_server_address(const LwServer *self, LwTransportEnd end);

/**
 * Whether a Send to this server has a chance: it is registered, or will be again, and has not muted
 * Send. Errors: 4.12 not registered; 4.05 muted, or speaks 1.0; 5.03 LW_SENDS_READING_MAX Sends
 * wait for their values.
 */
bool lw_server_may_send(const LwServer *self, GError **error);
/** Sends, as lw_client_send() has checked; LwServerEnvironment.sent tells the end. */
void lw_server_send(LwServer *self, uint64_t id, const LwSendRequest *request, LwNow now);
/** The highest id of a Send that it was given, in an earlier life, too; 0: none. */
uint64_t lw_server_last_send(const LwServer *self);

/** The tree's news, passed on. */
void lw_server_tree_changed(LwServer *self, const LwPath *path);
void lw_server_tree_restructured(LwServer *self, const LwPath *path, bool added);
/** This server's attributes at `path` are others. */
void lw_server_tree_attributed(LwServer *self, const LwPath *path);

/**
 * The registration, observations, stored notifications and what waits to be sent as a document,
 * empty when there is nothing of that; and back, before the start. Then the first thing that it
 * hears is an Update, as if there had been no restart. A session with another server, or one that
 * ran out meanwhile, is not taken, which is no error. Errors: 4.00 a document that is none.
 */
GBytes *lw_server_save_session(const LwServer *self, LwNow now);
bool lw_server_load_session(LwServer *self, GBytes *document, LwNow now, GError **error);
/** What was to be kept urgently is. */
void lw_server_kept(LwServer *self, LwNow now);

/** What this server observes: the count of its observations. */
size_t lw_server_observation_count(const LwServer *self);
/** What is known of each of them: see lw_observations_list(). */
size_t lw_server_list_observations(const LwServer *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data);

/** What went over the network, from and to this server. */
const LwCounters *lw_server_counters(LwServer *self, LwNow now);
/** What was counted before, in an earlier life; for a server that has counted nothing yet. */
void lw_server_set_counters(LwServer *self, const LwCounters *counters);

LwUsec lw_server_deadline(const LwServer *self);
/** When an observation has its turn. */
LwUsec lw_server_notification_deadline(const LwServer *self);
void lw_server_run(LwServer *self, LwNow now);
