/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistry: the definitions of objects and resources, all that are known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/value.h"

/* What may be done to a resource: bits of LwResourceDef.operations. */
#define LW_READABLE 1u
#define LW_WRITABLE 2u
#define LW_EXECUTABLE 4u

/**
 * LwResourceDef: what an object's definition says of one resource.
 *
 * Shape:  a range bounds a number's value, or the bytes of a string or an opaque value;
 *         `choices` lists the allowed ones where the definition does ("16,32,48").
 */
typedef struct LwResourceDef {
        uint16_t id;
        uint8_t type;       /* LwType */
        uint8_t operations; /* LW_READABLE ... */
        bool multiple;
        bool mandatory;
        bool has_range;
        uint8_t choice_count;
        double minimum, maximum;
        double *choices;
        char *name;
        char *units; /* "" if none */
} LwResourceDef;

/**
 * LwObjectDef: the definition of one object; its resources by ascending id. Owned by the registry.
 */
typedef struct LwObjectDef {
        uint16_t id;
        uint8_t major, minor; /* the object's version; 1.0 where the file names none */
        bool multiple;
        bool mandatory;
        char *name;
        LwResourceDef *resources;
        size_t resource_count;
} LwObjectDef;

void lw_object_def_free(LwObjectDef *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObjectDef, lw_object_def_free)

/** Whether both say the same. */
bool lw_object_def_equal(const LwObjectDef *a, const LwObjectDef *b);
/** The resource of that id, or NULL. */
const LwResourceDef *lw_object_def_find(const LwObjectDef *self, uint16_t resource);

/** Errors: 4.00 when `value` has another type than the definition or lies outside its range. */
bool lw_resource_def_check(const LwResourceDef *self, const LwValue *value, GError **error);

/** The description file of an object, whole, or NULL if there is none. */
typedef GBytes *(*LwRegistryLoader)(void *user, uint16_t object);

/**
 * LwRegistry: finds a definition by its object's id, reads its file at the first question, and
 * remembers it, its absence too. A file that cannot be parsed is one warning and counts as absent.
 */
typedef struct LwRegistry LwRegistry;

LwRegistry *lw_registry_new(LwRegistryLoader loader, void *user);
void lw_registry_free(LwRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwRegistry, lw_registry_free)

/** The definition, or NULL. Valid as long as the registry. */
const LwObjectDef *lw_registry_find(LwRegistry *self, uint16_t object);
/** The definition of one resource, or NULL. */
const LwResourceDef *lw_registry_resource(LwRegistry *self, uint16_t object, uint16_t resource);
/**
 * Takes a definition that came otherwise; it replaces one of the same id, to which others may still
 * point: one that says the same leaves it in place, and LW_DEFINITIONS_REPLACED_MAX can be
 * replaced, then this returns false. Owns `def`.
 */
bool lw_registry_add(LwRegistry *self, LwObjectDef *def);
/** Forgets a definition that lw_registry_add() took; nobody points to it any more. A file of the
 * object counts again. */
void lw_registry_remove(LwRegistry *self, uint16_t object);
