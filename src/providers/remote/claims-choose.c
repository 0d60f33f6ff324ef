/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwClaims: instance ids for labels. */
#include "bus/error.h"
#include "providers/remote/claims.h"

/* Ids chosen for labels begin here: sensors that the kernel shows count from 0. */
#define CHOSEN_FIRST 100

/* Whether nobody else has the instance: not in the tree, not in this registration. */
static bool is_free(const LwClaims *self, const LwTree *tree, const LwProvider *own,
                uint16_t object_id, uint16_t id)
{
        const LwObject *object = lw_tree_object(tree, object_id);
        const LwInstance *instance = object != NULL ? lw_object_instance(object, id) : NULL;

        if (lw_claims_find(self, object_id, id) != NULL)
                return false;
        for (guint i = 0; instance != NULL && i < instance->layers->len; i++)
                if (g_array_index(instance->layers, LwLayer, i).provider != own)
                        return false;
        return true;
}

/* The lowest free id from `first` on; past LW_ID_MAX when there is none. */
static unsigned lowest_free(const LwClaims *self, const LwTree *tree, const LwProvider *own,
                const LwLabels *labels, uint16_t object, unsigned first)
{
        while (first <= LW_ID_MAX &&
                        (lw_labels_has(labels, object, (uint16_t) first) ||
                                        !is_free(self, tree, own, object, (uint16_t) first)))
                first++;
        return first;
}

int lw_claims_choose(LwClaims *self, const LwTree *tree, const LwProvider *own,
                const LwLabels *labels, const char *name, sd_bus_error *ret_error)
{
        g_autoptr(GHashTable) next = g_hash_table_new(NULL, NULL); /* object to where to go on */

        for (size_t i = 0; i < lw_claims_count(self); i++) {
                const LwClaim *claim = lw_claims_at(self, i);
                uint16_t object = claim->path.ids[0], kept;
                void *key = GUINT_TO_POINTER(object);
                unsigned id = GPOINTER_TO_UINT(g_hash_table_lookup(next, key));

                if (claim->label == NULL)
                        continue;
                if (lw_labels_find(labels, object, name, claim->label, &kept) &&
                                is_free(self, tree, own, object, kept)) {
                        id = kept;
                } else {
                        id = lowest_free(self, tree, own, labels, object, MAX(id, CHOSEN_FIRST));
                        if (id > LW_ID_MAX)
                                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                                "/%u/*%s: no instance id is free", object,
                                                claim->label);
                        g_hash_table_insert(next, key, GUINT_TO_POINTER(id + 1));
                }
                lw_claims_settle(self, i, (uint16_t) id);
        }
        return 0;
}
