/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGrants: the files providers.d/NAME.grant, and who may provide by them. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "providers/remote/grant.h"

/** LwGrants: all files, and the units of callers whose message waits for systemd's word. */
typedef struct LwGrants LwGrants;

LwGrants *lw_grants_new(void);
void lw_grants_free(LwGrants *self);
/** The connection, or NULL when it goes. */
void lw_grants_set_bus(LwGrants *self, sd_bus *bus);

/**
 * Reads `directories` (ended by NULL), the first having the last word: a file hides those of its
 * name in later ones, and an empty one only hides. What is wrong with a file is a warning. May ask
 * the user database, which may block.
 */
void lw_grants_load(LwGrants *self, const char *const *directories);
/** The same with texts: for tests. Owns `grant`. */
void lw_grants_add(LwGrants *self, LwGrant *grant);

/**
 * A grant of user `uid`, and of the unit that process `pid` belongs to if it names one, that covers
 * `claims`. 1: `*ret_grant` has it, as the caller's own, or is NULL: there is none. 0: systemd is
 * being asked; `m` comes to its handler again.
 */
int lw_grants_find(LwGrants *self, sd_bus_message *m, uid_t uid, pid_t pid, const LwClaims *claims,
                const LwTree *tree, LwGrant **ret_grant);

/** Sets AccessDenied with what `uid` lacks to provide `claims`, and what to do about it: for who
 * has no grant, and whom polkit does not allow it. */
int lw_grants_refuse(const LwGrants *self, uid_t uid, const LwClaims *claims, const LwTree *tree,
                sd_bus_error *ret_error);

/**
 * After lw_grants_load(): the grant that stands for `former`, by which `claims` were registered:
 * one of the same user, for all units or the same, that covers them. The caller's; NULL: none.
 */
LwGrant *lw_grants_renew(const LwGrants *self, const LwGrant *former, const LwClaims *claims,
                const LwTree *tree);
