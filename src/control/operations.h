/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOperationSignal: tells the bus of operations, so many a second. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "io/driver.h"
#include "model/path.h"
#include "model/request.h"
#include "model/status.h"

/** LwOperationSignal: Manager1's signal Operation; dbus/org.lwm2md.Manager1.xml says what it tells.
 */
typedef struct LwOperationSignal LwOperationSignal;

/** `driver` outlives it. */
LwOperationSignal *lw_operation_signal_new(LwDriver *driver);
void lw_operation_signal_free(LwOperationSignal *self);

/** The connection to signal on; NULL: none. */
void lw_operation_signal_set_bus(LwOperationSignal *self, sd_bus *bus);

/** Signals, or counts what is too much. Reads and Discovers cost nothing here: they are not told.
 */
void lw_operation_signal_emit(LwOperationSignal *self, uint16_t server, LwOperation operation,
                const LwPath *path, LwStatus status);
