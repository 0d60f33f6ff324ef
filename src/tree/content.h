/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values that a Write or a Create brings: decoded, and checked before anything is touched. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "model/path.h"
#include "model/registry.h"
#include "model/request.h"
#include "model/values.h"
#include "tree/layer.h"
#include "tree/tree.h"

/** An error that names the operation and the place: "Write /3/0/9: ...". Returns false. */
bool lw_content_refuse(GError **error, LwStatus status, const LwRequest *request,
                const LwPath *path, const char *what);

/**
 * The values of a request: those of a local one as they are, else its payload decoded.
 * Errors: 4.00 without a Content-Format; those of the codec.
 */
bool lw_content_read(LwTree *tree, const LwRequest *request, LwValues *ret_values, GError **error);

/**
 * Whether a resource may take the value: it can be written, has that shape and type, the value lies
 * in its range, and an object link points to something.
 * Errors: 4.05, 4.00.
 */
bool lw_content_check(const LwTree *tree, const LwRequest *request, const LwObjectDef *object,
                const LwEntry *entry, GError **error);

/**
 * Whether `values` has all that the definition of an instance wants: mandatory resources that a
 * server can write. Errors: 4.00.
 */
bool lw_content_check_mandatory(const LwRequest *request, const LwObjectDef *object,
                const LwPath *instance, const LwValues *values, GError **error);

/** Several providers cannot be written as one, and half a Write is worse than none: takes the
 * layer's provider, or finds that it is the same. Errors: 4.05. */
bool lw_content_join(const LwRequest *request, const LwLayer *layer, LwProvider **provider,
                GError **error);

/** Whether a composite operation is for this server at all: they exist since 1.1, and their formats
 * are SenML, SenML-ETCH and, to write, LwM2M CBOR. Errors: 4.05, 4.15. */
bool lw_content_check_composite(const LwRequest *request, GError **error);
