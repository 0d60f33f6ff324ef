/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLocal: operations that somebody on this host asks for, from D-Bus message to D-Bus answer. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "client/client.h"
#include "io/driver.h"
#include "model/path.h"
#include "model/request.h"
#include "model/status.h"

/** A Write or Execute of somebody on this host has ended. */
typedef void (*LwLocalOperated)(
                void *user, LwOperation operation, const LwPath *path, LwStatus status);

/**
 * LwLocal: the way from Manager1's methods to the dispatcher, as LW_SERVER_LOCAL.
 *
 * Each function is the rest of a method handler, once the caller is allowed: it reads the
 * arguments, and answers now or later. An answer that comes after lw_local_free(), or when the bus
 * is gone, is harmless.
 */
typedef struct LwLocal LwLocal;

/** `client` and `driver` outlive it. */
LwLocal *lw_local_new(LwClient *client, LwDriver *driver, LwLocalOperated operated, void *user);
void lw_local_free(LwLocal *self);

int lw_local_read(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error);
int lw_local_write(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error);
int lw_local_execute(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error);
/** Executes /3/0/5, Factory Reset. */
int lw_local_factory_reset(LwLocal *self, sd_bus_message *m);
int lw_local_discover(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error);
