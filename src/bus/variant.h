/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values to D-Bus and back: s x t d b ay h (qq) and, for arrays, a{qv}. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/path.h"
#include "model/registry.h"
#include "model/value.h"
#include "model/values.h"

/*
 * | type              | D-Bus                                       |
 * | String, Corelnk   | s                                           |
 * | Integer, Time     | x                                           |
 * | Unsigned Integer  | t                                           |
 * | Float             | d                                           |
 * | Boolean           | b                                           |
 * | Opaque            | ay; from LW_BODY_MAX on h, a sealed memfd   |
 * | Objlnk            | (qq)                                        |
 * | multiple resource | a{qv}, resource instance id to value        |
 */

/** Who wrote a value decides how it is read. */
typedef enum LwVariantReader {
        LW_VARIANT_STRICT, /* a program: the types above, any integer width, integers for Float;
                              what is larger than LW_BODY_MAX is an LwBlob */
        LW_VARIANT_PERSON, /* busctl: also `s` as text/plain for every type, base64 for Opaque */
} LwVariantReader;

/** Appends `value` as a variant. Returns 0 or a negative errno; -EINVAL for LW_TYPE_NONE. */
int lw_variant_append(sd_bus_message *m, const LwValue *value);

/**
 * Appends all as a{sv}, path to value. Resource instances are gathered under their resource as
 * a{qv}, unless `target` is itself a resource instance: then its path is the key. Entries that say
 * "an instance without resources" have no place in it and are left out. Sorts `values`.
 */
int lw_variant_append_values(sd_bus_message *m, const LwPath *target, LwValues *values);

/**
 * Reads a variant as the value of `path`, which is a resource or a resource instance described by
 * `def`, and adds it to `values`: at the path, or for an array at its resource instances (an empty
 * one is LW_TYPE_NONE at the resource). Without `def`, or for one that is executed, the variant is
 * skipped and LW_TYPE_NONE added: whoever checks paths and operations will refuse it.
 *
 * Errors: 4.00 another type or out of its range, with what was given and what is wanted; an array
 *         where none belongs or the other way round; 4.13 beyond limits.h. `values` may then hold
 *         a part.
 */
bool lw_variant_read(sd_bus_message *m, const LwPath *path, const LwResourceDef *def,
                LwVariantReader reader, LwValues *values, GError **error);
