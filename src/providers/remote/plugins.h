/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPlugins: all registrations of services, and the objects that came with them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "providers/remote/claims.h"
#include "providers/remote/plugin.h"

typedef struct LwPlugins LwPlugins;

/** `environment` is that of each registration; copied. */
LwPlugins *lw_plugins_new(const LwPluginEnvironment *environment);
/** Takes all that services provide off the tree. */
void lw_plugins_free(LwPlugins *self);

/** A registration that has nothing yet. */
LwPlugin *lw_plugins_add(LwPlugins *self, uid_t uid);
/** Ends one, and the objects that it was the last to have. */
void lw_plugins_end(LwPlugins *self, LwPlugin *plugin);
/** Runs all, and ends those whose grace is over. */
void lw_plugins_run(LwPlugins *self, LwNow now);

size_t lw_plugins_count(const LwPlugins *self);
LwPlugin *lw_plugins_at(const LwPlugins *self, size_t index);
/** The first of that name; NULL. */
LwPlugin *lw_plugins_find(const LwPlugins *self, const char *name);
/** What messages call a provider; valid until the next call. An LwProviderName, with the LwPlugins
 * as its user. */
const char *lw_plugins_title(void *self, const LwProvider *provider);

/**
 * Takes definitions that a registration of `uid` brings, in the place of `*former` (NULL: none),
 * which is ended, and is NULL then, if it has another one of the same object. `*ret_share` is NULL
 * when there are none. Errors: as lw_brought_take() and lw_quota_check_definitions().
 */
int lw_plugins_take_definitions(LwPlugins *self, GPtrArray *definitions, size_t bytes, uid_t uid,
                LwPlugin **former, LwBroughtShare **ret_share, sd_bus_error *ret_error);

/** The objects of `claims` that are not in the tree yet come with it, and go with the last that has
 * them. */
void lw_plugins_note_objects(LwPlugins *self, const LwClaims *claims);
/** Takes the objects away that nobody has any more, and the definitions that came for them. */
void lw_plugins_drop_objects(LwPlugins *self);

/**
 * Whether `claims` may be laid: rules and quota. `former` (NULL: none) is the registration whose
 * place they take, `grown` (NULL: none) the one to which they are added. Errors: as
 * lw_rules_check() and lw_quota_check().
 */
int lw_plugins_check(LwPlugins *self, const LwClaims *claims, uid_t uid, const LwPlugin *former,
                const LwPlugin *grown, sd_bus_error *ret_error);
