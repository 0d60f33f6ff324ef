/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributeTable: the attributes that servers set, by server and node. */
#include "tree/attribute-table.h"

#include <stdlib.h>
#include <string.h>

#include "model/limits.h"
#include "model/number.h"
#include "model/status.h"

/* The first line of a document: what it is, and which form of it. */
#define HEADER "attributes 1"

/* One node of one server. The key is its beginning, to be hashed as bytes. */
typedef struct Entry {
        LwPath path;
        uint16_t server;
        LwAttributes attributes;
} Entry;

struct LwAttributeTable {
        GHashTable *entries; /* set of Entry */
};

static guint hash(const void *key)
{
        const Entry *entry = key;
        uint64_t ids;

        memcpy(&ids, entry->path.ids, sizeof(ids));
        ids ^= (uint64_t) entry->server << 48 ^ entry->path.length;
        ids *= UINT64_C(0x9e3779b97f4a7c15);
        return (guint) (ids >> 32);
}

static gboolean equal(const void *a, const void *b)
{
        const Entry *one = a, *other = b;

        return one->server == other->server && lw_path_equal(&one->path, &other->path);
}

LwAttributeTable *lw_attribute_table_new(void)
{
        LwAttributeTable *self = g_new(LwAttributeTable, 1);

        self->entries = g_hash_table_new_full(hash, equal, g_free, NULL);
        return self;
}

void lw_attribute_table_free(LwAttributeTable *self)
{
        if (!self)
                return;
        g_hash_table_unref(self->entries);
        g_free(self);
}

static Entry *find(const LwAttributeTable *self, uint16_t server, const LwPath *path)
{
        Entry key = { .path = *path, .server = server };

        /* the mostly empty table of mostly all agents is asked for every change */
        if (g_hash_table_size(self->entries) == 0)
                return NULL;
        return g_hash_table_lookup(self->entries, &key);
}

const LwAttributes *lw_attribute_table_find(
                const LwAttributeTable *self, uint16_t server, const LwPath *path)
{
        const Entry *entry = find(self, server, path);

        return entry ? &entry->attributes : NULL;
}

bool lw_attribute_table_set(LwAttributeTable *self, uint16_t server, const LwPath *path,
                const LwAttributes *attributes, GError **error)
{
        Entry *entry = find(self, server, path);

        if (!attributes->set) {
                if (entry)
                        g_hash_table_remove(self->entries, entry);
                return true;
        }
        if (!entry) {
                if (g_hash_table_size(self->entries) >= LW_ATTRIBUTES_MAX) {
                        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                        "attributes are set on %d nodes already; unset some first",
                                        LW_ATTRIBUTES_MAX);
                        return false;
                }
                entry = g_new0(Entry, 1);
                entry->path = *path;
                entry->server = server;
                g_hash_table_add(self->entries, entry);
        }
        entry->attributes = *attributes;
        entry->attributes.unset = 0;
        return true;
}

LwAttributes lw_attribute_table_resolve(
                const LwAttributeTable *self, uint16_t server, const LwPath *path)
{
        LwAttributes attributes = {};

        for (unsigned length = path->length; length > 0; length--) {
                LwPath node = lw_path_prefix(path, length);
                const Entry *entry = find(self, server, &node);

                if (entry)
                        lw_attributes_inherit(&attributes, &entry->attributes);
        }
        return attributes;
}

bool lw_attribute_table_has_below(const LwAttributeTable *self, uint16_t server, const LwPath *path)
{
        GHashTableIter iterator;
        void *key;

        g_hash_table_iter_init(&iterator, self->entries);
        while (g_hash_table_iter_next(&iterator, &key, NULL)) {
                const Entry *entry = key;

                if (entry->server == server && entry->path.length > path->length &&
                                lw_path_contains(path, &entry->path))
                        return true;
        }
        return false;
}

static gboolean is_at_or_below(void *key, void *value G_GNUC_UNUSED, void *user)
{
        return lw_path_contains(user, &((const Entry *) key)->path);
}

bool lw_attribute_table_drop_node(LwAttributeTable *self, const LwPath *path)
{
        LwPath node = *path;

        return g_hash_table_foreach_remove(self->entries, is_at_or_below, &node) > 0;
}

