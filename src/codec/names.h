/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNames: what the values of a SenML or LwM2M JSON document are called. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/path.h"
#include "model/values.h"

/**
 * LwNames: a base name for all values of an answer, and for each the rest of its path.
 *
 * Shape:  `text` is the path of the request, with a slash where something follows it; a request for
 *         one value has no slash and no rest, one for the root has whole paths for rest.
 * Owns:   nothing; copy it freely.
 */
typedef struct LwNames {
        LwPath base;
        bool whole; /* the base name is the name of the first value, and has no slash */
        char text[LW_PATH_TEXT_MAX + 1];
        size_t length;
} LwNames;

LwNames lw_names(const LwValues *values, const LwPath *base);

/**
 * Prints the name of a value below the base name.
 * Errors: 4.06 where a Create leaves the id open, as there is no name for that; 5.00 for a value
 *         beside an array of the same path, which no name could tell apart.
 */
bool lw_names_print(const LwNames *self, const LwPath *path, char text[static LW_PATH_TEXT_MAX],
                size_t *ret_length, GError **error);
