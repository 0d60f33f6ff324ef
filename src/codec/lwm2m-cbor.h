/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M CBOR, nested maps. */
#pragma once

#include "codec/format.h"

/*
 * {[3, 0]: {9: 100, 7: {0: 3800}}}: the ids of a path are the keys from the outside in, one alone
 * or several as an array. We write the path of the request as one key and below it one id a map; in
 * an answer to a composite request each instance has a key of its own, or the only value in it.
 * Maps without an end of their own and any other split are read as well.
 * Source: OMA LwM2M Core 1.2, LwM2M CBOR format.
 */

/**
 * Paths begin with the object, but for a Create that leaves the instance's id open: there they
 * begin with the resource. An array without elements and an instance without resources are empty
 * maps, and so is an answer with nothing in it. Errors: 4.06 for values with a time or two of one
 * path, as the format has no history, and for a Create without id that could be read in two
 * ways; 5.00 for a value beside an array of the same path.
 */
bool lw_lwm2m_cbor_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
/**
 * Answers (keep_unknown) and composite requests have paths that begin with the object; in others
 * the path may also begin below that of the request. Which of the two it is, its length says, and
 * in a Create what the object's definition has. Errors: 4.00 also for null and for a gateway's
 * prefix, 4.15 for a composite request without values.
 */
bool lw_lwm2m_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);
