/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDefinitions: finds the object description files. */
#pragma once

#include <stdint.h>

#include <glib.h>

/**
 * LwDefinitions: the directories that hold objects/ID.xml.
 *
 * The administrator's file replaces ours, and an empty one masks it; of the objects that the agent
 * itself is built on (0 to 9 and 21) only ours count.
 */
typedef struct LwDefinitions LwDefinitions;

/** `only` (may be NULL): the one directory to look in, in place of the two others. All are copied.
 */
LwDefinitions *lw_definitions_new(const char *only, const char *administrator, const char *ours);
void lw_definitions_free(LwDefinitions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDefinitions, lw_definitions_free)

/** An LwRegistryLoader; `user` is the LwDefinitions. */
GBytes *lw_definitions_load(void *user, uint16_t object);
