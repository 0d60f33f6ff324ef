/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPresence: where a registered service is: on the bus, asleep, or gone with its place kept. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "io/driver.h"
#include "providers/remote/offer.h"
#include "providers/remote/provider.h"

/** Why a service is not present any more. */
typedef enum LwPluginCause { LW_PLUGIN_OWNER_GONE, LW_PLUGIN_BUS_GONE } LwPluginCause;

/**
 * LwPresence: connects a provider to its service.
 *
 * A service is present while the unique name that registered it is on the bus. When that goes it
 * sleeps if the offer has an activation; else requests fail, and a grace of five seconds begins.
 */
typedef struct LwPresence LwPresence;

/** Neither present nor asleep yet. All outlive it; `offer` is read anew each time. `left` is called
 * when the owner goes. */
LwPresence *lw_presence_new(LwDriver *driver, LwRemoteProvider *provider, const LwOffer *offer,
                void (*left)(void *user), void *user);
void lw_presence_free(LwPresence *self);

/** The offer is from a file; says so in the journal. */
void lw_presence_announce(LwPresence *self);
/** `owner`, a unique name on `bus`, is the service. Negative errno. */
int lw_presence_arrive(LwPresence *self, sd_bus *bus, const char *owner);
/** It is not present any more. */
void lw_presence_leave(LwPresence *self, LwPluginCause cause);
/** There is a bus: one with an activation, and not present, sleeps on it. */
void lw_presence_sleep(LwPresence *self, sd_bus *bus);
/** The offer's activation is about to become another one. */
void lw_presence_forget_activation(LwPresence *self);
/** Starts it if it sleeps. */
void lw_presence_wake(LwPresence *self);

bool lw_presence_is_present(const LwPresence *self);
/** Who it is while it is present. */
const char *lw_presence_owner(const LwPresence *self);
/** When the grace ends; LW_USEC_NEVER: there is none. */
LwUsec lw_presence_over_at(const LwPresence *self);

/** "'thermometer' (:1.5)", for messages. */
const char *lw_presence_title(const LwPresence *self);
/** Tells the journal: title, `what`, and what was claimed. */
void lw_presence_tell(const LwPresence *self, const char *what);
