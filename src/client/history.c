/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many stored values of each element go to the server. */
#include "client/history.h"

#include "client/payload.h"

/* How often each element was met, from the newest value back. */
typedef struct History {
        const LwRules *rules;
        LwRegistry *registry;
        GHashTable *counts; /* from LwObservation to a table from path to count; NULL: no limit */
} History;

static void free_table(void *data)
{
        if (data)
                g_hash_table_unref(data);
}

static GHashTable *counts_of(History *self, const LwObservation *observation)
{
        GHashTable *table = NULL;
        void *found;

        if (g_hash_table_lookup_extended(self->counts, observation, NULL, &found))
                return found;
        if (lw_rules_history(self->rules, observation, NULL, NULL))
                table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(self->counts, (void *) observation, table);
        return table;
}

/* Whether one more value of this element may go. */
static bool take_one(
                History *self, GHashTable *counts, LwObservation *observation, const LwPath *path)
{
        LwAttributes attributes = lw_rules_attributes(self->rules, observation, path);
        uint32_t most = lw_attributes_has(&attributes, LW_ATTRIBUTE_HQMAX) ? attributes.hqmax : 0;
        char text[LW_PATH_TEXT_MAX];
        unsigned count;

        lw_path_print(path, text);
        count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, text));
        g_hash_table_insert(counts, g_strdup(text), GUINT_TO_POINTER(count + 1));
        if (most == 0)
                observation->owed = true;
        return count < most;
}

/* What stays of a pack; NULL: all. Empty: nothing. */
static GBytes *trim_pack(History *self, GHashTable *counts, const LwParcel *parcel)
{
        g_autoptr(LwValues) all = lw_values_new(), some = lw_values_new();

        if (!lw_payload_unpack(parcel->pack, 0, self->registry, all, NULL))
                return NULL;
        for (size_t i = 0; i < lw_values_count(all); i++) {
                const LwEntry *entry = lw_values_at(all, i);

                if (take_one(self, counts, parcel->observation, &entry->path))
                        lw_values_add(some, &entry->path, &entry->value);
        }
        if (lw_values_count(some) == lw_values_count(all))
                return NULL;
        if (lw_values_count(some) == 0)
                return g_bytes_new(NULL, 0);
        return lw_payload_pack(some, self->registry, NULL);
}

void lw_history_trim(LwOutbox *outbox, const LwRules *rules, LwRegistry *registry)
{
        g_autoptr(GHashTable) counts = g_hash_table_new_full(NULL, NULL, NULL, free_table);
        History self = { rules, registry, counts };

        for (GList *link = outbox->parcels.tail, *previous; link; link = previous) {
                const LwParcel *parcel = link->data;
                GHashTable *table = counts_of(&self, parcel->observation);
                g_autoptr(GBytes) pack = NULL;

                previous = link->prev;
                if (table && parcel->stored && !parcel->flying)
                        pack = trim_pack(&self, table, parcel);
                if (pack)
                        lw_outbox_shrink(outbox, link, pack);
        }
}
