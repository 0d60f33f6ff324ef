/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPlugin: one registration of a service: its claims and its owner's life. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "io/driver.h"
#include "providers/remote/brought.h"
#include "providers/remote/claims.h"
#include "providers/remote/grant.h"
#include "providers/remote/offer.h"
#include "providers/remote/presence.h"
#include "tree/tree.h"

typedef struct LwPlugin LwPlugin;

/** What a registration needs from its registrar. */
typedef struct LwPluginEnvironment {
        LwTree *tree;
        LwDriver *driver;
        /** It unregistered: free it, perhaps at once. */
        void (*unregistered)(void *user, LwPlugin *plugin);
        /** Registration1.AddInstances: reads the message and answers it. */
        int (*add_instances)(
                        void *user, LwPlugin *plugin, sd_bus_message *m, sd_bus_error *ret_error);
        /** See LwPluginFaceEvents.send. */
        unsigned (*send)(void *user, const LwValues *values, uint64_t *ret_send);
        /** A server made an instance from `values`: checks it and adds it by lw_plugin_grow(). */
        int (*created)(void *user, LwPlugin *plugin, const LwPath *instance, const LwValues *values,
                        sd_bus_error *ret_error);
        /** It has less than before. */
        void (*shrunk)(void *user, LwPlugin *plugin);
        void *user;
} LwPluginEnvironment;

/**
 * LwPlugin: one registration, from RegisterProvider to its end.
 *
 * It is present while the owner's unique name is on the bus. When that goes, Reads answer 5.03 and
 * a grace of five seconds begins, in which lw_plugin_arrive() may make it present again, with its
 * instances and whoever observes them as they were. lw_plugin_is_over() says when nobody came.
 */

/** Not present yet, and without claims. `number` makes its path on the bus. */
LwPlugin *lw_plugin_new(const LwPluginEnvironment *environment, unsigned number, uid_t uid);
/** Takes all that it has off the tree and the bus. */
void lw_plugin_free(LwPlugin *self);

/**
 * Takes over the offer: lays the claims into the tree, takes off what was claimed before and is not
 * now, and leaves the offer empty. `file` is the text of the file that it is from, of a service
 * that sleeps until somebody asks; NULL: the service registers. Errors: those of the tree; the
 * registration is of no use then.
 */
int lw_plugin_lay(LwPlugin *self, LwOffer *offer, GBytes *file, sd_bus_error *ret_error);
/** By which grant it may provide; NULL: by polkit, or as root. Takes it over. */
void lw_plugin_set_grant(LwPlugin *self, LwGrant *grant);
const LwGrant *lw_plugin_grant(const LwPlugin *self);
/** The definitions that it brought. Takes `share` over; NULL: none, and those from before stay. */
void lw_plugin_set_definitions(LwPlugin *self, LwBroughtShare *share);
const LwBroughtShare *lw_plugin_definitions(const LwPlugin *self);
/** The text of its file; NULL: it came without. */
GBytes *lw_plugin_file(const LwPlugin *self);
/** There is a bus: one with an activation, and nobody there, sleeps on it. */
void lw_plugin_sleep(LwPlugin *self, sd_bus *bus);

/** Adds claims, which were checked, and leaves them empty. Errors: those of the tree; then none of
 * them is added. */
int lw_plugin_grow(LwPlugin *self, LwClaims *claims, sd_bus_error *ret_error);
/** `owner`, a unique name on `bus`, is the service; `values` (sorted) to begin with. */
int lw_plugin_arrive(LwPlugin *self, sd_bus *bus, const char *owner, LwValues *values);
/** Nothing happens when it is not present. */
void lw_plugin_leave(LwPlugin *self, LwPluginCause cause);

bool lw_plugin_is_present(const LwPlugin *self);
/** The grace has passed. */
bool lw_plugin_is_over(const LwPlugin *self, LwNow now);
LwUsec lw_plugin_deadline(const LwPlugin *self);
void lw_plugin_run(LwPlugin *self, LwNow now);

/** A Send is over at one server. */
void lw_plugin_sent(LwPlugin *self, uint64_t number, bool ok);

uid_t lw_plugin_uid(const LwPlugin *self);
/** NULL: none. */
const char *lw_plugin_name(const LwPlugin *self);
/** "'thermometer' (:1.5)", for messages. */
const char *lw_plugin_title(const LwPlugin *self);
const char *lw_plugin_bus_path(const LwPlugin *self);
/** Whether it is `path` of `owner`. */
bool lw_plugin_is_at(const LwPlugin *self, const char *owner, const char *path);
/** Whether it is that user's by its name, or, without a name, by the path of its object. */
bool lw_plugin_is_like(const LwPlugin *self, uid_t uid, const char *name, const char *path);
const LwClaims *lw_plugin_claims(const LwPlugin *self);
const LwProvider *lw_plugin_provider(const LwPlugin *self);
