/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers on libcoap: one context per peer, made anew at each connection. */
#pragma once

#include "exchange/transport.h"
#include "io/driver.h"
#include "io/worker.h"

/** The factory of the agent. Names are resolved in `worker`. */
LwTransportFactory *lw_client_transport_factory_new(LwDriver *driver, LwWorker *worker);
/** After all its transports are closed. */
void lw_client_transport_factory_free(LwTransportFactory *self);
