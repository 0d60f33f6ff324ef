/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTree: the objects, instances and layers of this client; changes rise from here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/bytes.h"
#include "model/path.h"
#include "model/registry.h"
#include "tree/attribute-table.h"
#include "tree/audience.h"
#include "tree/instance.h"
#include "tree/provider.h"

/** LwObject: one object of the tree; instances by ascending id. */
typedef struct LwObject {
        uint16_t id;
        const LwObjectDef *def;
        GPtrArray *instances; /* of LwInstance */
        LwProvider *creator;  /* who makes instances at a server's word; NULL: nobody */
} LwObject;

/** LwTreeListener: who wants to know what changed. Told at once; it must only take note. */
typedef struct LwTreeListener {
        /** Values at or below `path` are new. */
        void (*changed)(void *user, const LwPath *path);
        /** Objects or instances came or went (`path` is the one), so that an Update is due. */
        void (*restructured)(void *user, const LwPath *path, bool added);
        /** `server` set or unset attributes at `path`. May be NULL. */
        void (*attributed)(void *user, uint16_t server, const LwPath *path);
} LwTreeListener;

/** `error` NULL: it is safe. */
typedef void (*LwTreeSaved)(void *data, const GError *error);

/** LwTreeKeeper: who keeps what servers write into the tree itself. Calls `done` once, when it is
 * safe or cannot be. */
typedef struct LwTreeKeeper {
        void (*save_attributes)(void *user, LwTreeSaved done, void *data);
} LwTreeKeeper;

LwTree *lw_tree_new(LwRegistry *registry);
void lw_tree_free(LwTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTree, lw_tree_free)

LwRegistry *lw_tree_registry(const LwTree *self);
/** The attributes that servers set on the nodes. */
LwAttributeTable *lw_tree_attributes(const LwTree *self);
/** Who observes; for the hints to providers. */
LwAudience *lw_tree_audience(const LwTree *self);

/**
 * Adds an object, with or without instances to come; nothing happens when it is there already.
 * Errors: 4.04 when no definition of it is known; 4.13 limits.
 */
bool lw_tree_add_object(LwTree *self, uint16_t object, GError **error);
/** Says who answers Create on the object, which is added if it is new; NULL: nobody any more.
 * Errors: as lw_tree_add_object(); 4.05 when another provider creates it already. */
bool lw_tree_set_creator(LwTree *self, uint16_t object, LwProvider *provider, GError **error);
/** Takes an object with all its instances away. */
void lw_tree_remove_object(LwTree *self, uint16_t object);
/**
 * Puts a layer on an instance, which is made if it is new (as is its object). A provider has at
 * most one layer on an instance: a second replaces the first. Errors: 4.04 no definition of the
 * object; 4.00 a resource the definition does not have; 4.13 limits.
 */
bool lw_tree_add_layer(LwTree *self, const LwPath *instance, LwProvider *provider, LwRank rank,
                const uint16_t *resources, size_t count, GError **error);
/** Takes `provider`'s layer off; an instance without layers goes. The object stays. */
void lw_tree_remove_layer(LwTree *self, const LwPath *instance, LwProvider *provider);
/** Takes all that `provider` has off the tree. */
void lw_tree_remove_provider(LwTree *self, LwProvider *provider);

/** Lookups; NULL is none. Valid until the tree changes. */
const LwObject *lw_tree_object(const LwTree *self, uint16_t object);
const LwInstance *lw_object_instance(const LwObject *self, uint16_t instance);
/** Objects by ascending id. */
size_t lw_tree_object_count(const LwTree *self);
const LwObject *lw_tree_object_at(const LwTree *self, size_t index);

/** Providers say that values at or below `path` are new. */
void lw_tree_changed(LwTree *self, const LwPath *path);

/** `server` set or unset attributes at `path`: tells the listeners. */
void lw_tree_attributed(LwTree *self, uint16_t server, const LwPath *path);

/** Without a keeper, what is written holds until the end of the process. */
void lw_tree_set_keeper(LwTree *self, const LwTreeKeeper *keeper, void *user);
/** Has the attributes kept; `done` may come before this returns. */
void lw_tree_save_attributes(LwTree *self, LwTreeSaved done, void *data);

void lw_tree_add_listener(LwTree *self, const LwTreeListener *listener, void *user);
void lw_tree_remove_listener(LwTree *self, const LwTreeListener *listener, void *user);

/**
 * The object list of Register and Update: root link with ct=, objects with ver= where it is
 * not 1.0, instances; without objects 0, 21 and 23. Source: OMA LwM2M Core 1.1, Register.
 */
void lw_tree_write_links(const LwTree *self, LwWriter *writer);
