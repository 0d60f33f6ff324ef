/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML, written. */
#include "codec/base64.h"
#include "codec/cbor.h"
#include "codec/json-field.h"
#include "codec/names.h"
#include "codec/seconds.h"
#include "codec/senml-label.h"
#include "codec/senml.h"

/* Record: one to write; text of length 0, a time of 0 and a value of NULL are left out. */
typedef struct Record {
        const char *base_name, *name;
        size_t base_name_length, name_length;
        int64_t base_time_usec, time_usec;
        const LwValue *value;
} Record;

/* Dialect: JSON or CBOR. */
typedef struct Dialect {
        void (*begin)(LwWriter *writer, size_t count);
        bool (*write)(LwWriter *writer, const Record *record, GError **error);
        void (*end)(LwWriter *writer);
} Dialect;

static LwSenmlLabel label_of(LwType type)
{
        switch (type) {
        case LW_TYPE_NONE:
        case LW_TYPE_INTEGER:
        case LW_TYPE_UNSIGNED:
        case LW_TYPE_FLOAT:
        case LW_TYPE_TIME:
                return LW_SENML_VALUE;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return LW_SENML_STRING;
        case LW_TYPE_BOOLEAN:
                return LW_SENML_BOOLEAN;
        case LW_TYPE_OPAQUE:
                return LW_SENML_DATA;
        case LW_TYPE_OBJLNK:
                return LW_SENML_LINK;
        }
        g_assert_not_reached();
}

/* JSON */

static void begin_json(LwWriter *writer, size_t count G_GNUC_UNUSED)
{
        lw_writer_u8(writer, '[');
}

static void end_json(LwWriter *writer)
{
        lw_writer_u8(writer, ']');
}

static const LwJsonFields json_fields = {
        .none = "\"v\":null",
        .number = "\"v\":",
        .boolean = "\"vb\":",
        .string = "\"vs\":",
        .data = "\"vd\":",
        .link = "\"vlo\":",
        .base64 = lw_base64url_write,
};

/* `"key":"text",`; names are paths and need no escapes. */
static void write_json_name(LwWriter *writer, const char *key, const char *text, size_t length)
{
        lw_writer_text(writer, key);
        lw_writer_put(writer, text, length);
        lw_writer_put(writer, "\",", 2);
}

static bool write_json(LwWriter *writer, const Record *record, GError **error)
{
        if (writer->data[writer->length - 1] == '}')
                lw_writer_u8(writer, ',');
        lw_writer_u8(writer, '{');
        if (record->base_name_length > 0)
                write_json_name(writer, "\"bn\":\"", record->base_name, record->base_name_length);
        if (record->base_time_usec != 0)
                lw_json_write_time(writer, "\"bt\":", record->base_time_usec);
        if (record->name_length > 0)
                write_json_name(writer, "\"n\":\"", record->name, record->name_length);
        if (record->time_usec != 0)
                lw_json_write_time(writer, "\"t\":", record->time_usec);
        if (record->value) {
                if (!lw_json_write_field(writer, &json_fields, record->value, error))
                        return false;
        } else {
                writer->length--; /* the last comma */
        }
        lw_writer_u8(writer, '}');
        return true;
}

static const Dialect json = { begin_json, write_json, end_json };

/* CBOR */

static void begin_cbor(LwWriter *writer, size_t count)
{
        lw_cbor_write_array(writer, count);
}

static void end_cbor(LwWriter *writer G_GNUC_UNUSED)
{
}

static void write_cbor_time(LwWriter *writer, LwSenmlLabel label, int64_t usec)
{
        LwValue time = lw_seconds(usec);

        lw_cbor_write_integer(writer, label);
        lw_cbor_write_value(writer, &time, NULL); /* only a blob can fail */
}

static bool write_cbor_value(LwWriter *writer, const LwValue *value, GError **error)
{
        LwSenmlLabel label = label_of((LwType) value->type);

        if (label == LW_SENML_LINK)
                lw_cbor_write_text(writer, "vlo", 3);
        else
                lw_cbor_write_integer(writer, label);
        return lw_cbor_write_value(writer, value, error);
}

