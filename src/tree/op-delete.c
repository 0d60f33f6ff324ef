/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delete: an instance, or one element of an array. */
#include "model/status.h"
#include "tree/content.h"
#include "tree/operations.h"
#include "tree/target.h"

/* A Delete under way. */
typedef struct Deleting {
        LwTree *tree;
        LwPath path;
        LwDispatchDone done;
        void *user;
} Deleting;

/* The instance is gone, whether or not the end of its attributes is on the disk: at the next start
 * they would concern nothing, and a Create in between drops them once more. */
static void on_saved(void *data, const GError *error)
{
        g_autofree Deleting *self = data;

        if (error)
                g_warning("the attributes of a deleted instance are still stored: %s",
                                error->message);
        lw_op_finish(self->done, self->user, LW_STATUS_DELETED, NULL);
}

static void on_deleted(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        g_autofree Deleting *self = user;

        if (error) {
                lw_op_finish(self->done, self->user, LW_STATUS_DELETED, error);
                return;
        }
        if (self->path.length == LW_LEVEL_RESOURCE_INSTANCE)
                lw_tree_changed(self->tree, &self->path);
        if (lw_attribute_table_drop_node(lw_tree_attributes(self->tree), &self->path)) {
                LwTree *tree = self->tree;

                lw_tree_save_attributes(tree, on_saved, g_steal_pointer(&self));
                return;
        }
        lw_op_finish(self->done, self->user, LW_STATUS_DELETED, NULL);
}

/* Elements can be deleted since 1.2, where they could be written, too. Source: OMA LwM2M Core 1.2,
 * Delete. */
static bool check_element(const LwRequest *request, const LwTarget *target, GError **error)
{
        if (request->version < LW_VERSION_1_2 && request->server != LW_SERVER_LOCAL)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "resource instances can be deleted since LwM2M 1.2");
        if (!(target->resource->operations & LW_WRITABLE))
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "the resource cannot be written");
        return true;
}

/* Who answers: for an instance whoever made it, which is the lowest layer as the others only lie on
 * it; for an element whoever serves the resource. */
static bool find_provider(const LwTree *tree, const LwRequest *request, LwProvider **ret_provider,
                GError **error)
{
        const unsigned levels = LW_LEVELS(LW_LEVEL_INSTANCE, LW_LEVEL_INSTANCE) |
                                LW_LEVELS(LW_LEVEL_RESOURCE_INSTANCE, LW_LEVEL_RESOURCE_INSTANCE);
        const LwLayer *layer;
        LwTarget target;

        if (!lw_target_find(tree, request, levels, &target, error) ||
                        (target.resource && !check_element(request, &target, error)))
                return false;
        layer = target.layer;
        if (!layer)
                layer = &g_array_index(
                                target.instance->layers, LwLayer, target.instance->layers->len - 1);
        *ret_provider = layer->provider;
        return layer->provider->ops->delete ||
               lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                               target.layer ? "its elements cannot be deleted"
                                            : "this instance cannot be deleted");
}

void lw_op_delete(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(GError) error = NULL;
        LwProvider *provider;
        Deleting *self;

        if (!find_provider(tree, request, &provider, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = g_new(Deleting, 1);
        *self = (Deleting){ .tree = tree, .path = request->path, .done = done, .user = user };
        provider->ops->delete (
                        provider, &request->path, lw_call_new(request, NULL, on_deleted, self));
}
