/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of a Send: how many bytes, what of them a server may see, and the message's payload. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/blob.h"
#include "model/registry.h"
#include "model/request.h"
#include "model/values.h"
#include "tree/tree.h"

/** About so many bytes they take, blobs included, without reading any. */
uint64_t lw_send_payload_size(const LwValues *values);

/**
 * Those at resources that are in the tree, can be read, and are not closed to `server`. Source: OMA
 * LwM2M Core 1.1, Send: only what is registered, and only what the server may read. Caller frees.
 */
LwValues *lw_send_payload_filter(const LwValues *values, const LwTree *tree, uint16_t server);

/**
 * The payload, in `wanted` where that can carry the values and the version has it, else in SenML
 * CBOR; `ret_format` says which. `values` are in order of path. Caller unrefs. Errors: the codec's.
 */
LwBlob *lw_send_payload_encode(const LwValues *values, int32_t wanted, LwVersion version,
                LwRegistry *registry, int32_t *ret_format, GError **error);
