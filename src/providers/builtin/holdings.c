/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHoldings: the instances of one object and their values, as servers made them. */
#include "providers/builtin/holdings.h"

#include "codec/format.h"
#include "model/limits.h"
#include "model/status.h"

/*
 * In order of path, each path once. Each instance and each array has an entry of its own before
 * what it holds, its head, so that it is there when it holds nothing.
 */
struct LwHoldings {
        LwPath object;
        LwValues *values;
        size_t instance_count;
};

LwHoldings *lw_holdings_new(uint16_t object)
{
        LwHoldings *self = g_new0(LwHoldings, 1);

        self->object = LW_PATH_OBJECT(object);
        self->values = lw_values_new();
        return self;
}

void lw_holdings_free(LwHoldings *self)
{
        if (self == NULL)
                return;
        lw_values_free(self->values);
        g_free(self);
}

/* --- looking --- */

bool lw_holdings_has(const LwHoldings *self, const LwPath *path)
{
        return lw_values_find(self->values, path) != NULL;
}

size_t lw_holdings_instance_count(const LwHoldings *self)
{
        return self->instance_count;
}

uint16_t *lw_holdings_instances(const LwHoldings *self)
{
        uint16_t *ids = g_new(uint16_t, self->instance_count);
        size_t count = 0;

        for (size_t i = 0; i < lw_values_count(self->values); i++) {
                const LwPath *path = &lw_values_at(self->values, i)->path;

                if (path->length == LW_LEVEL_INSTANCE)
                        ids[count++] = path->ids[1];
        }
        g_assert(count == self->instance_count);
        return ids;
}

bool lw_holdings_equal(const LwHoldings *self, const LwHoldings *other)
{
        size_t count = lw_values_count(self->values);

        if (count != lw_values_count(other->values))
                return false;
        for (size_t i = 0; i < count; i++) {
                const LwEntry *mine = lw_values_at(self->values, i);
                const LwEntry *theirs = lw_values_at(other->values, i);

                if (!lw_path_equal(&mine->path, &theirs->path) ||
                                !lw_value_equal(&mine->value, &theirs->value))
                        return false;
        }
        return true;
}

/* The first entry at or below `path`, or where it would be. */
static size_t first_of(const LwHoldings *self, const LwPath *path)
{
        size_t low = 0, high = lw_values_count(self->values);

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (lw_path_compare(&lw_values_at(self->values, middle)->path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

void lw_holdings_read(const LwHoldings *self, const LwPath *path, LwValues *ret_values)
{
        size_t count = lw_values_count(self->values);
        size_t first = first_of(self, path), next = first;

        while (next < count && lw_path_contains(path, &lw_values_at(self->values, next)->path))
                next++;
        for (size_t i = first; i < next; i++) {
                const LwEntry *entry = lw_values_at(self->values, i);
                bool is_head = entry->value.type == LW_TYPE_NONE;

                if (!is_head || next - first == 1)
                        lw_values_add(ret_values, &entry->path, &entry->value);
        }
}

/* --- edits --- */

static LwHoldings *fail(GError **error, LwStatus status, const LwPath *path, const char *what)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, (int) status, "%s %s", text, what);
        return NULL;
}

static void add_head(LwValues *values, const LwPath *path)
{
        LwValue none = lw_value_none();

        lw_values_add(values, path, &none);
}

static bool add_blob(LwValues *values, const LwPath *path, LwBlob *blob, GError **error)
{
        size_t size = (size_t) lw_blob_size(blob);
        g_autofree uint8_t *data = g_malloc(size + 1);
        LwValue value = lw_value_data(data, size);

        if (!lw_blob_read(blob, 0, data, size, error))
                return false;
        lw_values_add(values, path, &value);
        return true;
}

/* Adds a value, behind the heads that it needs. */
static bool add_value(LwValues *values, const LwPath *path, const LwValue *value, GError **error)
{
        LwPath instance = lw_path_prefix(path, LW_LEVEL_INSTANCE);
        bool is_blob = value->type == LW_TYPE_OPAQUE && value->is_blob;
        bool has_bytes = value->type == LW_TYPE_OPAQUE || value->type == LW_TYPE_STRING ||
                         value->type == LW_TYPE_CORELNK;

        if (has_bytes && (is_blob ? lw_blob_size(value->blob) : value->length) > LW_BODY_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "a value has more than the %d bytes that are stored of one",
                                LW_BODY_MAX);
                return false;
        }
        add_head(values, &instance);
        if (path->length == LW_LEVEL_RESOURCE_INSTANCE) {
                LwPath array = lw_path_prefix(path, LW_LEVEL_RESOURCE);

                add_head(values, &array);
        }
        if (is_blob)
                return add_blob(values, path, value->blob, error);
        lw_values_add(values, path, value);
        return true;
}

