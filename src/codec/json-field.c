/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwJsonFields: a value as the field of a JSON record. */
#include "codec/json-field.h"

#include "codec/json.h"
#include "codec/objlnk.h"
#include "codec/seconds.h"

bool lw_json_write_field(
                LwWriter *writer, const LwJsonFields *fields, const LwValue *value, GError **error)
{
        char link[LW_OBJLNK_TEXT_MAX];

        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                lw_writer_text(writer, fields->none);
                break;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                lw_writer_text(writer, fields->string);
                lw_json_write_string(writer, value->text, value->length);
                break;
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_FLOAT:
        case LW_TYPE_TIME:
                lw_writer_text(writer, fields->number);
                return lw_json_write_number(writer, value, error);
        case LW_TYPE_BOOLEAN:
                lw_writer_text(writer, fields->boolean);
                lw_writer_text(writer, value->boolean ? "true" : "false");
                break;
        case LW_TYPE_OPAQUE:
                lw_writer_text(writer, fields->data);
                return lw_json_write_data(writer, value, fields->base64, error);
        case LW_TYPE_OBJLNK:
                lw_writer_text(writer, fields->link);
                lw_json_write_string(writer, link, lw_objlnk_print(value->link, link));
                break;
        }
        return true;
}

void lw_json_write_time(LwWriter *writer, const char *key, int64_t usec)
{
        LwValue time = lw_seconds(usec);

        lw_writer_text(writer, key);
        lw_json_write_number(writer, &time, NULL); /* it is finite */
        lw_writer_u8(writer, ',');
}
