/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributeTable: the attributes that servers set, by server and node. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/attributes.h"
#include "model/path.h"

/**
 * LwAttributeTable: what Write-Attributes wrote. It belongs to the server's account: it outlives
 * registrations, and ends with the account or with the Delete of an instance.
 * Source: OMA LwM2M Core 1.2, Write-Attributes.
 */
typedef struct LwAttributeTable LwAttributeTable;

LwAttributeTable *lw_attribute_table_new(void);
void lw_attribute_table_free(LwAttributeTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwAttributeTable, lw_attribute_table_free)

/** Exactly what `server` set at `path`; NULL: nothing. Valid until the table changes. */
const LwAttributes *lw_attribute_table_find(
                const LwAttributeTable *self, uint16_t server, const LwPath *path);
/** Puts them in place of what was there; an empty set takes the entry away. Errors: 4.13 limits. */
bool lw_attribute_table_set(LwAttributeTable *self, uint16_t server, const LwPath *path,
                const LwAttributes *attributes, GError **error);
/** What holds at `path`: set there, or inherited from above, each attribute for itself. */
LwAttributes lw_attribute_table_resolve(
                const LwAttributeTable *self, uint16_t server, const LwPath *path);
/** Whether anything is set strictly below `path`, so that its resources differ. */
bool lw_attribute_table_has_below(
                const LwAttributeTable *self, uint16_t server, const LwPath *path);

/** The node is gone: drops what all servers set at and below it. True if there was any. */
bool lw_attribute_table_drop_node(LwAttributeTable *self, const LwPath *path);
/** Drops what was set by servers that `is_kept` does not know. True if there was any. */
bool lw_attribute_table_keep_servers(
                LwAttributeTable *self, bool (*is_kept)(void *user, uint16_t server), void *user);

/** All of it as a document, entries in order, and back; loading replaces what is there.
 * Errors: 4.00 a document that is none; the table is as it was. */
GBytes *lw_attribute_table_save(const LwAttributeTable *self);
bool lw_attribute_table_load(LwAttributeTable *self, GBytes *document, GError **error);
