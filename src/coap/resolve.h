/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwResolve: names to addresses, in the worker, and the order to try them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>

#include "io/worker.h"
#include "model/limits.h"

/**
 * LwResolve: one look-up under way. It is gone when `done` has been called, or after
 * lw_resolve_cancel().
 */
typedef struct LwResolve LwResolve;

/**
 * From the loop. `count` 0: there is none, and `reason` says why ("Name or service not known").
 * The addresses are gone after the call.
 */
typedef void (*LwResolveDone)(
                void *user, const coap_address_t *addresses, size_t count, const char *reason);

/** NULL when the worker has no room. */
LwResolve *lw_resolve_start(
                LwWorker *worker, const char *host, uint16_t port, LwResolveDone done, void *user);
/** `done` is not called any more. */
void lw_resolve_cancel(LwResolve *self);

/**
 * Puts addresses in the order to try: as given, but families taking turns, so that a family that is
 * broken on the way costs every other try only. Source: RFC 8305, 4.
 */
void lw_resolve_order(coap_address_t *addresses, size_t count);
