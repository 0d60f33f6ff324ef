/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manager1.Send and Manager1.Sent, from D-Bus message to the client and back. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "client/client.h"
#include "client/send-result.h"
#include "io/driver.h"

/** The rest of the handler of Send, once the caller is allowed: reads the arguments and answers. */
int lw_control_send(LwClient *client, LwDriver *driver, sd_bus_message *m, sd_bus_error *ret_error);
/** The signal Sent; nothing happens without a bus. */
void lw_control_emit_sent(sd_bus *bus, uint64_t id, uint16_t server, const LwSendResult *result);
