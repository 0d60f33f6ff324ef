/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDeliveries: what a service has sent to servers, until all of them have said what became of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct LwDeliveries LwDeliveries;

LwDeliveries *lw_deliveries_new(void);
void lw_deliveries_free(LwDeliveries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeliveries, lw_deliveries_free)

/** The Send `send` went to so many servers; the service calls it `own`. */
void lw_deliveries_add(LwDeliveries *self, uint64_t send, uint64_t own, unsigned servers);
/**
 * One server said what became of `send`. True: it was the last, or the only; `ret_own` is the
 * service's name for it, `ret_ok` whether all of them have it. False: others are to come, or it is
 * none of ours.
 */
bool lw_deliveries_take(
                LwDeliveries *self, uint64_t send, bool ok, uint64_t *ret_own, bool *ret_ok);
/** The service that they were of is gone. */
void lw_deliveries_clear(LwDeliveries *self);
