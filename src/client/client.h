/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwClient: all servers and the tree; the face that the daemon talks to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/account.h"
#include "client/server.h"
#include "exchange/transport.h"
#include "tree/tree.h"

/** The agent as a whole; the words of Manager1.State. */
typedef enum LwClientState {
        LW_CLIENT_STARTING,
        LW_CLIENT_UNCONFIGURED,
        LW_CLIENT_BOOTSTRAPPING,
        LW_CLIENT_ONLINE,   /* registered with all */
        LW_CLIENT_DEGRADED, /* with some */
        LW_CLIENT_OFFLINE,  /* with none */
        LW_CLIENT_STOPPING,
} LwClientState;

const char *lw_client_state_name(LwClientState state);

typedef struct LwClient LwClient;

/** What the client tells the daemon. Any may be NULL. */
typedef struct LwClientEvents {
        /** The client's state, or that of one server (NULL: only the client's). */
        void (*changed)(void *user, LwServer *server);
        /** A server came or is about to go. */
        void (*server_added)(void *user, LwServer *server);
        void (*server_removed)(void *user, LwServer *server);
        void (*operated)(void *user, uint16_t server, LwOperation operation, const LwPath *path,
                        LwStatus status);
        /**
         * An account's settings were changed by a server: keep them. Call `done` when they are safe
         * (`error` NULL) or cannot be; the answer to the server waits for it.
         */
        void (*save)(void *user, LwServer *server, void (*done)(void *data, const GError *error),
                        void *data);
        /** The Send `id` is over at this server. */
        void (*sent)(void *user, uint64_t id, uint16_t server, const LwSendResult *result);
        /** A server's session is another than was kept: lw_server_save_session(), soon, or, when it
         * is urgent, now, and lw_server_kept() when it is safe. False: nobody keeps it. */
        bool (*keep)(void *user, LwServer *server, bool urgent);
} LwClientEvents;

/** `endpoint` is copied; tree and factory outlive the client. */
LwClient *lw_client_new(const char *endpoint, LwTree *tree, LwTransportFactory *factory,
                const LwClientEvents *events, void *user, uint32_t seed);
void lw_client_free(LwClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwClient, lw_client_free)

/** Takes the account and starts it, if the client is started. Errors: 4.00 a short id or instance
 * twice, 4.13. */
LwServer *lw_client_add_server(LwClient *self, LwAccount *account, LwNow now, GError **error);
/** De-registers and forgets it, once that is over. */
void lw_client_remove_server(LwClient *self, LwServer *server, LwNow now);

size_t lw_client_server_count(const LwClient *self);
LwServer *lw_client_server_at(const LwClient *self, size_t index);
/** By Short Server ID; NULL. */
LwServer *lw_client_server(const LwClient *self, uint16_t ssid);
/** By instance id of objects 0 and 1; NULL. */
LwServer *lw_client_server_of_instance(const LwClient *self, uint16_t instance);

void lw_client_start(LwClient *self, LwNow now);
/** De-registers everywhere; lw_client_is_stopped() says when it is over. */
void lw_client_stop(LwClient *self, LwNow now);
bool lw_client_is_stopped(const LwClient *self);

/** Update at every server. */
void lw_client_update(LwClient *self, LwNow now);
/** Addresses of the host are other than before. */
void lw_client_moved(LwClient *self, LwNow now);
/** Asks the daemon to keep `server`'s account; see LwClientEvents.save. Without a keeper: done at
 * once. */
void lw_client_save(LwClient *self, LwServer *server, void (*done)(void *data, const GError *error),
                void *data);

/** The id of the next Send, which none before it had, in an earlier life, too. */
uint64_t lw_client_next_send(LwClient *self);

LwClientState lw_client_state(const LwClient *self);
const char *lw_client_endpoint(const LwClient *self);
LwTree *lw_client_tree(const LwClient *self);

LwUsec lw_client_deadline(const LwClient *self);
/** Whether what is due next is a notification, so that milliseconds count. */
bool lw_client_is_punctual(const LwClient *self);
void lw_client_run(LwClient *self, LwNow now);
