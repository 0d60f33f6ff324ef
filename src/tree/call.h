/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCall: the promise to answer once. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/request.h"
#include "model/values.h"

/**
 * LwCall: one question to one provider, to be finished exactly once with lw_call_succeed() or
 * lw_call_fail(), perhaps before the provider's verb returns.
 *
 * Owns:   a reference for whoever must finish it; finishing gives it up. A provider that goes away
 *         without an answer calls lw_call_fail().
 */
typedef struct LwCall LwCall;

/** `error` NULL: it succeeded. The call is gone afterwards. */
typedef void (*LwCallDone)(void *user, LwCall *call, const GError *error);

/** `values` is where a read's answers go; it stays the caller's and outlives the call. May be NULL.
 */
LwCall *lw_call_new(const LwRequest *request, LwValues *values, LwCallDone done, void *user);

/** Who asks, what and in which version: copied from the request, without payload and values. */
LwOperation lw_call_operation(const LwCall *self);
uint16_t lw_call_server(const LwCall *self);
LwVersion lw_call_version(const LwCall *self);
LwNow lw_call_now(const LwCall *self);
/** Where a provider's read() puts what it finds. */
LwValues *lw_call_values(LwCall *self);

/** A Create made another instance than the one proposed. */
void lw_call_set_created(LwCall *self, const LwPath *instance);
/** Length 0: it was not said. */
LwPath lw_call_created(const LwCall *self);

void lw_call_succeed(LwCall *self);
/** `error` is copied. */
void lw_call_fail(LwCall *self, const GError *error);
void lw_call_fail_status(LwCall *self, LwStatus status, const char *format, ...)
                G_GNUC_PRINTF(3, 4);
