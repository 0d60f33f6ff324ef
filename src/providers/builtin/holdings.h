/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHoldings: the instances of one object and their values, as servers made them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/registry.h"
#include "model/values.h"

/**
 * LwHoldings: what there is of one object. It does not change: an edit makes another one, which is
 * kept or thrown away as a whole.
 *
 * Shape:  an instance is there without resources, too, and an array without elements.
 * Owns:   copies of all values; blobs are taken into memory.
 * Errors: an edit fails with 4.13 when a value has more than LW_BODY_MAX bytes, when all of them
 *         have more than LW_STORED_MAX, or beyond LW_STORED_INSTANCES_MAX instances; with 5.00 when
 *         a blob cannot be read.
 */
typedef struct LwHoldings LwHoldings;

/** No instances. */
LwHoldings *lw_holdings_new(uint16_t object);
void lw_holdings_free(LwHoldings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwHoldings, lw_holdings_free)

/** Whether there is such an instance, array, value or element. */
bool lw_holdings_has(const LwHoldings *self, const LwPath *path);
size_t lw_holdings_instance_count(const LwHoldings *self);
/** Ids ascending; the caller frees. NULL: there are none. */
uint16_t *lw_holdings_instances(const LwHoldings *self);
bool lw_holdings_equal(const LwHoldings *self, const LwHoldings *other);

/** Adds what is at `path`, a resource or resource instance, as LwProviderOps.read wants it. */
void lw_holdings_read(const LwHoldings *self, const LwPath *path, LwValues *ret_values);

/** With one instance more, which is free, and the values, whose instance id does not matter. */
LwHoldings *lw_holdings_create(const LwHoldings *self, const LwPath *instance,
                const LwValues *values, GError **error);
/**
 * With values written, as LwProviderOps.write has it. An element whose value is none is taken away.
 * Errors: 4.04 also for an instance that is not there, or an element that is the target.
 */
LwHoldings *lw_holdings_write(const LwHoldings *self, const LwPath *target, bool replace,
                const LwValues *values, GError **error);
/** Without an instance or an element; the array stays, perhaps empty. Errors: 4.04. */
LwHoldings *lw_holdings_delete(const LwHoldings *self, const LwPath *path, GError **error);

/** As bytes to be kept: OMA TLV, as a Read of the object has it. */
GBytes *lw_holdings_print(const LwHoldings *self, LwRegistry *registry, GError **error);
/**
 * The reverse. Resources that the definition does not have any more are left out.
 * Errors: any, with what is wrong in the document, the limits of edits included.
 */
LwHoldings *lw_holdings_parse(
                uint16_t object, GBytes *document, LwRegistry *registry, GError **error);
