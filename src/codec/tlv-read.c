/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OMA TLV, read. */
#include <string.h>

#include "codec/intake.h"
#include "codec/tlv-form.h"
#include "codec/tlv.h"
#include "model/limits.h"
#include "model/status.h"

static bool fail(LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "TLV: %s", what);
        return false;
}

/** Item: one entry as it was read; `value` holds the value's bytes, or the entries inside. */
typedef struct Item {
        LwTlvKind kind;
        uint16_t id;
        LwReader value;
} Item;

static bool read_item(LwReader *reader, Item *ret_item, GError **error)
{
        uint64_t id, length;
        const uint8_t *value;
        uint8_t type;
        unsigned width;
        bool ok;

        ok = lw_reader_u8(reader, &type) &&
             lw_reader_uint(reader, type & LW_TLV_WIDE_ID ? 2 : 1, &id);
        width = ok ? type >> LW_TLV_LENGTH_SHIFT & LW_TLV_LENGTH_WIDTH_MASK : 0;
        length = ok ? type & LW_TLV_LENGTH_MASK : 0;
        if (width > 0)
                ok = lw_reader_uint(reader, width, &length);
        if (!ok || !lw_reader_take(reader, (size_t) length, &value))
                return fail(LW_STATUS_BAD_REQUEST, "an entry reaches beyond the end", error);
        if (id > LW_ID_MAX)
                return fail(LW_STATUS_BAD_REQUEST, "an id is above 65534", error);
        *ret_item = (Item){
                .kind = (LwTlvKind) (type & LW_TLV_KIND_MASK),
                .id = (uint16_t) id,
                .value = lw_reader(value, (size_t) length),
        };
        return true;
}

static bool read_integer(LwReader *reader, LwValue *value, GError **error)
{
        size_t width = reader->left;
        uint64_t bits = 0;

        if (width != 1 && width != 2 && width != 4 && width != 8)
                return fail(LW_STATUS_BAD_REQUEST, "an integer has 1, 2, 4 or 8 bytes", error);
        lw_reader_uint(reader, width, &bits);
        if (value->type == LW_TYPE_UNSIGNED)
                value->unsigned_integer = bits;
        else
                value->integer = width == 1   ? (int8_t) bits
                                 : width == 2 ? (int16_t) bits
                                 : width == 4 ? (int32_t) bits
                                              : (int64_t) bits;
        return true;
}

static bool read_float(LwReader *reader, LwValue *value, GError **error)
{
        size_t width = reader->left;
        uint64_t bits = 0;
        uint32_t bits32;
        float single;

        if (width != sizeof(single) && width != sizeof(value->number))
                return fail(LW_STATUS_BAD_REQUEST, "a float has 4 or 8 bytes", error);
        lw_reader_uint(reader, width, &bits);
        if (width == sizeof(value->number)) {
                memcpy(&value->number, &bits, sizeof(bits));
                return true;
        }
        bits32 = (uint32_t) bits;
        memcpy(&single, &bits32, sizeof(bits32));
        value->number = (double) single;
        return true;
}

static bool read_boolean(LwReader *reader, LwValue *value, GError **error)
{
        if (reader->left != 1 || reader->data[0] > 1)
                return fail(LW_STATUS_BAD_REQUEST, "a boolean is one byte, 00 or 01", error);
        value->boolean = reader->data[0] == 1;
        return true;
}

static bool read_text(LwReader *reader, LwValue *value, GError **error)
{
        value->text = reader->left > 0 ? (const char *) reader->data : "";
        value->length = (uint32_t) reader->left;
        return g_utf8_validate_len(value->text, value->length, NULL) ||
               fail(LW_STATUS_BAD_REQUEST, "a string is not UTF-8, or has a NUL", error);
}

static bool read_link(LwReader *reader, LwValue *value, GError **error)
{
        uint64_t object = 0, instance = 0;

        if (reader->left != 4)
                return fail(LW_STATUS_BAD_REQUEST, "an object link has 4 bytes", error);
        lw_reader_uint(reader, 2, &object);
        lw_reader_uint(reader, 2, &instance);
        value->link = (LwObjlnk){ (uint16_t) object, (uint16_t) instance };
        return true;
}

static bool read_value(LwReader *reader, LwType type, LwValue *value, GError **error)
{
        *value = (LwValue){ .type = (uint8_t) type };
        switch (type) {
        case LW_TYPE_NONE:
                break;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return read_text(reader, value, error);
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_TIME:
                return read_integer(reader, value, error);
        case LW_TYPE_FLOAT:
                return read_float(reader, value, error);
        case LW_TYPE_BOOLEAN:
                return read_boolean(reader, value, error);
        case LW_TYPE_OPAQUE:
                *value = lw_value_data(reader->data, reader->left);
                return true;
        case LW_TYPE_OBJLNK:
                return read_link(reader, value, error);
        }
        return fail(LW_STATUS_BAD_REQUEST, "a value for an executable resource", error);
}