static bool write_cbor(LwWriter *writer, const Record *record, GError **error)
{
        lw_cbor_write_map(writer, (record->base_name_length > 0) + (record->base_time_usec != 0) +
                                                  (record->name_length > 0) +
                                                  (record->time_usec != 0) +
                                                  (record->value != NULL));
        if (record->base_name_length > 0) {
                lw_cbor_write_integer(writer, LW_SENML_BASE_NAME);
                lw_cbor_write_text(writer, record->base_name, record->base_name_length);
        }
        if (record->base_time_usec != 0)
                write_cbor_time(writer, LW_SENML_BASE_TIME, record->base_time_usec);
        if (record->name_length > 0) {
                lw_cbor_write_integer(writer, LW_SENML_NAME);
                lw_cbor_write_text(writer, record->name, record->name_length);
        }
        if (record->time_usec != 0)
                write_cbor_time(writer, LW_SENML_TIME, record->time_usec);
        return !record->value || write_cbor_value(writer, record->value, error);
}

static const Dialect cbor = { begin_cbor, write_cbor, end_cbor };

/* Packs */

/* Whether an entry has a record: in ETCH also one that says "remove this". */
static bool has_record(const LwEntry *entry, bool nulls)
{
        return entry->value.type != LW_TYPE_NONE ||
               (nulls && entry->path.length == LW_LEVEL_RESOURCE_INSTANCE);
}

static size_t count_records(const LwValues *values, bool nulls)
{
        size_t count = 0;

        for (size_t i = 0; i < lw_values_count(values); i++)
                count += has_record(lw_values_at(values, i), nulls);
        return count;
}

static bool write_pack(const Dialect *dialect, const LwValues *values, const LwPath *base,
                bool nulls, LwWriter *writer, GError **error)
{
        LwNames names = lw_names(values, base);
        int64_t base_time_usec = 0;
        bool first = true;

        dialect->begin(writer, count_records(values, nulls));
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                int64_t time_usec = lw_values_time(values, i);
                char name[LW_PATH_TEXT_MAX];
                Record record = { .name = name, .value = &entry->value };

                if (!has_record(entry, nulls))
                        continue;
                if (!lw_names_print(&names, &entry->path, name, &record.name_length, error))
                        return false;
                if (first) {
                        record.base_name = names.text;
                        record.base_name_length = names.length;
                }
                if (base_time_usec == 0 && time_usec != 0)
                        record.base_time_usec = base_time_usec = time_usec;
                record.time_usec = time_usec - base_time_usec;
                if (!dialect->write(writer, &record, error))
                        return false;
                first = false;
        }
        dialect->end(writer);
        return true;
}

static void write_paths(const Dialect *dialect, const LwValues *paths, LwWriter *writer)
{
        dialect->begin(writer, lw_values_count(paths));
        for (size_t i = 0; i < lw_values_count(paths); i++) {
                char path[LW_PATH_TEXT_MAX];
                Record record = {
                        .name = path,
                        .name_length = lw_path_print(&lw_values_at(paths, i)->path, path),
                };

                dialect->write(writer, &record, NULL); /* only values can fail */
        }
        dialect->end(writer);
}

bool lw_senml_json_encode(const LwValues *values, const LwPath *base,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        return write_pack(&json, values, base, false, writer, error);
}

bool lw_senml_cbor_encode(const LwValues *values, const LwPath *base,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        return write_pack(&cbor, values, base, false, writer, error);
}

bool lw_etch_json_encode(const LwValues *values, const LwPath *base,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        return write_pack(&json, values, base, true, writer, error);
}

bool lw_etch_cbor_encode(const LwValues *values, const LwPath *base,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        return write_pack(&cbor, values, base, true, writer, error);
}

void lw_senml_json_encode_paths(const LwValues *paths, LwWriter *writer)
{
        write_paths(&json, paths, writer);
}

void lw_senml_cbor_encode_paths(const LwValues *paths, LwWriter *writer)
{
        write_paths(&cbor, paths, writer);
}
