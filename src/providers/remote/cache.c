/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCache: the values that a service reported, to be read without asking it. */
#include "providers/remote/cache.h"

#include <stdint.h>

#include "model/limits.h"

/* What one resource costs beside its text and bytes. */
#define OVERHEAD_BYTES 128

typedef struct Known {
        gint64 key;
        LwValues *values; /* of one resource; empty: it has no value */
        size_t bytes;
} Known;

struct LwCache {
        GHashTable *all; /* key to Known */
        size_t bytes;
};

static gint64 make_key(const LwPath *path)
{
        return (gint64) path->ids[0] << 32 | (gint64) path->ids[1] << 16 | path->ids[2];
}

static void known_free(void *data)
{
        Known *self = data;

        lw_values_free(self->values);
        g_free(self);
}

LwCache *lw_cache_new(void)
{
        LwCache *self = g_new0(LwCache, 1);

        self->all = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, known_free);
        return self;
}

void lw_cache_free(LwCache *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->all);
        g_free(self);
}

void lw_cache_clear(LwCache *self)
{
        g_hash_table_remove_all(self->all);
        self->bytes = 0;
}

void lw_cache_drop(LwCache *self, const LwPath *resource)
{
        gint64 key = make_key(resource);
        const Known *known = g_hash_table_lookup(self->all, &key);

        if (known == NULL)
                return;
        self->bytes -= known->bytes;
        g_hash_table_remove(self->all, &key);
}

void lw_cache_drop_below(LwCache *self, const LwPath *path)
{
        GHashTableIter iter;
        void *value;

        if (path->length >= LW_LEVEL_RESOURCE) {
                lw_cache_drop(self, path);
                return;
        }
        g_hash_table_iter_init(&iter, self->all);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                const Known *known = value;
                LwPath resource = LW_PATH_RESOURCE(known->key >> 32, known->key >> 16, known->key);

                if (!lw_path_contains(path, &resource))
                        continue;
                self->bytes -= known->bytes;
                g_hash_table_iter_remove(&iter);
        }
}

static size_t cost(const LwValue *value)
{
        bool has_bytes = value->type == LW_TYPE_STRING || value->type == LW_TYPE_CORELNK ||
                         value->type == LW_TYPE_OPAQUE;

        return sizeof(LwEntry) + (has_bytes ? value->length : 0);
}

/* In the place of what was known; a cache that is full knows less. */
static void put(LwCache *self, const LwPath *resource, LwValues *values, size_t bytes)
{
        Known *known;

        lw_cache_drop(self, resource);
        bytes += OVERHEAD_BYTES;
        if (self->bytes + bytes > LW_PLUGIN_CACHE_MAX) {
                lw_values_free(values);
                return;
        }
        known = g_new(Known, 1);
        *known = (Known){ make_key(resource), values, bytes };
        self->bytes += bytes;
        g_hash_table_insert(self->all, &known->key, known);
}

void lw_cache_put_nothing(LwCache *self, const LwPath *resource)
{
        put(self, resource, lw_values_new(), 0);
}

/* A message may have a key twice: the last one counts. */
static bool is_overwritten(const LwValues *values, size_t at)
{
        return at + 1 < lw_values_count(values) &&
               lw_path_equal(&lw_values_at(values, at)->path, &lw_values_at(values, at + 1)->path);
}

/* Of the one that was added last, and is the one at `at` of `from`. */
static void keep_time(LwValues *values, const LwValues *from, size_t at)
{
        if (lw_values_time(from, at) != 0)
                lw_values_set_time(values, lw_values_count(values) - 1, lw_values_time(from, at));
}

void lw_cache_put(LwCache *self, LwValues *values)
{
        size_t at = 0;

        lw_values_sort(values);
        while (at < lw_values_count(values)) {
                LwPath resource =
                                lw_path_prefix(&lw_values_at(values, at)->path, LW_LEVEL_RESOURCE);
                LwValues *own = lw_values_new();
                bool is_large = false;
                size_t bytes = 0;

                for (; at < lw_values_count(values); at++) {
                        const LwEntry *entry = lw_values_at(values, at);

                        if (!lw_path_contains(&resource, &entry->path))
                                break;
                        if (is_overwritten(values, at))
                                continue;
                        lw_values_add(own, &entry->path, &entry->value);
                        keep_time(own, values, at);
                        is_large |= entry->value.is_blob;
                        bytes += cost(&entry->value);
                }
                if (is_large) /* it holds a descriptor, of which we have few */
                        bytes = LW_PLUGIN_CACHE_MAX;
                put(self, &resource, own, bytes);
        }
}

bool lw_cache_knows(const LwCache *self, const LwPath *path)
{
        gint64 key = make_key(path);

        return g_hash_table_contains(self->all, &key);
}

bool lw_cache_read(const LwCache *self, const LwPath *path, LwValues *values)
{
        gint64 key = make_key(path);
        const Known *known = g_hash_table_lookup(self->all, &key);

        if (known == NULL)
                return false;
        for (size_t i = 0; i < lw_values_count(known->values); i++) {
                const LwEntry *entry = lw_values_at(known->values, i);

                if (lw_path_contains(path, &entry->path))
                        lw_values_add(values, &entry->path, &entry->value);
                keep_time(values, known->values, i);
        }
        return true;
}
