/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OMA TLV, written. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "codec/opaque.h"
#include "codec/tlv-form.h"
#include "codec/tlv.h"
#include "model/status.h"

#define LENGTH_MAX 0xffffff

/* What an entry takes at most beside its value: type, id and length, once for itself and once each
 * for the array and the instance that it may begin. */
#define HEADS_SIZE (3 * 6)

static bool fail(const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE, "TLV: %s", what);
        return false;
}

static size_t signed_width(int64_t value)
{
        return value == (int8_t) value    ? 1
               : value == (int16_t) value ? 2
               : value == (int32_t) value ? 4
                                          : 8;
}

static size_t unsigned_width(uint64_t value)
{
        return value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 : value <= UINT32_MAX ? 4 : 8;
}

static bool is_binary32(double number)
{
        return !isfinite(number) ||
               (fabs(number) <= (double) FLT_MAX && (double) (float) number == number);
}

/* The bytes that the value takes; can_carry() has seen it. */
static size_t value_size(const LwValue *value)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                return 0;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return value->length;
        case LW_TYPE_OPAQUE:
                return value->is_blob ? (size_t) lw_blob_size(value->blob) : value->length;
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return signed_width(value->integer);
        case LW_TYPE_UNSIGNED:
                return unsigned_width(value->unsigned_integer);
        case LW_TYPE_FLOAT:
                return is_binary32(value->number) ? 4 : 8;
        case LW_TYPE_BOOLEAN:
                return 1;
        case LW_TYPE_OBJLNK:
                return 4;
        }
        g_assert_not_reached();
}

static void write_float(LwWriter *writer, double number)
{
        uint32_t bits32;
        uint64_t bits64;

        if (is_binary32(number)) {
                float single = (float) number;

                memcpy(&bits32, &single, sizeof(bits32));
                lw_writer_uint(writer, bits32, sizeof(bits32));
        } else {
                memcpy(&bits64, &number, sizeof(bits64));
                lw_writer_uint(writer, bits64, sizeof(bits64));
        }
}

static bool write_value(LwWriter *writer, const LwValue *value, GError **error)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                break;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                lw_writer_put(writer, value->text, value->length);
                break;
        case LW_TYPE_OPAQUE:
                return lw_opaque_write(writer, value, error);
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                lw_writer_uint(writer, (uint64_t) value->integer, signed_width(value->integer));
                break;
        case LW_TYPE_UNSIGNED:
                lw_writer_uint(writer, value->unsigned_integer,
                                unsigned_width(value->unsigned_integer));
                break;
        case LW_TYPE_FLOAT:
                write_float(writer, value->number);
                break;
        case LW_TYPE_BOOLEAN:
                lw_writer_u8(writer, value->boolean);
                break;
        case LW_TYPE_OBJLNK:
                lw_writer_uint(writer, value->link.object, 2);
                lw_writer_uint(writer, value->link.instance, 2);
                break;
        }
        return true;
}

static size_t length_width(size_t length)
{
        return length <= LW_TLV_LENGTH_MASK ? 0
               : length <= UINT8_MAX        ? 1
               : length <= UINT16_MAX       ? 2
                                            : 3;
}

/* The size of a whole entry whose value has `length` bytes. */
static size_t entry_size(uint16_t id, size_t length)
{
        return 1u + (id > UINT8_MAX ? 2u : 1u) + length_width(length) + length;
}

static void write_head(LwWriter *writer, LwTlvKind kind, uint16_t id, size_t length)
{
        size_t width = length_width(length);
        bool wide = id > UINT8_MAX;

        lw_writer_u8(writer,
                        (uint8_t) (kind | (wide ? LW_TLV_WIDE_ID : 0) |
                                        width << LW_TLV_LENGTH_SHIFT | (width == 0 ? length : 0)));
        lw_writer_uint(writer, id, wide ? 2 : 1);
        if (width > 0)
                lw_writer_uint(writer, length, width);
}

/** Run: neighbours in a list of values, from `begin` to before `end`. */
typedef struct Run {
        const LwValues *values;
        size_t begin, end;
} Run;

static const LwEntry *entry_at(const Run *run, size_t index)
{
        return lw_values_at(run->values, index);
}

static bool is_single(const LwEntry *entry)
{
        return entry->path.length == LW_LEVEL_RESOURCE && entry->value.type != LW_TYPE_NONE;
}

