/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON of LwM2M 1.0, written. */
#include "codec/base64.h"
#include "codec/json-field.h"
#include "codec/lwm2m-json.h"
#include "codec/names.h"
#include "model/status.h"

static bool fail(const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE, "LwM2M JSON: %s", what);
        return false;
}

static const LwJsonFields fields = {
        .none = "",
        .number = "\"v\":",
        .boolean = "\"bv\":",
        .string = "\"sv\":",
        .data = "\"sv\":",
        .link = "\"ov\":",
        .base64 = lw_base64_write,
};

/* The time that the others count from: the first there is. */
static int64_t find_base_time(const LwValues *values)
{
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (lw_values_time(values, i) != 0)
                        return lw_values_time(values, i);
        return 0;
}

static void write_begin(LwWriter *writer, const LwNames *names, int64_t base_time_usec)
{
        lw_writer_put(writer, "{\"bn\":\"", 7);
        lw_writer_put(writer, names->text, names->length);
        lw_writer_put(writer, "\",", 2);
        if (base_time_usec != 0)
                lw_json_write_time(writer, "\"bt\":", base_time_usec);
        lw_writer_put(writer, "\"e\":[", 5);
}

static bool write_entry(LwWriter *writer, const LwNames *names, const LwEntry *entry,
                int64_t time_usec, GError **error)
{
        char name[LW_PATH_TEXT_MAX];
        size_t length;

        if (!lw_names_print(names, &entry->path, name, &length, error))
                return false;
        if (writer->data[writer->length - 1] == '}')
                lw_writer_u8(writer, ',');
        lw_writer_u8(writer, '{');
        if (length > 0) {
                lw_writer_put(writer, "\"n\":\"", 5);
                lw_writer_put(writer, name, length);
                lw_writer_put(writer, "\",", 2);
        }
        if (time_usec != 0)
                lw_json_write_time(writer, "\"t\":", time_usec);
        if (!lw_json_write_field(writer, &fields, &entry->value, error))
                return false;
        lw_writer_u8(writer, '}');
        return true;
}

bool lw_lwm2m_json_encode(const LwValues *values, const LwPath *base,
                LwRegistry *registry G_GNUC_UNUSED, LwWriter *writer, GError **error)
{
        LwNames names = lw_names(values, base);
        int64_t base_time_usec = find_base_time(values);

        if (base->length == LW_LEVEL_ROOT)
                return fail("an answer lies within one object", error);
        write_begin(writer, &names, base_time_usec);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                int64_t time_usec = lw_values_time(values, i) - base_time_usec;

                if (entry->value.type != LW_TYPE_NONE &&
                                !write_entry(writer, &names, entry, time_usec, error))
                        return false;
        }
        lw_writer_put(writer, "]}", 2);
        return true;
}
