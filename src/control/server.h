/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServerObject: org.lwm2md.Server1 at /org/lwm2md/server/<short id>. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "bus/connection.h"
#include "client/server.h"
#include "io/driver.h"

#define LW_SERVER_INTERFACE "org.lwm2md.Server1"
#define LW_SERVER_PATH_PREFIX "/org/lwm2md/server/"

/** LwServerObject: one server's face on the bus; dbus/org.lwm2md.Server1.xml says what it shows. */
typedef struct LwServerObject LwServerObject;

/** `server`, `bus` and `driver` outlive it. */
LwServerObject *lw_server_object_new(LwServer *server, LwBus *bus, LwDriver *driver);
void lw_server_object_free(LwServerObject *self);

const LwServer *lw_server_object_server(const LwServerObject *self);
const char *lw_server_object_path(const LwServerObject *self);

/** Puts it on the bus; 0 or a negative errno. */
int lw_server_object_attach(LwServerObject *self, sd_bus *bus);
void lw_server_object_detach(LwServerObject *self);

/** Something may be new: the next flush looks. */
void lw_server_object_touch(LwServerObject *self);
/** Emits PropertiesChanged, one message for all that is new. */
void lw_server_object_flush(LwServerObject *self, sd_bus *bus);
