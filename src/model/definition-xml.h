/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OMA object description file, from text to LwObjectDef. */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "model/registry.h"

/**
 * Parses one <LWM2M><Object>...</Object></LWM2M> document.
 *
 * Errors: 4.00 with line and reason: not XML, no object id, an id above 65534, a type, operation or
 *         multiplicity of no known name or without its element, a resource twice, more than
 *         limits.h allows. A range that says nothing we can check is not an error.
 * Source: OMA LwM2M schema LWM2M-v1_1.xsd.
 */
LwObjectDef *lw_definition_xml_parse(const char *text, size_t length, GError **error);
