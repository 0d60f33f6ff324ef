/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients send by themselves: Send, POST /dp. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/time.h"
#include "model/registry.h"
#include "model/values.h"
#include "testserver/clients.h"
#include "testserver/peers.h"

/** Whether a request is for /dp, or below it. */
bool lw_test_dp_is_for(const LwMessage *message);

/**
 * Reads the values of a Send; NULL: it is to be refused. `ret_client` is who sent it, `ret_format`
 * in which format. Values are in order of path, each with its time if it has one. Caller frees.
 *
 * Errors: 4.04 nobody is registered from there, or a value lies in an instance that is not
 * registered; 4.05 another method, or a path below /dp; 4.02 a critical option; 4.00 a client of
 * 1.0, another format than SenML CBOR, SenML JSON and, from 1.2 on, LwM2M CBOR, or what cannot be
 * read. Source: OMA LwM2M Core 1.1 and 1.2, Send.
 */
LwValues *lw_test_dp_read(const LwTestClients *clients, const LwTestPeer *peer,
                const LwMessage *message, LwRegistry *registry, LwNow now,
                LwTestClient **ret_client, int32_t *ret_format, GError **error);