static bool has_room(const LwHoldings *self, size_t bytes, GError **error)
{
        if (self->instance_count > LW_STORED_INSTANCES_MAX)
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "object %u has %d instances already, as many as are stored of one",
                                self->object.ids[0], LW_STORED_INSTANCES_MAX);
        else if (bytes > LW_STORED_MAX)
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the values of object %u would need %zu bytes; %d are stored",
                                self->object.ids[0], bytes, LW_STORED_MAX);
        else
                return true;
        return false;
}

/* Makes holdings of entries in any order: of equal paths the last one counts. */
static LwHoldings *settle(const LwPath *object, LwValues *entries, GError **error)
{
        g_autoptr(LwHoldings) self = lw_holdings_new(object->ids[0]);
        size_t bytes = 0;

        lw_values_sort(entries);
        for (size_t i = 0; i < lw_values_count(entries); i++) {
                const LwEntry *entry = lw_values_at(entries, i);
                bool is_last = i + 1 == lw_values_count(entries) ||
                               !lw_path_equal(&entry->path, &lw_values_at(entries, i + 1)->path);
                bool is_removed = entry->path.length == LW_LEVEL_RESOURCE_INSTANCE &&
                                  entry->value.type == LW_TYPE_NONE;

                if (!is_last || is_removed)
                        continue;
                lw_values_add(self->values, &entry->path, &entry->value);
                self->instance_count += entry->path.length == LW_LEVEL_INSTANCE;
                bytes += sizeof(*entry) + entry->value.length;
        }
        return has_room(self, bytes, error) ? g_steal_pointer(&self) : NULL;
}

/* What is held, less what lies at or below `without` (NULL: nothing). */
static LwValues *copy(const LwHoldings *self, const LwPath *without)
{
        LwValues *values = lw_values_new();

        for (size_t i = 0; i < lw_values_count(self->values); i++) {
                const LwEntry *entry = lw_values_at(self->values, i);

                if (without == NULL || !lw_path_contains(without, &entry->path))
                        lw_values_add(values, &entry->path, &entry->value);
        }
        return values;
}

LwHoldings *lw_holdings_create(const LwHoldings *self, const LwPath *instance,
                const LwValues *values, GError **error)
{
        g_autoptr(LwValues) entries = copy(self, NULL);

        add_head(entries, instance);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                LwPath path = entry->path;

                path.ids[1] = instance->ids[1];
                if (!add_value(entries, &path, &entry->value, error))
                        return NULL;
        }
        return settle(&self->object, entries, error);
}

LwHoldings *lw_holdings_write(const LwHoldings *self, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        g_autoptr(LwValues) entries = copy(self, replace ? target : NULL);

        if (target->length == LW_LEVEL_RESOURCE_INSTANCE && !lw_holdings_has(self, target))
                return fail(error, LW_STATUS_NOT_FOUND, target, "does not exist");
        if (target->length == LW_LEVEL_INSTANCE)
                add_head(entries, target);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                LwPath instance = lw_path_prefix(&entry->path, LW_LEVEL_INSTANCE);

                if (!lw_holdings_has(self, &instance))
                        return fail(error, LW_STATUS_NOT_FOUND, &instance, "does not exist");
                if (!add_value(entries, &entry->path, &entry->value, error))
                        return NULL;
        }
        return settle(&self->object, entries, error);
}

LwHoldings *lw_holdings_delete(const LwHoldings *self, const LwPath *path, GError **error)
{
        g_autoptr(LwValues) entries = copy(self, path);

        if (!lw_holdings_has(self, path))
                return fail(error, LW_STATUS_NOT_FOUND, path, "does not exist");
        return settle(&self->object, entries, error);
}

/* --- as a document --- */

GBytes *lw_holdings_print(const LwHoldings *self, LwRegistry *registry, GError **error)
{
        g_auto(LwWriter) writer = {};

        if (!lw_format_encode(
                            LW_FORMAT_TLV, self->values, &self->object, registry, &writer, error)) {
                g_prefix_error(error, "object %u cannot be stored: ", self->object.ids[0]);
                return NULL;
        }
        return lw_writer_steal(&writer);
}

LwHoldings *lw_holdings_parse(
                uint16_t object, GBytes *document, LwRegistry *registry, GError **error)
{
        LwDecode how = { .base = LW_PATH_OBJECT(object), .registry = registry };
        g_autoptr(LwValues) values = lw_values_new(), entries = lw_values_new();
        size_t length;
        const uint8_t *data = g_bytes_get_data(document, &length);

        if (!lw_format_decode(LW_FORMAT_TLV, data, length, &how, values, error))
                return NULL;
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (entry->path.ids[1] == LW_INSTANCE_UNCHOSEN)
                        return fail(error, LW_STATUS_FAILED, &how.base,
                                        "has resources that belong to no instance");
                if (!add_value(entries, &entry->path, &entry->value, error))
                        return NULL;
        }
        return settle(&how.base, entries, error);
}
