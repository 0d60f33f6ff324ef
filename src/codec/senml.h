/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML as JSON and as CBOR, and SenML-ETCH, which differs from it in requests alone. */
#pragma once

#include "codec/format.h"

/*
 * A pack is an array of records, one for each value, whose name is the base name and its own name
 * joined as they are, "/3/0/" and "9". We write bn, bt, n, t and a value, never a record without.
 *
 * Of answers to a request for one value the only record has its path as base name; for more the
 * base name is the path of the request and a slash, and for a composite request each name is whole.
 * What is empty (an array, an instance) has no record, so that it is lost.
 * Source: RFC 8428; OMA LwM2M, SenML JSON and SenML CBOR formats.
 */
bool lw_senml_json_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
bool lw_senml_cbor_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);

/**
 * Reads any order of fields, any way to split a name, definite and indefinite forms. A record has
 * one value (none with `paths_only`), a field is there once. No bytes at all are an empty pack, and
 * that is an empty array where the request is for one. Errors: 4.00 also for a base value, which
 * nobody sends, and for fields in "_" that we do not know.
 */
bool lw_senml_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);
bool lw_senml_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);

/* SenML-ETCH, for requests: an entry without a value at a resource instance is a null: "remove it".
 * Source: RFC 8790. */
bool lw_etch_json_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
bool lw_etch_cbor_encode(const LwValues *values, const LwPath *base, LwRegistry *registry,
                LwWriter *writer, GError **error);
/** Errors: 4.15 also when neither `paths_only` nor `nulls` says that this is a composite request.
 */
bool lw_etch_json_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);
bool lw_etch_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);

/* The paths of a composite request: records with names alone. */
void lw_senml_json_encode_paths(const LwValues *paths, LwWriter *writer);
void lw_senml_cbor_encode_paths(const LwValues *paths, LwWriter *writer);
