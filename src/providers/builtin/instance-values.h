/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of one instance, by their resources: what there is, and what two of them differ in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/values.h"

/** The first value of a resource; NULL: there is none, or no values. */
const LwEntry *lw_instance_values_find(const LwValues *values, uint16_t resource);
bool lw_instance_values_has(const LwValues *values, uint16_t resource);
/** Whether one resource has the same values in both, in the same order. */
bool lw_instance_values_same(const LwValues *a, const LwValues *b, uint16_t resource);
