/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers on libcoap: one context per peer, made anew at each connection. */
#pragma once

#include "coap/oscore-numbers.h"
#include "exchange/transport.h"
#include "exchange/vault.h"
#include "io/driver.h"
#include "io/worker.h"

/** The factory of the agent. Names are resolved in `worker`. */
LwTransportFactory *lw_client_transport_factory_new(LwDriver *driver, LwWorker *worker);
/** Where sessions are kept to be resumed; without it each handshake is a full one. It outlives the
 * factory. */
void lw_client_transport_factory_use_vault(LwTransportFactory *self, LwVault *vault);
/** Where OSCORE's sequence numbers are kept; without it there is no OSCORE. It outlives the
 * factory.
 */
void lw_client_transport_factory_use_numbers(LwTransportFactory *self, LwOscoreNumbers *numbers);
/** The clock was set: sessions whose certificates could not be checked by it are checked now, and
 * end if they are not good. */
void lw_client_transport_factory_clock_stepped(LwTransportFactory *self);
/** After all its transports are closed. */
void lw_client_transport_factory_free(LwTransportFactory *self);
