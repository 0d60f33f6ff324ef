/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OMA TLV: application/vnd.oma.lwm2m+tlv. */
#pragma once

#include "codec/format.h"

/*
 * Entries of type, id, length and value, nested three deep: instance, array, element.
 * Source: OMA LwM2M, TLV format.
 */

/**
 * Shortest forms throughout; instances are wrapped in a Read of the object alone, and there all but
 * LW_INSTANCE_UNCHOSEN. `values` are in order of path, or their instances and arrays come in
 * pieces.
 */
bool lw_tlv_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);

/**
 * Any form is taken. Resources that lie directly below an object (a Create that leaves the choice
 * of the id to the client) come out at the instance LW_INSTANCE_UNCHOSEN.
 */
bool lw_tlv_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error);
