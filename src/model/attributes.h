/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributes: the notification attributes that a server set on one node. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/registry.h"

/** The attributes of the class <NOTIFICATION>. Source: OMA LwM2M Core 1.2, 5.1.2. */
typedef enum LwAttribute {
        LW_ATTRIBUTE_PMIN,
        LW_ATTRIBUTE_PMAX,
        LW_ATTRIBUTE_GT,
        LW_ATTRIBUTE_LT,
        LW_ATTRIBUTE_ST,
        LW_ATTRIBUTE_EPMIN,
        LW_ATTRIBUTE_EPMAX,
        LW_ATTRIBUTE_EDGE,
        LW_ATTRIBUTE_CON,
        LW_ATTRIBUTE_HQMAX,
        LW_ATTRIBUTE_COUNT,
} LwAttribute;

/** Its bit in `set` and `unset`. */
#define LW_ATTRIBUTE_BIT(attribute) (1u << (attribute))

/**
 * LwAttributes: a plain value; zeroed memory has none set.
 *
 * Shape:  `set` has a bit for each attribute that has a value; `unset`, only in a request, a bit
 *         for each that is to lose it. Periods in the standard's seconds; a pmax of 0 is no
 *         maximum; what is not set is 0.
 * Owns:   nothing.
 */
typedef struct LwAttributes {
        uint16_t set, unset;
        bool edge; /* true: rising */
        bool con;  /* true: Confirmable */
        uint32_t pmin, pmax, epmin, epmax;
        uint32_t hqmax;
        double gt, lt, st;
} LwAttributes;

/** Whether `attribute` has a value. */
bool lw_attributes_has(const LwAttributes *self, LwAttribute attribute);

/**
 * From Uri-Query options: "pmin=10" sets, "pmin" unsets.
 *
 * Errors: 4.00 an unknown name, a name twice, "pmin=" or another value that cannot be read, an st
 * below 0; property attributes (dim, ver, ...) are unknown here.
 * Source: OMA LwM2M Core 1.2, Write-Attributes.
 */
bool lw_attributes_parse(const char *const *query, size_t count, LwAttributes *ret_attributes,
                GError **error);

/** What `self` is after a Write-Attributes of `change`: values set and unset. */
void lw_attributes_apply(LwAttributes *self, const LwAttributes *change);

/**
 * Whether a set of attributes may stand at a node: checked on the outcome of lw_attributes_apply().
 * `level` is the node's; `resource` its definition, NULL above resources.
 *
 * Errors: 4.00 gt, lt, st or edge above resources, or on a resource of another type than they are
 * for; lt not below gt, or lt + 2 st not below gt; epmin not below epmax; 4.05 a resource that
 * cannot be read. pmax below pmin is no error: pmax then does not count.
 * Source: OMA LwM2M Core 1.2, 5.1.2 and Write-Attributes.
 */
bool lw_attributes_check(const LwAttributes *self, LwLevel level, const LwResourceDef *resource,
                GError **error);

/** The same attributes with the same values. */
bool lw_attributes_equal(const LwAttributes *a, const LwAttributes *b);

/** Takes from `above` whatever `self` does not have: how attributes come down the levels. */
void lw_attributes_inherit(LwAttributes *self, const LwAttributes *above);

/** Room for lw_attributes_print() of one attribute. */
#define LW_ATTRIBUTE_TEXT_MAX 400

/** "pmin", "gt" ... */
const char *lw_attribute_name(LwAttribute attribute);
/** The value as links and queries have it: decimal, without exponent; "" if it is not set. */
void lw_attributes_print(const LwAttributes *self, LwAttribute attribute,
                char text[static LW_ATTRIBUTE_TEXT_MAX]);
