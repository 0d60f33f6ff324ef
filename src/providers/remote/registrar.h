/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistrar: org.lwm2md.ProviderManager1 at /org/lwm2md, where services register what they
 * provide. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/connection.h"
#include "client/client.h"
#include "client/send-result.h"
#include "io/driver.h"
#include "io/state.h"
#include "providers/remote/grants.h"

#define LW_REGISTRAR_PATH "/org/lwm2md"
#define LW_REGISTRAR_INTERFACE "org.lwm2md.ProviderManager1"

/**
 * LwRegistrar: all registrations of services; dbus/org.lwm2md.ProviderManager1.xml says what it
 * shows.
 *
 * Whoever builds it hands lw_registrar_bus_user to lw_bus_add_user(). Its objects join the tree,
 * and leave it with their services.
 */
typedef struct LwRegistrar LwRegistrar;

/** All outlive it. Reads from `state` which ids labels had. */
LwRegistrar *lw_registrar_new(LwClient *client, LwBus *bus, LwDriver *driver, LwState *state);
/** Reads the files of `directories` (ended by NULL, the first has the last word) anew. Those who
 * registered stay as they are. */
void lw_registrar_load(LwRegistrar *self, const char *const *directories);
/** Takes all that services provide off the tree. The loop does not run again before `state` is
 * freed. */
void lw_registrar_free(LwRegistrar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwRegistrar, lw_registrar_free)

/** For lw_bus_add_user(), with the registrar as its data. */
extern const LwBusUser lw_registrar_bus_user;

/** LwClientEvents.sent: the service whose it was is told. */
void lw_registrar_sent(LwRegistrar *self, uint64_t id, const LwSendResult *result);

/** Who may provide what by files. */
LwGrants *lw_registrar_grants(const LwRegistrar *self);

/** Registrations, those included whose service may yet come back. */
size_t lw_registrar_count(const LwRegistrar *self);
