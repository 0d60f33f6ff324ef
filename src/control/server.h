/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServerFace: org.lwm2md.Server1 at /org/lwm2md/server/<short id>. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "bus/connection.h"
#include "client/server.h"
#include "io/driver.h"
#include "model/registry.h"

#define LW_SERVER_INTERFACE "org.lwm2md.Server1"
#define LW_SERVER_PATH_PREFIX "/org/lwm2md/server/"

/** LwServerFace: one server's face on the bus; dbus/org.lwm2md.Server1.xml says what it shows. */
typedef struct LwServerFace LwServerFace;

/** `server`, `bus`, `driver` and `registry` outlive it. */
LwServerFace *lw_server_face_new(
                LwServer *server, LwBus *bus, LwDriver *driver, LwRegistry *registry);
void lw_server_face_free(LwServerFace *self);

const LwServer *lw_server_face_server(const LwServerFace *self);
const char *lw_server_face_path(const LwServerFace *self);

/** Puts it on the bus; 0 or a negative errno. */
int lw_server_face_attach(LwServerFace *self, sd_bus *bus);
void lw_server_face_detach(LwServerFace *self);

/** Something may be new: the next flush looks. */
void lw_server_face_touch(LwServerFace *self);
/** Emits PropertiesChanged, one message for all that is new. */
void lw_server_face_flush(LwServerFace *self, sd_bus *bus);
