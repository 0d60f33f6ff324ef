/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwManager: org.lwm2md.Manager1 at /org/lwm2md, and a Server1 for each server. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "bus/connection.h"
#include "client/client.h"
#include "io/driver.h"
#include "model/path.h"
#include "model/request.h"
#include "model/status.h"

#define LW_MANAGER_PATH "/org/lwm2md"
#define LW_MANAGER_INTERFACE "org.lwm2md.Manager1"

/**
 * It is over: `error` NULL, or what went wrong: 4.00 what was asked for is wrong in itself, 4.12
 * something is there already, 4.13 there are too many, else it failed. `ssid` is the server's.
 */
typedef void (*LwManagerDone)(void *data, uint16_t ssid, const GError *error);
/** One line of the configuration that was refused; `line` 0: the file as a whole. */
typedef void (*LwManagerRefused)(void *data, const char *file, unsigned line, const char *what);

/** LwManagerOps: what the manager has the daemon do. `done` may be called before they return. */
typedef struct LwManagerOps {
        /** As SIGHUP does. */
        void (*reload)(void *user, LwManagerRefused refused, void *data);
        /** An account of a [Server] section's keys (of LwSetting); done when that is safe. */
        void (*add_server)(void *user, const GPtrArray *settings, LwManagerDone done, void *data);
        /** Forgets a server, for good; done when that is safe. */
        void (*remove_server)(void *user, LwServer *server, LwManagerDone done, void *data);
} LwManagerOps;

/**
 * LwManager: the agent's face on the bus; dbus/org.lwm2md.Manager1.xml says what it shows.
 *
 * Whoever builds it hands lw_manager_bus_user to lw_bus_add_user(), and passes on what
 * LwClientEvents tell, by the functions below. Operations that are under way when it is freed end
 * without it.
 */
typedef struct LwManager LwManager;

/** `client`, `bus`, `driver` and `ops` outlive it; `version` is copied. */
LwManager *lw_manager_new(LwClient *client, LwBus *bus, LwDriver *driver, const char *version,
                const LwManagerOps *ops, void *user);
void lw_manager_free(LwManager *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwManager, lw_manager_free)

/** For lw_bus_add_user(), with the manager as its data. */
extern const LwBusUser lw_manager_bus_user;

/** LwClientEvents.changed: something of the client or of `server` (NULL: only the client) may be
 * new. */
void lw_manager_changed(LwManager *self, LwServer *server);
void lw_manager_server_added(LwManager *self, LwServer *server);
void lw_manager_server_removed(LwManager *self, LwServer *server);
/** LwClientEvents.sent: signals Sent. */
void lw_manager_sent(LwManager *self, uint64_t id, uint16_t server, const LwSendResult *result);
/** Signals Operation, at most 50 a second; Reads, Discovers and composite Reads are not signalled.
 */
void lw_manager_operated(LwManager *self, uint16_t server, LwOperation operation,
                const LwPath *path, LwStatus status);
