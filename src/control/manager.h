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
 * LwManager: the agent's face on the bus; dbus/org.lwm2md.Manager1.xml says what it shows.
 *
 * Whoever builds it hands lw_manager_bus_user to lw_bus_add_user(), and passes on what
 * LwClientEvents tell, by the functions below. Operations that are under way when it is freed end
 * without it.
 */
typedef struct LwManager LwManager;

/** `client`, `bus` and `driver` outlive it; `version` is copied. */
LwManager *lw_manager_new(LwClient *client, LwBus *bus, LwDriver *driver, const char *version);
void lw_manager_free(LwManager *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwManager, lw_manager_free)

/** For lw_bus_add_user(), with the manager as its data. */
extern const LwBusUser lw_manager_bus_user;

/** LwClientEvents.changed: something of the client or of `server` (NULL: only the client) may be
 * new. */
void lw_manager_changed(LwManager *self, LwServer *server);
void lw_manager_server_added(LwManager *self, LwServer *server);
void lw_manager_server_removed(LwManager *self, LwServer *server);
/** Signals Operation, at most 50 a second; Reads, Discovers and composite Reads are not signalled.
 */
void lw_manager_operated(LwManager *self, uint16_t server, LwOperation operation,
                const LwPath *path, LwStatus status);
