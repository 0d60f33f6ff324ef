/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOffer: what a service says when it registers, by RegisterProvider or by its file. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "model/registry.h"
#include "model/values.h"
#include "providers/remote/claims.h"
#include "providers/remote/waker.h"

/** How long a service has for an answer, unless it says otherwise. */
#define LW_OFFER_TIMEOUT_USEC (5 * LW_USEC_PER_SEC)

/**
 * LwOffer: a registration as it is asked for.
 *
 * Shape:  `path` is the object with Provider1; `name` NULL: none; `activation.service` NULL: it is
 *         not started by requests. `keeps` is cache "notify".
 * Owns:   all of it: lw_offer_clear().
 */
typedef struct LwOffer {
        char *path;
        LwClaims *claims;
        char *name;
        LwActivation activation;
        LwUsec timeout_usec;
        bool keeps;
} LwOffer;

void lw_offer_clear(LwOffer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwOffer, lw_offer_clear)

/** Reads o a{saq} a{sv}. Errors: BadRequest for paths, InvalidArgs for options, LimitExceeded. */
int lw_offer_read(sd_bus_message *m, LwOffer *ret_offer, sd_bus_error *ret_error);
/** Reads the option `definitions` of the same message, as lw_brought_read(); 0 without it. */
int lw_offer_read_definitions(
                sd_bus_message *m, GPtrArray *definitions, size_t *bytes, sd_bus_error *ret_error);
/**
 * Reads the option `values` of the same message anew, now that the ids of `claims` are chosen: see
 * lw_report_read().
 */
int lw_offer_read_values(sd_bus_message *m, const LwClaims *claims, LwRegistry *registry,
                LwValues *values, sd_bus_error *ret_error);
