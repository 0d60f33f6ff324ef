/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values to D-Bus. */
#include <errno.h>
#include <unistd.h>

#include "bus/memfd.h"
#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"

#define ARRAY "a{qv}"

static int append_bytes(sd_bus_message *m, const void *data, size_t length)
{
        int r = sd_bus_message_open_container(m, 'v', "ay");

        if (r < 0 || (r = sd_bus_message_append_array(m, 'y', data, length)) < 0)
                return r;
        return sd_bus_message_close_container(m);
}

static int append_descriptor(sd_bus_message *m, LwBlob *blob)
{
        int fd = lw_memfd_new(blob, NULL);
        int r;

        if (fd < 0)
                return -EIO;
        r = sd_bus_message_append(m, "v", "h", fd); /* a copy goes into the message */
        close(fd);
        return r;
}

static int append_blob(sd_bus_message *m, LwBlob *blob)
{
        uint64_t size = lw_blob_size(blob);
        g_autofree uint8_t *copy = NULL;

        if (size >= LW_BODY_MAX)
                return append_descriptor(m, blob);
        if (lw_blob_data(blob) != NULL)
                return append_bytes(m, lw_blob_data(blob), (size_t) size);
        copy = g_malloc((size_t) size + 1);
        if (!lw_blob_read(blob, 0, copy, (size_t) size, NULL))
                return -EIO;
        return append_bytes(m, copy, (size_t) size);
}

static int append_opaque(sd_bus_message *m, const LwValue *value)
{
        LwBlob *blob;
        int r;

        if (value->is_blob)
                return append_blob(m, value->blob);
        if (value->length < LW_BODY_MAX)
                return append_bytes(m, value->data, value->length);
        blob = lw_blob_new_copy(value->data, value->length);
        r = append_descriptor(m, blob);
        lw_blob_unref(blob);
        return r;
}

int lw_variant_append(sd_bus_message *m, const LwValue *value)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                return -EINVAL;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                return sd_bus_message_append(m, "v", "s", value->text);
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return sd_bus_message_append(m, "v", "x", value->integer);
        case LW_TYPE_UNSIGNED:
                return sd_bus_message_append(m, "v", "t", value->unsigned_integer);
        case LW_TYPE_FLOAT:
                return sd_bus_message_append(m, "v", "d", value->number);
        case LW_TYPE_BOOLEAN:
                return sd_bus_message_append(m, "v", "b", (int) value->boolean);
        case LW_TYPE_OPAQUE:
                return append_opaque(m, value);
        case LW_TYPE_OBJLNK:
                return sd_bus_message_append(
                                m, "v", "(qq)", value->link.object, value->link.instance);
        }
        g_assert_not_reached();
}

static int append_element(sd_bus_message *m, uint16_t id, const LwValue *value)
{
        int r = sd_bus_message_open_container(m, 'e', "qv");

        if (r < 0 || (r = sd_bus_message_append(m, "q", id)) < 0 ||
                        (r = lw_variant_append(m, value)) < 0)
                return r;
        return sd_bus_message_close_container(m);
}

/* The elements of one resource, from `*index` on, which moves behind them. */
static int append_array(sd_bus_message *m, const LwValues *values, size_t *index)
{
        LwPath resource = lw_path_prefix(&lw_values_at(values, *index)->path, LW_LEVEL_RESOURCE);
        int r;

        if ((r = sd_bus_message_open_container(m, 'v', ARRAY)) < 0 ||
                        (r = sd_bus_message_open_container(m, 'a', "{qv}")) < 0)
                return r;
        for (; *index < lw_values_count(values); (*index)++) {
                const LwEntry *entry = lw_values_at(values, *index);

                if (!lw_path_contains(&resource, &entry->path))
                        break;
                if (entry->value.type == LW_TYPE_NONE)
                        continue; /* an array without elements */
                if ((r = append_element(m, entry->path.ids[3], &entry->value)) < 0)
                        return r;
        }
        if ((r = sd_bus_message_close_container(m)) < 0)
                return r;
        return sd_bus_message_close_container(m);
}

static int append_entry(
                sd_bus_message *m, const LwPath *target, const LwValues *values, size_t *index)
{
        const LwEntry *entry = lw_values_at(values, *index);
        bool element = target->length == LW_LEVEL_RESOURCE_INSTANCE;
        LwPath key = element ? entry->path : lw_path_prefix(&entry->path, LW_LEVEL_RESOURCE);
        char text[LW_PATH_TEXT_MAX];
        int r;

        lw_path_print(&key, text);
        if ((r = sd_bus_message_open_container(m, 'e', "sv")) < 0 ||
                        (r = sd_bus_message_append(m, "s", text)) < 0)
                return r;
        if (entry->path.length == key.length && entry->value.type != LW_TYPE_NONE) {
                r = lw_variant_append(m, &entry->value);
                (*index)++;
        } else {
                r = append_array(m, values, index);
        }
        if (r < 0)
                return r;
        return sd_bus_message_close_container(m);
}

int lw_variant_append_values(sd_bus_message *m, const LwPath *target, LwValues *values)
{
        size_t index = 0;
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        lw_values_sort(values);
        while (r >= 0 && index < lw_values_count(values)) {
                if (lw_values_at(values, index)->path.length < LW_LEVEL_RESOURCE)
                        index++; /* an instance without resources */
                else
                        r = append_entry(m, target, values, &index);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}
