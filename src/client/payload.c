/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of notifications as bytes. */
#include "client/payload.h"

#include "base/bytes.h"
#include "codec/format.h"

/* A short payload is copied out of a buffer that stays: one allocation in place of three. */
#define COPY_MAX 1024

static LwBlob *take(LwWriter *writer)
{
        g_autoptr(GBytes) bytes = NULL;

        if (writer->length <= COPY_MAX)
                return lw_blob_new_copy(writer->data, writer->length);
        bytes = lw_writer_steal(writer);
        return lw_blob_new(bytes);
}

LwBlob *lw_payload_encode(int32_t format, const LwValues *values, const LwPath *base,
                LwRegistry *registry, GError **error)
{
        const LwEntry *only = lw_values_count(values) == 1 ? lw_values_at(values, 0) : NULL;
        static LwWriter writer;

        if (only && only->value.is_blob && format == LW_FORMAT_OPAQUE)
                return lw_blob_ref(only->value.blob); /* block by block, however large it is */
        writer.length = 0;
        if (!lw_format_encode(format, values, base, registry, &writer, error))
                return NULL;
        return take(&writer);
}

bool lw_payload_has_time(int32_t format)
{
        return format == LW_FORMAT_SENML_JSON || format == LW_FORMAT_SENML_CBOR;
}

GBytes *lw_payload_pack(const LwValues *values, LwRegistry *registry, GError **error)
{
        g_auto(LwWriter) writer = {};

        if (!lw_format_encode(
                            LW_FORMAT_SENML_CBOR, values, &LW_PATH_ROOT, registry, &writer, error))
                return NULL;
        return lw_writer_steal(&writer);
}

bool lw_payload_unpack(GBytes *pack, int64_t real_usec, LwRegistry *registry, LwValues *ret_values,
                GError **error)
{
        LwDecode how = { .base = LW_PATH_ROOT, .registry = registry };
        size_t first = lw_values_count(ret_values), length;
        const uint8_t *data = g_bytes_get_data(pack, &length);

        if (!lw_format_decode(LW_FORMAT_SENML_CBOR, data, length, &how, ret_values, error))
                return false;
        for (size_t i = first; real_usec != 0 && i < lw_values_count(ret_values); i++)
                if (lw_values_time(ret_values, i) == 0)
                        lw_values_set_time(ret_values, i, real_usec);
        return true;
}
