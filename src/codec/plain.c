/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text/plain and application/octet-stream: one value, as it is. */
#include "codec/plain.h"

#include "codec/intake.h"
#include "codec/opaque.h"
#include "model/limits.h"
#include "model/status.h"

/* text/plain */

bool lw_text_encode(const LwValues *values, const LwPath *base G_GNUC_UNUSED,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        g_autoptr(GString) text = NULL;
        const LwValue *value = NULL;

        if (!lw_intake_only(values, &value, error))
                return false;
        if (value->type == LW_TYPE_STRING || value->type == LW_TYPE_CORELNK) {
                lw_writer_put(writer, value->text, value->length);
                return true;
        }
        text = g_string_new(NULL);
        if (!lw_value_print(value, text, error))
                return false;
        lw_writer_put(writer, text->str, text->len);
        return true;
}

/* What the parser of all that people type has no code of its own for. */
static bool is_short(size_t length, LwType type, GError **error)
{
        if (length <= LW_STRING_MAX || (type != LW_TYPE_STRING && type != LW_TYPE_CORELNK))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "a string of more than %d bytes",
                        LW_STRING_MAX);
        return false;
}

bool lw_text_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error)
{
        LwIntake intake = lw_intake(how, ret_values);
        /* a payload of no bytes may have no address either, and the rest wants one */
        const char *text = length > 0 ? (const char *) data : "";
        g_autoptr(GBytes) storage = NULL;
        LwValue value = {};
        LwType type = LW_TYPE_STRING;

        switch (lw_intake_single(&intake, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
                break;
        case LW_PLACE_KNOWN:
                type = (LwType) intake.resource->type;
                break;
        }
        return is_short(length, type, error) &&
               lw_value_parse(text, length, type, &value, &storage, error) &&
               lw_intake_add(&intake, &how->base, &value, error);
}

/* application/octet-stream */

bool lw_opaque_encode(const LwValues *values, const LwPath *base G_GNUC_UNUSED,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        const LwValue *value = NULL;

        if (!lw_intake_only(values, &value, error))
                return false;
        if (value->type == LW_TYPE_OPAQUE)
                return lw_opaque_write(writer, value, error);
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                        "application/octet-stream carries opaque values, and this is a %s",
                        lw_type_name((LwType) value->type));
        return false;
}

bool lw_opaque_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error)
{
        LwIntake intake = lw_intake(how, ret_values);
        LwValue value = lw_value_data(data, length);

        switch (lw_intake_single(&intake, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
                return lw_intake_add(&intake, &how->base, &value, error);
        case LW_PLACE_KNOWN:
                break;
        }
        if (intake.resource->type == LW_TYPE_OPAQUE)
                return lw_intake_add(&intake, &how->base, &value, error);
        g_set_error(error, LW_ERROR, LW_STATUS_UNSUPPORTED_FORMAT,
                        "application/octet-stream is for opaque resources, and %s is a %s",
                        intake.resource->name, lw_type_name((LwType) intake.resource->type));
        return false;
}
