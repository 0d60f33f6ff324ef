/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConnection: an exchange for as long as it lives, to be held by whoever answers later. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/exchange.h"
#include "model/request.h"

/**
 * LwConnection: a counted handle on the exchange with a server.
 *
 * A provider may answer after the connection is gone, and after the server too: the holder finds it
 * closed and does nothing. While it is open, the server that it belongs to exists.
 */
typedef struct LwConnection LwConnection;

/** Takes the exchange. */
LwConnection *lw_connection_new(LwExchange *exchange);
LwConnection *lw_connection_ref(LwConnection *self);
void lw_connection_unref(LwConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwConnection, lw_connection_unref)

/** Frees the exchange; the handle stays for those who hold it. Not from inside an event of the
 * exchange. */
void lw_connection_close(LwConnection *self);
/** The exchange, or NULL once it is closed. */
LwExchange *lw_connection_exchange(const LwConnection *self);

#define LW_NO_SEQUENCE UINT32_MAX

/**
 * Answers a request of the server's; nothing happens when the connection is closed. `sequence` goes
 * out as Observe option unless it is LW_NO_SEQUENCE.
 */
void lw_connection_answer(
                LwConnection *self, LwTicket ticket, const LwResponse *response, uint32_t sequence);
