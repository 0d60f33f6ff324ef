/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text/plain and application/octet-stream: one value, as it is. */
#pragma once

#include "codec/format.h"

/** Strings as they are, numbers decimal, opaque in base64. Source: OMA LwM2M, Plain Text format. */
bool lw_text_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
bool lw_text_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error);

/** Opaque resources alone; for others 4.06 and 4.15. Source: OMA LwM2M, Opaque format. */
bool lw_opaque_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
bool lw_opaque_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error);
