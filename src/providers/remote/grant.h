/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGrant: which user's service may provide what without polkit: providers.d/NAME.grant. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "model/path.h"
#include "providers/remote/claims.h"
#include "tree/tree.h"

/** LwGrantRange: objects `first` to `last`; one object's instance or resource when `path` is longer
 * than an object. */
typedef struct LwGrantRange {
        uint16_t first, last;
        LwPath path;
} LwGrantRange;

/**
 * LwGrant: one file.
 *
 * Shape:  `unit` NULL: any process of the user. `may_write` and `may_execute` bound what servers
 *         may have the service do, not what it may provide: without them Write, Create and Delete,
 *         or Execute, are answered with 4.05 before it is asked. Counted: g_rc_box.
 */
typedef struct LwGrant {
        char *name;
        uid_t uid;
        char *unit;
        bool may_write, may_execute;
        GArray *ranges; /* of LwGrantRange */
} LwGrant;

/** The uid of a user's name; false: there is none. */
typedef bool (*LwGrantUser)(const char *name, uid_t *ret_uid);

/**
 * From a file's text: [Grant] User= Objects= Unit= Write= Execute=. `name` is the file's. Errors:
 * 4.00 with what is wrong: no key file, a key that is not known, no user or no objects.
 */
LwGrant *lw_grant_parse(const char *name, const char *text, size_t length, LwGrantUser find_user,
                GError **error);
LwGrant *lw_grant_ref(LwGrant *self);
void lw_grant_unref(LwGrant *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwGrant, lw_grant_unref)

/** Whether it covers all of `claims`, with ids chosen; over an instance that the agent has itself
 * only where it names the resource. `*ret_missing` (length 0 on success) is the first that is not
 * covered. */
bool lw_grant_covers(const LwGrant *self, const LwClaims *claims, const LwTree *tree,
                LwPath *ret_missing);
