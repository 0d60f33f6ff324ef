/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON of LwM2M 1.0, one object with an array of entries. */
#pragma once

#include "codec/format.h"

/*
 * {"bn":"/3/0/","e":[{"n":"9","v":100}]}: the path of a value is the base name and its name, with a
 * slash between them; v is a number, bv a Boolean, sv a string or the base64 of opaque bytes, ov an
 * object link. It carries what lies within one object, is no format of composite operations, and
 * has no word for an instance without resources, which is lost. Source: OMA LwM2M TS 1.0, JSON
 * format. Later versions keep it for servers of 1.0.
 */

/** Errors: 4.06 also for NaN and infinities, and where a Create leaves the instance's id open. */
bool lw_lwm2m_json_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
/**
 * Reads any order of fields, passes over those that it does not know, and takes names below the
 * path of the request where there is no base name. No bytes at all are a document without entries,
 * and that is an empty array where the request is for one. A time is seconds since 1970, or before
 * now when it is negative. Errors: 4.15 for the root.
 */
bool lw_lwm2m_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);
