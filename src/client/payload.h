/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of notifications as bytes: for the server in its format, for ourselves in one of ours. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/blob.h"
#include "model/path.h"
#include "model/registry.h"
#include "model/values.h"

/** The payload that carries `values`, in order of path, as the answer for `base`. Caller unrefs.
 * Errors: the codec's. */
LwBlob *lw_payload_encode(int32_t format, const LwValues *values, const LwPath *base,
                LwRegistry *registry, GError **error);
/** Whether the format can say when a value was true, and so hold several of one path. */
bool lw_payload_has_time(int32_t format);

/** Values to be kept: a SenML CBOR pack with whole names. Errors: 5.00 an unreadable blob. */
GBytes *lw_payload_pack(const LwValues *values, LwRegistry *registry, GError **error);
/** What was kept, added to `ret_values`; what has no time of its own gets this, unless it is 0.
 * Errors: 4.00 damaged, or the definition is another one. */
bool lw_payload_unpack(GBytes *pack, int64_t real_usec, LwRegistry *registry, LwValues *ret_values,
                GError **error);
