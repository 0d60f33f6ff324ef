/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwArrears: observed resources of a service that are to be looked at when it has time for it. */
#include "providers/remote/arrears.h"

#include "model/limits.h"

struct LwArrears {
        LwTree *tree;
        GHashTable *paths; /* of resources, LwPath */
};

static guint hash(const void *key)
{
        const LwPath *path = key;

        return ((guint) path->ids[0] * 31 + path->ids[1]) * 31 + path->ids[2];
}

static gboolean equal(const void *a, const void *b)
{
        return lw_path_equal(a, b);
}

LwArrears *lw_arrears_new(LwTree *tree)
{
        LwArrears *self = g_new0(LwArrears, 1);

        self->tree = tree;
        self->paths = g_hash_table_new_full(hash, equal, g_free, NULL);
        return self;
}

void lw_arrears_free(LwArrears *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->paths);
        g_free(self);
}

void lw_arrears_add(LwArrears *self, const LwQuestion *question)
{
        LwOperation operation = lw_call_operation(question->call);

        if (operation != LW_OPERATION_OBSERVE && operation != LW_OPERATION_OBSERVE_COMPOSITE)
                return;
        for (size_t i = 0; i < question->count; i++) {
                LwPath path = lw_path_prefix(&question->parts[i].path, LW_LEVEL_RESOURCE);

                if (!g_hash_table_contains(self->paths, &path))
                        g_hash_table_add(self->paths, g_memdup2(&path, sizeof(path)));
        }
}

void lw_arrears_settle(LwArrears *self)
{
        g_autoptr(GPtrArray) some = g_ptr_array_new_with_free_func(g_free);
        GHashTableIter iter;
        void *path;

        g_hash_table_iter_init(&iter, self->paths);
        while (some->len < LW_PLUGIN_WAITING_MAX && g_hash_table_iter_next(&iter, &path, NULL)) {
                g_hash_table_iter_steal(&iter);
                g_ptr_array_add(some, path);
        }
        for (guint i = 0; i < some->len; i++)
                lw_tree_changed(self->tree, some->pdata[i]);
}

void lw_arrears_forget(LwArrears *self)
{
        g_hash_table_remove_all(self->paths);
}