/* A value at a resource or a resource instance. */
static bool decode_value(LwIntake *intake, const LwPath *path, Item *item, GError **error)
{
        LwType type = LW_TYPE_OPAQUE;
        LwValue value;

        switch (lw_intake_place(intake, path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
                break;
        case LW_PLACE_KNOWN:
                type = (LwType) intake->resource->type;
                break;
        }
        return read_value(&item->value, type, &value, error) &&
               lw_intake_add(intake, path, &value, error);
}

static bool decode_element(LwIntake *intake, const LwPath *path, LwReader *reader, GError **error)
{
        LwPath element;
        Item item;

        if (!read_item(reader, &item, error))
                return false;
        if (item.kind != LW_TLV_ELEMENT)
                return fail(LW_STATUS_BAD_REQUEST,
                                "a multiple resource holds resource instances only", error);
        element = lw_path_child(path, item.id);
        return decode_value(intake, &element, &item, error);
}

static bool decode_array(LwIntake *intake, const LwPath *path, Item *array, GError **error)
{
        if (array->value.left == 0)
                return lw_intake_add_empty(intake, path, error);
        switch (lw_intake_array(intake, path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        while (array->value.left > 0)
                if (!decode_element(intake, path, &array->value, error))
                        return false;
        return true;
}

/* A resource or a multiple resource below `instance`. */
static bool decode_resource(LwIntake *intake, const LwPath *instance, Item *item, GError **error)
{
        LwPath path = lw_path_child(instance, item->id);

        if (item->kind == LW_TLV_RESOURCE)
                return decode_value(intake, &path, item, error);
        if (item->kind == LW_TLV_ARRAY)
                return decode_array(intake, &path, item, error);
        return fail(LW_STATUS_BAD_REQUEST, "a resource was expected here", error);
}

static bool decode_instance(LwIntake *intake, const LwPath *path, Item *instance, GError **error)
{
        Item item;

        while (instance->value.left > 0)
                if (!read_item(&instance->value, &item, error) ||
                                !decode_resource(intake, path, &item, error))
                        return false;
        return true;
}

/* Below an object: wrapped instances, or the resources of one whose id we are to choose. */
static bool decode_in_object(LwIntake *intake, LwReader *reader, GError **error)
{
        LwPath unchosen = lw_path_child(&intake->how->base, LW_INSTANCE_UNCHOSEN);
        bool wrapped = false, bare = false;

        while (reader->left > 0) {
                LwPath path;
                Item item;

                if (!read_item(reader, &item, error))
                        return false;
                wrapped |= item.kind == LW_TLV_INSTANCE;
                bare |= item.kind != LW_TLV_INSTANCE;
                if (wrapped && bare)
                        return fail(LW_STATUS_BAD_REQUEST,
                                        "resources stand beside object instances", error);
                path = wrapped ? lw_path_child(&intake->how->base, item.id) : unchosen;
                if (bare ? !decode_resource(intake, &path, &item, error)
                                : item.value.left == 0
                                                ? !lw_intake_add_none(intake, &path, error)
                                                : !decode_instance(intake, &path, &item, error))
                        return false;
        }
        return true;
}

/* Below an instance: its resources, which may be wrapped in it. */
static bool decode_in_instance(LwIntake *intake, LwReader *reader, GError **error)
{
        const LwPath *base = &intake->how->base;

        while (reader->left > 0) {
                Item item;
                bool ok;

                if (!read_item(reader, &item, error))
                        return false;
                if (item.kind != LW_TLV_INSTANCE)
                        ok = decode_resource(intake, base, &item, error);
                else if (item.id == base->ids[1])
                        ok = decode_instance(intake, base, &item, error);
                else
                        ok = fail(LW_STATUS_BAD_REQUEST, "another object instance", error);
                if (!ok)
                        return false;
        }
        return true;
}

/* The one entry that a request for a resource or a resource instance has. */
static bool decode_in_resource(LwIntake *intake, LwReader *reader, GError **error)
{
        const LwPath *base = &intake->how->base;
        LwPath instance = lw_path_prefix(base, LW_LEVEL_INSTANCE);
        bool element = base->length == LW_LEVEL_RESOURCE_INSTANCE;
        Item item;

        if (!element && reader->left == 0)
                return lw_intake_add_empty(intake, base, error);
        if (!read_item(reader, &item, error))
                return false;
        if (reader->left > 0)
                return fail(LW_STATUS_BAD_REQUEST, "more than the one resource", error);
        if (element && item.kind == LW_TLV_ELEMENT && item.id == base->ids[3])
                return decode_value(intake, base, &item, error);
        if (item.id != base->ids[2] || item.kind == LW_TLV_ELEMENT || item.kind == LW_TLV_INSTANCE)
                return fail(LW_STATUS_BAD_REQUEST, "not the resource of the request's path", error);
        if (element && item.kind == LW_TLV_RESOURCE) /* some peers know no better */
                return decode_value(intake, base, &item, error);
        return decode_resource(intake, &instance, &item, error);
}

bool lw_tlv_decode(const uint8_t *data, size_t length, const LwDecode *how, LwValues *ret_values,
                GError **error)
{
        LwIntake intake = lw_intake(how, ret_values);
        LwReader reader = lw_reader(data, length);

        if (how->paths_only || how->base.length == LW_LEVEL_ROOT)
                return fail(LW_STATUS_UNSUPPORTED_FORMAT, "not for a composite operation", error);
        if (how->base.length == LW_LEVEL_OBJECT)
                return decode_in_object(&intake, &reader, error);
        if (how->base.length == LW_LEVEL_INSTANCE)
                return decode_in_instance(&intake, &reader, error);
        return decode_in_resource(&intake, &reader, error);
}
