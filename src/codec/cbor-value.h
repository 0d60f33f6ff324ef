/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application/cbor: one value as one CBOR item. */
#pragma once

#include "codec/format.h"

/*
 * A float is always a float, even 5.0, and a time a plain number; read are an integer for a float,
 * 5.0 for an integer, and a tagged time as well.
 * Source: OMA LwM2M, CBOR format.
 */
bool lw_cbor_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
bool lw_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error);
