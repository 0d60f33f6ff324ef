/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServers: which servers there are: the configuration's, and those added and removed over D-Bus.
 */
#pragma once

#include <glib.h>

#include "client/client.h"
#include "control/manager.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "io/driver.h"
#include "store/attributes.h"
#include "store/roster.h"
#include "store/store.h"

/**
 * LwServers: brings the client's servers in line with what is wanted.
 *
 * A section that was removed over D-Bus is left out until it is edited. Where the configuration and
 * a server that was added want the same name or short id, the configuration wins.
 */
typedef struct LwServers LwServers;

/** All of them outlive it. */
LwServers *lw_servers_new(LwClient *client, LwStore *store, LwAttributeKeeper *attributes,
                LwRoster *roster, LwJournal *journal, LwDriver *driver);
void lw_servers_free(LwServers *self);

/**
 * Servers whose section is as it was, or cannot be used now, stay as they are; those whose section
 * is gone or other than before de-register, and the new ones start. At the start that is all.
 * Takes the accounts out of `config`.
 */
void lw_servers_follow(LwServers *self, LwConfig *config);

/** As LwManagerOps has them. */
void lw_servers_add(LwServers *self, const GPtrArray *settings, LwManagerDone done, void *data);
void lw_servers_remove(LwServers *self, LwServer *server, LwManagerDone done, void *data);
