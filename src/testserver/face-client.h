/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client on the bus: org.lwm2md.TestServer1.Client. */
#pragma once

#include <systemd/sd-bus.h>

#include "testserver/clients.h"
#include "testserver/server.h"

/**
 * LwTestFaceClient: what a client's object has for its data.
 *
 * Owns:   nothing; it lives as long as the client is registered.
 */
typedef struct LwTestFaceClient {
        LwTestServer *server;
        LwTestClient *client;
} LwTestFaceClient;

/** The members of the interface; their data is an LwTestFaceClient. */
extern const sd_bus_vtable lw_test_face_client_vtable[];
