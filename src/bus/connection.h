/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBus: our connection to the bus, made anew whenever it goes. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/authorize.h"
#include "io/driver.h"

/**
 * LwBusUser: somebody who uses the bus while there is one.
 *
 * attach: there is a connection: add vtables and matches (asynchronous ones), call others.
 * detach: it ends, or is gone already: drop every slot. `bus` is the one that attach had, and
 * nothing more can be sent on it. What holds a message of it may keep it: answers go nowhere then.
 */
typedef struct LwBusUser {
        void (*attach)(void *user, sd_bus *bus);
        void (*detach)(void *user, sd_bus *bus);
} LwBusUser;

/**
 * LwBus: a connection to a message bus under our well-known name, kept up for ever.
 *
 * Nothing here blocks: the handshake, Hello and RequestName run in the loop. When the connection
 * goes, or there is none, the journal gets one line and a new one is tried after 1 s, 2 s, ... 60
 * s. A name that another process has is waited for in the bus's queue; one that the bus refuses to
 * us is asked for again in the same rhythm, as a bus policy can come later.
 *
 * Owns:   users in the order they were added; not their data.
 */
typedef struct LwBus LwBus;

/**
 * `address`: NULL or "system" (DBUS_SYSTEM_BUS_ADDRESS respected), "session", or a D-Bus address.
 * `name`: the well-known name to own, "org.lwm2md"; NULL: none. Nothing happens before
 * lw_bus_start().
 */
LwBus *lw_bus_new(LwDriver *driver, const char *address, const char *name);
/**
 * Detaches all users and fails every call that is under way with 5.03: free it before those who
 * wait for answers, and do not use it from detach.
 */
void lw_bus_free(LwBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwBus, lw_bus_free)

void lw_bus_start(LwBus *self);

/** Attached at once when there is a connection. */
void lw_bus_add_user(LwBus *self, const LwBusUser *user, void *data);
/** Detached, if it is attached. */
void lw_bus_remove_user(LwBus *self, const LwBusUser *user, void *data);

/** The connection, NULL while there is none. Ask each time; do not keep it. */
sd_bus *lw_bus_connection(const LwBus *self);
/** Whether the name is ours at the moment. */
bool lw_bus_has_name(const LwBus *self);
/** lw_authorizer_check() of this bus: the first lines of a method handler. */
int lw_bus_authorize(LwBus *self, sd_bus_message *m, const char *action, sd_bus_error *ret_error);
/** lw_authorizer_caller() of this bus: ask before lw_bus_authorize(). */
int lw_bus_caller(LwBus *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error);