/* The entries from `begin` on that share the first `length` ids with the first of them. */
static Run take_run(const Run *run, size_t begin, unsigned length)
{
        LwPath shared = lw_path_prefix(&entry_at(run, begin)->path, length);
        size_t end = begin + 1;

        while (end < run->end && lw_path_contains(&shared, &entry_at(run, end)->path))
                end++;
        return (Run){ run->values, begin, end };
}

/* One resource from `begin` on: a single value, or all elements of an array. */
static Run take_resource(const Run *run, size_t begin)
{
        if (is_single(entry_at(run, begin)))
                return (Run){ run->values, begin, begin + 1 };
        return take_run(run, begin, LW_LEVEL_RESOURCE);
}

static size_t elements_size(const Run *run)
{
        size_t size = 0;

        for (size_t i = run->begin; i < run->end; i++) {
                const LwEntry *entry = entry_at(run, i);

                if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE)
                        size += entry_size(entry->path.ids[3], value_size(&entry->value));
        }
        return size;
}

static size_t resources_size(const Run *run)
{
        size_t size = 0;

        for (size_t i = run->begin; i < run->end;) {
                const LwEntry *entry = entry_at(run, i);
                Run resource;

                if (entry->path.length < LW_LEVEL_RESOURCE) {
                        i++; /* an instance without resources */
                        continue;
                }
                resource = take_resource(run, i);
                size += entry_size(entry->path.ids[2], is_single(entry) ? value_size(&entry->value)
                                                                        : elements_size(&resource));
                i = resource.end;
        }
        return size;
}

static bool write_elements(LwWriter *writer, const Run *run, GError **error)
{
        for (size_t i = run->begin; i < run->end; i++) {
                const LwEntry *entry = entry_at(run, i);

                if (entry->path.length < LW_LEVEL_RESOURCE_INSTANCE)
                        continue; /* "no elements", though there are */
                write_head(writer, LW_TLV_ELEMENT, entry->path.ids[3], value_size(&entry->value));
                if (!write_value(writer, &entry->value, error))
                        return false;
        }
        return true;
}

static bool write_resources(LwWriter *writer, const Run *run, GError **error)
{
        for (size_t i = run->begin; i < run->end;) {
                const LwEntry *entry = entry_at(run, i);
                Run resource;
                bool ok;

                if (entry->path.length < LW_LEVEL_RESOURCE) {
                        i++;
                        continue;
                }
                resource = take_resource(run, i);
                if (is_single(entry)) {
                        write_head(writer, LW_TLV_RESOURCE, entry->path.ids[2],
                                        value_size(&entry->value));
                        ok = write_value(writer, &entry->value, error);
                } else {
                        write_head(writer, LW_TLV_ARRAY, entry->path.ids[2],
                                        elements_size(&resource));
                        ok = write_elements(writer, &resource, error);
                }
                if (!ok)
                        return false;
                i = resource.end;
        }
        return true;
}

static bool write_instances(LwWriter *writer, const Run *run, GError **error)
{
        for (size_t i = run->begin; i < run->end;) {
                Run instance = take_run(run, i, LW_LEVEL_INSTANCE);

                if (entry_at(run, i)->path.ids[1] != LW_INSTANCE_UNCHOSEN)
                        write_head(writer, LW_TLV_INSTANCE, entry_at(run, i)->path.ids[1],
                                        resources_size(&instance));
                if (!write_resources(writer, &instance, error))
                        return false;
                i = instance.end;
        }
        return true;
}

/* Whether TLV has a form for all of it, and for its lengths. */
static bool can_carry(const LwValues *values, const LwPath *base, GError **error)
{
        size_t total = 0;

        if (base->length == LW_LEVEL_ROOT)
                return fail("an answer lies within one object", error);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                size_t size;

                if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE &&
                                entry->value.type == LW_TYPE_NONE)
                        return fail("an element needs a value", error);
                if (entry->value.type == LW_TYPE_OPAQUE &&
                                !lw_opaque_size(&entry->value, &size, error))
                        return false;
                total += HEADS_SIZE + value_size(&entry->value);
                if (total > LENGTH_MAX)
                        return fail("the answer is longer than 24 bits can say", error);
        }
        return true;
}

bool lw_tlv_encode(const LwValues *values, const LwPath *base, LwRegistry *registry G_GNUC_UNUSED,
                LwWriter *writer, GError **error)
{
        Run all = { values, 0, lw_values_count(values) };

        if (!can_carry(values, base, error))
                return false;
        if (base->length == LW_LEVEL_OBJECT)
                return write_instances(writer, &all, error);
        if (base->length == LW_LEVEL_RESOURCE_INSTANCE)
                return write_elements(writer, &all, error);
        return write_resources(writer, &all, error);
}
