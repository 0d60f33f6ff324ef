/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwClaims: the objects, instances and resources that a service wants to provide. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/path.h"
#include "providers/remote/labels.h"
#include "tree/tree.h"

/**
 * LwClaim: one object, or one instance with its resources.
 *
 * Shape:  `path` is an object (without an instance yet, and so without resources) or an instance.
 *         With a `label` it is the object until lw_claims_choose() has found the instance.
 *         `resources` are ascending, each once.
 */
typedef struct LwClaim {
        LwPath path;
        char *label; /* NULL: the id is fixed */
        uint16_t *resources;
        size_t count;
} LwClaim;

/**
 * LwClaims: all that one registration claims, in the order in which it did.
 *
 * Keys as services write them: "/3303" an object, "/3303/0" an instance; where the last id is a
 * star and a label ("*oven"), an instance whose id is chosen for it.
 */
typedef struct LwClaims LwClaims;

LwClaims *lw_claims_new(void);
void lw_claims_free(LwClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwClaims, lw_claims_free)

/**
 * Adds an instance with the ids of its resources, or an object without any.
 * `resources` are sorted in place. Errors: BadRequest for what is no such key, comes twice, or has
 * the wrong number of resources; LimitExceeded.
 */
int lw_claims_add(LwClaims *self, const char *key, uint16_t *resources, size_t count,
                sd_bus_error *ret_error);
/** Reads an a{saq}. */
int lw_claims_read(LwClaims *self, sd_bus_message *m, sd_bus_error *ret_error);

/** Takes over all that `from` has and leaves it empty; ids are chosen, and nothing is in both but
 * objects. */
void lw_claims_move(LwClaims *self, LwClaims *from);
/** Drops the claim of an instance, or of an object without one; whether there was one. */
bool lw_claims_remove(LwClaims *self, const LwPath *path);

/**
 * Finds an instance for each label: the one that `name` and the label had before, if nobody else
 * has it now, else the lowest id from 100 on that is free and not kept for another label. `own` is
 * the provider that already has what it has; NULL: none. Changes nothing outside.
 * Errors: LimitExceeded when no id is free.
 */
int lw_claims_choose(LwClaims *self, const LwTree *tree, const LwProvider *own,
                const LwLabels *labels, const char *name, sd_bus_error *ret_error);

/** The claim at `index`, which has a label, is of this instance from now on. */
void lw_claims_settle(LwClaims *self, size_t index, uint16_t instance);

size_t lw_claims_count(const LwClaims *self);
const LwClaim *lw_claims_at(const LwClaims *self, size_t index);
/** The instances among them. */
size_t lw_claims_instance_count(const LwClaims *self);
/** The claim of an instance, once ids are chosen; NULL. */
const LwClaim *lw_claims_find(const LwClaims *self, uint16_t object, uint16_t instance);
/** Whether the object was claimed without an instance, as one whose instances servers may make. */
bool lw_claims_has_bare(const LwClaims *self, uint16_t object);
/** The one or the other, by what `path` is. */
bool lw_claims_has(const LwClaims *self, const LwPath *path);
/** The claim that has the label; NULL. */
const LwClaim *lw_claims_find_label(const LwClaims *self, const char *label);
/** An object, "/3303", an instance, "/3303/0", or one by its label, of theirs.
 * Errors: 4.00 no path; 4.04 none of them. */
bool lw_claims_resolve(const LwClaims *self, const char *key, LwPath *ret_path, GError **error);
/** Whether `path` is an object, an instance, a resource or a resource instance of theirs. */
bool lw_claims_concern(const LwClaims *self, const LwPath *path);
/** Whether one of them is, or is in, the object. */
bool lw_claims_has_object(const LwClaims *self, uint16_t object);
/** Adds the ids of all their objects to a set of GUINT_TO_POINTER(id). */
void lw_claims_collect_objects(const LwClaims *self, GHashTable *set);

/**
 * A resource, "/3303/0/5700" or with a star and a label for the instance, as a path of the tree,
 * once ids are chosen. Errors: 4.00 no path; 4.04 none of the resources that are claimed.
 */
bool lw_claims_place(const LwClaims *self, const char *key, LwPath *ret_path, GError **error);

/** "/3303/0, /3303/1 and 3 more": the first `most`, for messages. */
char *lw_claims_print(const LwClaims *self, size_t most);
