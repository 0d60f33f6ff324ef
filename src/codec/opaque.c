/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of an OPAQUE value, wherever they lie. */
#include "codec/opaque.h"

#include "model/limits.h"
#include "model/status.h"

bool lw_opaque_size(const LwValue *value, size_t *ret_size, GError **error)
{
        uint64_t size = value->is_blob ? lw_blob_size(value->blob) : value->length;

        if (size > LW_BODY_MAX && value->is_blob) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                                "an opaque value of more than %d bytes is read alone, as opaque",
                                LW_BODY_MAX);
                return false;
        }
        *ret_size = (size_t) size;
        return true;
}

bool lw_opaque_write(LwWriter *writer, const LwValue *value, GError **error)
{
        size_t size = 0;

        if (!lw_opaque_size(value, &size, error))
                return false;
        if (!value->is_blob) {
                lw_writer_put(writer, value->data, size);
                return true;
        }
        if (!lw_blob_read(value->blob, 0, lw_writer_reserve(writer, size), size, error))
                return false;
        writer->length += size;
        return true;
}