bool lw_attribute_table_keep_servers(
                LwAttributeTable *self, bool (*is_kept)(void *user, uint16_t server), void *user)
{
        GHashTableIter iterator;
        bool any = false;
        void *key;

        g_hash_table_iter_init(&iterator, self->entries);
        while (g_hash_table_iter_next(&iterator, &key, NULL)) {
                if (is_kept(user, ((const Entry *) key)->server))
                        continue;
                g_hash_table_iter_remove(&iterator);
                any = true;
        }
        return any;
}

static int compare(const void *a, const void *b)
{
        const Entry *one = *(const Entry *const *) a, *other = *(const Entry *const *) b;

        if (one->server != other->server)
                return one->server - other->server;
        return lw_path_compare(&one->path, &other->path);
}

/* A line an entry: "101 /3/0/9 pmin=10&pmax=60", the queries that would set it. */
static void print_entry(const Entry *entry, GString *text)
{
        char path[LW_PATH_TEXT_MAX], value[LW_ATTRIBUTE_TEXT_MAX];
        char separator = ' ';

        lw_path_print(&entry->path, path);
        g_string_append_printf(text, "%u %s", entry->server, path);
        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++) {
                if (!lw_attributes_has(&entry->attributes, (LwAttribute) i))
                        continue;
                lw_attributes_print(&entry->attributes, (LwAttribute) i, value);
                g_string_append_printf(text, "%c%s=%s", separator,
                                lw_attribute_name((LwAttribute) i), value);
                separator = '&';
        }
        g_string_append_c(text, '\n');
}

GBytes *lw_attribute_table_save(const LwAttributeTable *self)
{
        GString *text = g_string_new(HEADER "\n");
        g_autofree void **keys = NULL;
        guint count;

        keys = g_hash_table_get_keys_as_array(self->entries, &count);
        if (count > 1)
                qsort(keys, count, sizeof(*keys), compare);
        for (guint i = 0; i < count; i++)
                print_entry(keys[i], text);
        return g_string_free_to_bytes(text);
}

static bool parse_line(LwAttributeTable *self, const char *line, GError **error)
{
        g_auto(GStrv) fields = g_strsplit(line, " ", 3), query = NULL;
        LwAttributes attributes;
        uint64_t server;
        LwPath path;

        if (g_strv_length(fields) != 3 ||
                        !lw_number_parse_unsigned(fields[0], strlen(fields[0]), &server) ||
                        server > UINT16_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a line must be 'SERVER PATH ATTRIBUTES'");
                return false;
        }
        query = g_strsplit(fields[2], "&", LW_ATTRIBUTE_COUNT + 1);
        if (!lw_path_parse(fields[1], &path, error) ||
                        !lw_attributes_parse((const char *const *) query, g_strv_length(query),
                                        &attributes, error))
                return false;
        if (path.length == 0 || attributes.unset) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a line must be of an object or below it, with values");
                return false;
        }
        return lw_attributes_check(&attributes, (LwLevel) path.length, NULL, error) &&
               lw_attribute_table_set(self, (uint16_t) server, &path, &attributes, error);
}

bool lw_attribute_table_load(LwAttributeTable *self, GBytes *document, GError **error)
{
        g_autoptr(LwAttributeTable) loaded = lw_attribute_table_new();
        size_t length = g_bytes_get_size(document);
        const char *data = length > 0 ? g_bytes_get_data(document, NULL) : "";
        g_autofree char *text = g_strndup(data, length);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        if (strlen(text) != length || !lines[0] || !g_str_equal(lines[0], HEADER)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the document does not begin with '" HEADER "'");
                return false;
        }
        for (unsigned i = 1; lines[i]; i++)
                if (lines[i][0] != '\0' && !parse_line(loaded, lines[i], error)) {
                        g_prefix_error(error, "line %u: ", i + 1);
                        return false;
                }
        g_hash_table_unref(self->entries);
        self->entries = g_steal_pointer(&loaded->entries);
        g_free(g_steal_pointer(&loaded));
        return true;
}
