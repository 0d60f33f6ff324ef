/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestFace: the server on the bus: org.lwm2md.TestServer1 and one object for each client. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "bus/connection.h"
#include "model/path.h"
#include "model/values.h"
#include "testserver/server.h"

#define LW_TEST_BUS_NAME "org.lwm2md.TestServer"
#define LW_TEST_PATH "/org/lwm2md/TestServer"
#define LW_TEST_CLIENT_PATH "/org/lwm2md/TestServer/client"
#define LW_TEST_INTERFACE "org.lwm2md.TestServer1"
#define LW_TEST_CLIENT_INTERFACE "org.lwm2md.TestServer1.Client"

/** LwTestFace: does nothing while there is no bus; for lw_bus_add_user() it is the data. */
typedef struct LwTestFace LwTestFace;

/** `server` outlives it, or is freed right after it. */
LwTestFace *lw_test_face_new(LwTestServer *server, const char *version);
void lw_test_face_free(LwTestFace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestFace, lw_test_face_free)

extern const LwBusUser lw_test_face_user;

/* What the server tells, told on; the signals of dbus/org.lwm2md.TestServer1.xml. */
void lw_test_face_registered(LwTestFace *self, LwTestClient *client);
void lw_test_face_updated(LwTestFace *self, LwTestClient *client);
void lw_test_face_ended(LwTestFace *self, LwTestClient *client, LwTestClientEnd why);
/** A client sent values by itself. */
void lw_test_face_sent(
                LwTestFace *self, LwTestClient *client, const LwValues *values, int32_t format);
void lw_test_face_notified(LwTestFace *self, LwTestClient *client, const char *subject,
                const LwPath *path, LwValues *values, uint32_t sequence, int64_t real_usec);
void lw_test_face_observation_ended(
                LwTestFace *self, LwTestClient *client, const char *subject, LwStatus status);
