/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 1, LwM2M Server: a view on the accounts of the client. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/client.h"
#include "io/driver.h"
#include "providers/builtin/table.h"

/**
 * LwServerObject: the instances of /1, one for each server of the client.
 *
 * A Write is prepared in a draft, then put into the account and saved; it succeeds when the account
 * is safe, and leaves everything as it was when it cannot be saved. Writes are saved one after the
 * other. Disable and Registration Update Trigger are answered first and done in the next turn of
 * the loop. Source: OMA LwM2M Core 1.2, "LwM2M Object: LwM2M Server".
 */
typedef struct LwServerObject LwServerObject;

/** `client` and `driver` outlive it. */
LwServerObject *lw_server_object_new(LwClient *client, LwDriver *driver);
/** Takes all its instances off the tree; Writes that wait fail with 5.03. */
void lw_server_object_free(LwServerObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwServerObject, lw_server_object_free)

/** The instance of a server of the client. Errors: as lw_tree_add_layer(). */
bool lw_server_object_add(LwServerObject *self, LwServer *server, GError **error);
/** The server is about to go: Writes to it that wait fail with 5.03. */
void lw_server_object_remove(LwServerObject *self, LwServer *server);

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_server_object_rows(size_t *ret_count);
