/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 0, Security: one instance for each account, and nothing of it for anybody. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tree/tree.h"

/**
 * LwSecurityObject: the instances of /0. The data is the accounts'; on this interface the tree
 * refuses everything below /0 (4.01) before it gets here, and what would get here finds no values.
 */
typedef struct LwSecurityObject LwSecurityObject;

/** `tree` outlives it. */
LwSecurityObject *lw_security_object_new(LwTree *tree);
/** Takes all its instances off the tree. */
void lw_security_object_free(LwSecurityObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSecurityObject, lw_security_object_free)

/** Errors: as lw_tree_add_layer(). */
bool lw_security_object_add(LwSecurityObject *self, uint16_t instance, GError **error);
void lw_security_object_remove(LwSecurityObject *self, uint16_t instance);
