/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Formats: the table of codecs, and which of them fits what. */
#include "codec/format.h"

#include "codec/cbor-value.h"
#include "codec/lwm2m-cbor.h"
#include "codec/lwm2m-json.h"
#include "codec/plain.h"
#include "codec/senml.h"
#include "codec/tlv.h"
#include "model/status.h"

/* Texts of numbers without a name that are valid at a time: interned, each that a peer thinks of
 * would stay for good. */
#define NUMBERS_KEPT 4

/* bytes: what most values take with their names; room for so many at once saves moving them later.
 */
#define VALUE_BYTES 32

/**
 * Row: a format, ours if it has functions.
 *
 * word:   what people type.
 * legacy: the number of the drafts of 2013 to 2016, which old servers still send; 1544 is opaque.
 */
typedef struct Row {
        const char *word;
        int32_t legacy;
        LwCodec codec;
} Row;

/* clang-format off */
static const Row rows[] = {
        { "text",       1541,           { LW_FORMAT_TEXT, "text/plain", true,
                lw_text_encode, lw_text_decode, NULL } },
        { "link",       LW_FORMAT_NONE, { LW_FORMAT_LINK, "application/link-format", false,
                NULL, NULL, NULL } },
        { "opaque",     1544,           { LW_FORMAT_OPAQUE, "application/octet-stream", true,
                lw_opaque_encode, lw_opaque_decode, NULL } },
        { "cbor",       LW_FORMAT_NONE, { LW_FORMAT_CBOR, "application/cbor", true,
                lw_cbor_encode, lw_cbor_decode, NULL } },
        { "senml-json", LW_FORMAT_NONE, { LW_FORMAT_SENML_JSON, "application/senml+json", false,
                lw_senml_json_encode, lw_senml_json_decode, lw_senml_json_encode_paths } },
        { "senml-cbor", LW_FORMAT_NONE, { LW_FORMAT_SENML_CBOR, "application/senml+cbor", false,
                lw_senml_cbor_encode, lw_senml_cbor_decode, lw_senml_cbor_encode_paths } },
        { "etch-json",  LW_FORMAT_NONE, { LW_FORMAT_ETCH_JSON, "application/senml-etch+json", false,
                lw_etch_json_encode, lw_etch_json_decode, lw_senml_json_encode_paths } },
        { "etch-cbor",  LW_FORMAT_NONE, { LW_FORMAT_ETCH_CBOR, "application/senml-etch+cbor", false,
                lw_etch_cbor_encode, lw_etch_cbor_decode, lw_senml_cbor_encode_paths } },
        { "tlv",        1542,           { LW_FORMAT_TLV, "application/vnd.oma.lwm2m+tlv", false,
                lw_tlv_encode, lw_tlv_decode, NULL } },
        { "json",       1543,           { LW_FORMAT_JSON, "application/vnd.oma.lwm2m+json", false,
                lw_lwm2m_json_encode, lw_lwm2m_json_decode, NULL } },
        { "lwm2m-cbor", LW_FORMAT_NONE, { LW_FORMAT_LWM2M_CBOR, "application/vnd.oma.lwm2m+cbor", false,
                lw_lwm2m_cbor_encode, lw_lwm2m_cbor_decode, NULL } },
};
/* clang-format on */

/* Not JSON: "MUST NOT be used" from 1.1 on, though who asks for it is answered. Source: OMA LwM2M
 * Core 1.1, SenML JSON format. */
const int32_t lw_formats_listed[] = {
        LW_FORMAT_CBOR,
        LW_FORMAT_SENML_JSON,
        LW_FORMAT_SENML_CBOR,
        LW_FORMAT_TLV,
        LW_FORMAT_LWM2M_CBOR,
        LW_FORMAT_NONE,
};

static const Row *find_row(int32_t format)
{
        if (format == LW_FORMAT_NONE)
                return NULL;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (rows[i].codec.format == format || rows[i].legacy == format)
                        return &rows[i];
        return NULL;
}

const LwCodec *lw_codec_find(int32_t format)
{
        const Row *row = find_row(format);

        return row && row->codec.decode ? &row->codec : NULL;
}

static bool refuse(LwStatus status, int32_t format, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "Content-Format %s %s", lw_format_name(format),
                        what);
        return false;
}

static bool fits(const LwCodec *codec, bool single, LwType type)
{
        if (codec->format == LW_FORMAT_ETCH_JSON || codec->format == LW_FORMAT_ETCH_CBOR)
                return false; /* formats of requests */
        if (codec->format == LW_FORMAT_OPAQUE && type != LW_TYPE_OPAQUE)
                return false;
        return single || !codec->single;
}

bool lw_format_choose(int32_t accept, LwVersion version, bool single, LwType type,
                int32_t *ret_format, GError **error)
{
        const LwCodec *codec;

        if (accept == LW_FORMAT_NONE) {
                if (single)
                        *ret_format = type == LW_TYPE_OPAQUE ? LW_FORMAT_OPAQUE : LW_FORMAT_TEXT;
                else
                        *ret_format = version == LW_VERSION_1_0 ? LW_FORMAT_TLV
                                                                : LW_FORMAT_SENML_CBOR;
                return true;
        }
        codec = lw_codec_find(accept);
        if (!codec)
                return refuse(LW_STATUS_NOT_ACCEPTABLE, accept, "is not available here", error);
        if (!fits(codec, single, type))
                return refuse(LW_STATUS_NOT_ACCEPTABLE, accept, "cannot carry this answer", error);
        *ret_format = accept;
        return true;
}

const char *lw_format_name(int32_t format)
{
        static char numbers[NUMBERS_KEPT][12];
        static unsigned next;
        const Row *row = find_row(format);
        char *number;

        if (row)
                return row->codec.name;
        number = numbers[next++ % NUMBERS_KEPT];
        g_snprintf(number, sizeof(numbers[0]), "%d", format);
        return number;
}

const char *lw_format_word(int32_t format)
{
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (rows[i].codec.format == format)
                        return rows[i].word;
        return "";
}

bool lw_format_parse(const char *text, int32_t *ret_format)
{
        guint64 number;

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                if (g_str_equal(text, rows[i].word)) {
                        *ret_format = rows[i].codec.format;
                        return true;
                }
        }
        if (!g_ascii_string_to_unsigned(text, 10, 0, UINT16_MAX, &number, NULL))
                return false;
        *ret_format = (int32_t) number;
        return true;
}

bool lw_format_encode(int32_t format, const LwValues *values, const LwPath *base,
                LwRegistry *registry, LwWriter *writer, GError **error)
{
        const LwCodec *codec = lw_codec_find(format);

        g_assert(codec);
        lw_writer_reserve(writer, lw_values_count(values) * VALUE_BYTES);
        return codec->encode(values, base, registry, writer, error);
}

bool lw_format_encode_paths(int32_t format, const LwValues *paths, LwWriter *writer, GError **error)
{
        const LwCodec *codec = lw_codec_find(format);

        if (!codec || !codec->encode_paths)
                return refuse(LW_STATUS_UNSUPPORTED_FORMAT, format, "cannot carry paths", error);
        codec->encode_paths(paths, writer);
        return true;
}

bool lw_format_decode(int32_t format, const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        const LwCodec *codec = lw_codec_find(format);

        if (!codec)
                return refuse(LW_STATUS_UNSUPPORTED_FORMAT, format, "cannot be read here", error);
        if (length > UINT32_MAX)
                return refuse(LW_STATUS_TOO_LARGE, format, "with a body beyond all bounds", error);
        return codec->decode(data, length, how, ret_values, error);
}
