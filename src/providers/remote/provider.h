/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRemoteProvider: asks a service on the bus, by org.lwm2md.Provider1. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "io/driver.h"
#include "model/values.h"
#include "providers/remote/asker.h"
#include "providers/remote/watch.h"
#include "tree/provider.h"
#include "tree/tree.h"

/** What a request led to beside values. */
typedef struct LwRemoteEvents {
        /**
         * The service made the instance, from `values`; it may have been added already. Errors: it
         * cannot be in the tree.
         */
        bool (*created)(void *user, const LwPath *instance, const LwValues *values, GError **error);
        /** The service deleted the instance; it may have been taken off already. */
        void (*deleted)(void *user, const LwPath *instance);
        /** Somebody asks, and the service sleeps. */
        void (*wake)(void *user);
} LwRemoteEvents;

/**
 * LwRemoteProvider: a provider that asks a service while there is one: one D-Bus call for one
 * request, whatever its number of resources, in the order and time of LwAsker.
 */
typedef struct LwRemoteProvider LwRemoteProvider;

/** Has no service yet: all answers are 5.03. `events` outlive it. */
LwRemoteProvider *lw_remote_provider_new(
                LwTree *tree, LwDriver *driver, const LwRemoteEvents *events, void *user);
/** The owner has taken it off the tree before. Requests under way fail with 5.03. */
void lw_remote_provider_free(LwRemoteProvider *self);
/** What the tree knows it by. */
LwProvider *lw_remote_provider_base(LwRemoteProvider *self);

/** What servers may have it do besides reading; all, if never said. The others are 4.05. */
void lw_remote_provider_set_rights(LwRemoteProvider *self, bool may_write, bool may_execute);

/** A service is there, or sleeps (`owner` NULL): copied. What was kept of the former one is
 * forgotten. */
void lw_remote_provider_connect(
                LwRemoteProvider *self, sd_bus *bus, const LwRemoteService *service);
/** It is gone: all that is under way fails with 5.03, as does what is asked from now on. */
void lw_remote_provider_disconnect(LwRemoteProvider *self);

/** It could not be woken: what waits fails with 5.03. */
void lw_remote_provider_give_up(LwRemoteProvider *self);

/** The service reports values; sorts them. They are news to the tree. */
void lw_remote_provider_report(LwRemoteProvider *self, LwValues *values);
/** `resource` is to be asked for again. */
void lw_remote_provider_invalidate(LwRemoteProvider *self, const LwPath *resource);
/** Values to begin with, which are no news; sorts them. */
void lw_remote_provider_fill(LwRemoteProvider *self, LwValues *values);

/** Calls `each` for every resource of its that is observed. */
void lw_remote_provider_each_observed(const LwRemoteProvider *self, LwWatchEach each, void *data);

/** When the first request that waits for its turn has waited too long. */
LwUsec lw_remote_provider_deadline(const LwRemoteProvider *self);
void lw_remote_provider_run(LwRemoteProvider *self, LwNow now);
