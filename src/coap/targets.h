/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTargets: the addresses of a server in the order to try them, and where to leave from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <coap3/coap.h>
#include <glib.h>

#include "coap/oscore-numbers.h"
#include "coap/resolve.h"
#include "exchange/peer.h"
#include "exchange/transport.h"
#include "exchange/vault.h"
#include "io/driver.h"
#include "io/worker.h"
#include "model/limits.h"

/** LwClientShared: what all transports to servers have in common. */
typedef struct LwClientShared {
        LwDriver *driver;
        LwWorker *worker;
        LwVault *vault;           /* NULL: none */
        LwOscoreNumbers *numbers; /* NULL: no OSCORE */
        GHashTable *silent;       /* host name to the coap_address_t that stayed silent */
} LwClientShared;

/**
 * LwTargets: where one transport may go. A name is looked up anew for each transport; an address
 * that stayed silent for the transport before is tried last. Source: RFC 8305.
 */
typedef struct LwTargets {
        LwClientShared *shared;
        const LwPeer *peer;
        LwTransport *transport;
        void (*ready)(void *user);
        void *user;
        LwResolve *resolve; /* while that is under way */
        size_t count, next;
        coap_address_t all[LW_ADDRESSES_MAX];
} LwTargets;

/** `peer` and `transport` outlive it. */
void lw_targets_init(LwTargets *self, LwClientShared *shared, const LwPeer *peer,
                LwTransport *transport);
/** Tells the transport's stages; `ready` is called from the loop, or the transport is told that it
 * is down. */
void lw_targets_find(LwTargets *self, void (*ready)(void *user), void *user);
/** Nothing is called any more. */
void lw_targets_clear(LwTargets *self);

/** The next address, or NULL when none is left. */
coap_address_t *lw_targets_next(LwTargets *self);
bool lw_targets_is_last(const LwTargets *self);

/**
 * From which address to speak with `remote`. `ret_any`: the system may choose all of it. Errors:
 * 5.03 when what is configured does not fit.
 */
bool lw_targets_source(const LwTargets *self, const coap_address_t *remote,
                coap_address_t *ret_local, bool *ret_any, GError **error);

/** Remembers `last` as silent, if the server was not heard and has other addresses; forgets it if
 * it was. `last` may be NULL. */
void lw_targets_remember(LwTargets *self, bool heard, const coap_address_t *last);
