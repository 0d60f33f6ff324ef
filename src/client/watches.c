/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWatches: who watches which path. */
#include "client/watches.h"

struct LwWatches {
        GTree *tree; /* of LwWatch, by path and then by address */
};

/* A node by its path, or the place before all watches of that path. */
static int compare(const void *a, const void *b, void *user G_GNUC_UNUSED)
{
        const LwWatch *one = a, *other = b;
        int order = lw_path_compare(&one->path, &other->path);

        if (order != 0 || one == other)
                return order;
        if (!one->owner || !other->owner) /* a probe */
                return one->owner ? 1 : -1;
        return (uintptr_t) one < (uintptr_t) other ? -1 : 1;
}

LwWatches *lw_watches_new(void)
{
        LwWatches *self = g_new(LwWatches, 1);

        self->tree = g_tree_new_full(compare, NULL, NULL, NULL);
        return self;
}

void lw_watches_free(LwWatches *self)
{
        if (!self)
                return;
        g_tree_unref(self->tree);
        g_free(self);
}

void lw_watches_add(LwWatches *self, LwWatch *watch)
{
        g_assert(watch->owner);
        g_tree_insert(self->tree, watch, watch);
}

void lw_watches_remove(LwWatches *self, LwWatch *watch)
{
        g_tree_remove(self->tree, watch);
}

size_t lw_watches_count(const LwWatches *self)
{
        return (size_t) g_tree_nnodes(self->tree);
}

static GTreeNode *first_from(const LwWatches *self, const LwPath *path)
{
        LwWatch probe = { .path = *path };

        return g_tree_lower_bound(self->tree, &probe);
}

/* Those at exactly this node. */
static void visit_node(const LwWatches *self, const LwPath *path,
                void (*each)(void *user, const LwWatch *watch), void *user)
{
        for (GTreeNode *node = first_from(self, path); node; node = g_tree_node_next(node)) {
                const LwWatch *watch = g_tree_node_key(node);

                if (!lw_path_equal(&watch->path, path))
                        return;
                each(user, watch);
        }
}

void lw_watches_concerned(const LwWatches *self, const LwPath *path,
                void (*each)(void *user, const LwWatch *watch), void *user)
{
        if (g_tree_nnodes(self->tree) == 0)
                return;
        for (unsigned length = 0; length < path->length; length++) {
                LwPath above = lw_path_prefix(path, length);

                visit_node(self, &above, each, user);
        }
        for (GTreeNode *node = first_from(self, path); node; node = g_tree_node_next(node)) {
                const LwWatch *watch = g_tree_node_key(node);

                if (!lw_path_contains(path, &watch->path))
                        return;
                each(user, watch);
        }
}

static void note(void *user, const LwWatch *watch G_GNUC_UNUSED)
{
        *(bool *) user = true;
}

bool lw_watches_concern(const LwWatches *self, const LwPath *path)
{
        bool found = false;

        lw_watches_concerned(self, path, note, &found);
        return found;
}
