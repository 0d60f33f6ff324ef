/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers over TCP and TLS. */
#pragma once

#include "coap/targets.h"
#include "exchange/transport.h"

/** `shared` outlives it, and it all its transports. */
LwTransportFactory *lw_client_stream_factory_new(LwClientShared *shared);
void lw_client_stream_factory_free(LwTransportFactory *factory);
/** As lw_client_transport_factory_clock_stepped(). */
void lw_client_stream_clock_stepped(LwTransportFactory *factory);
