/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ranges of definitions, from text to bounds. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/registry.h"

/**
 * Takes what <RangeEnumeration> says into the range and the choices of `self`, whose type is known:
 * "0..255", "1...15", "0-3", "16,32,48", each perhaps with "bytes" behind it, and for text and data
 * "64", at most 64 bytes. The element is prose: what reads otherwise, "0: off 1: on", bounds
 * nothing.
 *
 * Errors: 4.00 when more values are listed than limits.h allows.
 */
bool lw_range_parse(const char *text, LwResourceDef *self, GError **error);
