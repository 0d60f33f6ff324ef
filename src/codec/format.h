/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Formats: the table of codecs, and which of them fits what. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/bytes.h"
#include "model/path.h"
#include "model/registry.h"
#include "model/request.h"
#include "model/values.h"

/**
 * Where a Create leaves the choice of the instance's id to the client (TLV and LwM2M CBOR: its
 * resources stand directly below the object), the decoder puts them at this one: MAX_ID, which no
 * instance has.
 */
#define LW_INSTANCE_UNCHOSEN 65535

/** What a decoder must know beside the bytes. */
typedef struct LwDecode {
        LwPath base;          /* the path of the request: names outside it are 4.00 */
        LwRegistry *registry; /* types and multiplicity */
        /**
         * false: values get the definition's type; resources that the definition does not have are
         * skipped, as optional ones of a newer version (OMA LwM2M Core 1.1, Write).
         * true: they are kept, with the type that the format itself shows (OPAQUE for TLV): for the
         * side that reads answers.
         */
        bool keep_unknown;
        bool paths_only; /* a composite request: records have no values */
        bool nulls;      /* SenML-ETCH in iPATCH: a null value is an entry of LW_TYPE_NONE */
        /** SenML: what stands before each path, "/lwm2m", as it does in what a client with such an
         * alternate path sends; NULL: nothing. Source: OMA LwM2M Core 1.1, "Alternate Path". */
        const char *prefix;
        int64_t now_real_usec; /* what times "so many seconds ago" count from */
} LwDecode;

/**
 * LwCodec: one format, both ways.
 *
 * encode: writes `values`, which all lie at or below `base` and are in order of path, as the answer
 *         to a request for `base`.
 *         Errors: 4.06 when the format cannot carry them.
 * decode: adds to `ret_values`. Errors: 4.00 malformed or of a wrong type, 4.13 beyond limits.h,
 *         4.15 when the format cannot be used for `base`. On failure `ret_values` is garbage to be
 *         freed.
 * encode_paths: writes the paths of a composite request; NULL where the format has none.
 */
typedef struct LwCodec {
        int32_t format;
        const char *name; /* the media type */
        bool single;      /* carries one value without its path: text, opaque, CBOR */
        bool (*encode)(const LwValues *values, const LwPath *base, LwRegistry *registry,
                        LwWriter *writer, GError **error);
        bool (*decode)(const uint8_t *data, size_t length, const LwDecode *how,
                        LwValues *ret_values, GError **error);
        void (*encode_paths)(const LwValues *paths, LwWriter *writer);
} LwCodec;

/** The codec of a Content-Format, the legacy ids 1541 to 1544 included, or NULL. */
const LwCodec *lw_codec_find(int32_t format);

/**
 * The format of an answer: `accept` if it is ours and fits the target, else for LW_FORMAT_NONE our
 * choice: text for a single value (opaque for OPAQUE), TLV for more when 1.0, SenML CBOR above.
 * `single`: the target is one value, of `type`.
 * Errors: 4.06. Source: OMA LwM2M Core 1.1, Read.
 */
bool lw_format_choose(int32_t accept, LwVersion version, bool single, LwType type,
                int32_t *ret_format, GError **error);

/**
 * "application/vnd.oma.lwm2m+tlv"; the number where there is no name, which is for a message at
 * once: it stays until the fourth such call after it.
 */
const char *lw_format_name(int32_t format);
/**
 * From a number or a short word: text, link, opaque, cbor, senml-json, senml-cbor, etch-json,
 * etch-cbor, tlv, json, lwm2m-cbor. That we can name a format does not say that we can read it.
 */
bool lw_format_parse(const char *text, int32_t *ret_format);

/** The short word of a format that we can name, else "". */
const char *lw_format_word(int32_t format);

/* The formats that we list in the root link's ct= when registering, ascending, ended by
 * LW_FORMAT_NONE. */
extern const int32_t lw_formats_listed[];

/** Encodes as `format` says, which is one of ours. Errors: as the codec's. */
bool lw_format_encode(int32_t format, const LwValues *values, const LwPath *base,
                LwRegistry *registry, LwWriter *writer, GError **error);
/** The paths of a Read-Composite or Observe-Composite. Errors: 4.15 for a format that has no such
 * form. */
bool lw_format_encode_paths(
                int32_t format, const LwValues *paths, LwWriter *writer, GError **error);
/** Errors: 4.15 for a format that is not ours, else the codec's. */
bool lw_format_decode(int32_t format, const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error);
