/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write: decode, check everything, then ask the one provider that all of it belongs to. */
#include "codec/format.h"
#include "model/status.h"
#include "tree/content.h"
#include "tree/operations.h"
#include "tree/target.h"

/* A Write under way. */
typedef struct Writing {
        LwTree *tree;
        LwPath path;
        LwDispatchDone done;
        void *user;
} Writing;

/*
 * Replace goes to instances, resources and resource instances; Partial Update to instances, and to
 * resources that are arrays.
 */
static bool find_target(
                const LwTree *tree, const LwRequest *request, LwTarget *ret_target, GError **error)
{
        unsigned levels = request->operation == LW_OPERATION_WRITE
                                          ? LW_LEVELS(LW_LEVEL_INSTANCE, LW_LEVEL_RESOURCE_INSTANCE)
                                          : LW_LEVELS(LW_LEVEL_INSTANCE, LW_LEVEL_RESOURCE);

        if (!lw_target_find(tree, request, levels, ret_target, error))
                return false;
        if (!ret_target->resource)
                return true;
        if (!(ret_target->resource->operations & LW_WRITABLE))
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "the resource cannot be written");
        if (request->operation == LW_OPERATION_WRITE_UPDATE && !ret_target->resource->multiple)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "a single value is replaced, not updated");
        return true;
}

/* What a Replace of an instance without values is for: whoever holds something writable in it. */
static bool find_owner(const LwRequest *request, const LwTarget *target, LwProvider **provider,
                GError **error)
{
        for (size_t i = 0; i < target->object->def->resource_count; i++) {
                const LwResourceDef *def = &target->object->def->resources[i];
                const LwLayer *layer = lw_instance_layer(target->instance, def->id);

                if (layer && def->operations & LW_WRITABLE &&
                                !lw_content_join(request, layer, provider, error))
                        return false;
        }
        return true;
}

/* Adds one value to what is written, unless nobody serves it: then it is an optional resource that
 * this instance does not have. */
static bool keep_entry(const LwTree *tree, const LwRequest *request, const LwTarget *target,
                const LwEntry *entry, LwValues *kept, LwProvider **provider, GError **error)
{
        const LwLayer *layer;

        if (!lw_path_contains(&request->path, &entry->path))
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &entry->path,
                                "the value lies outside the path of the request");
        if (entry->path.length < LW_LEVEL_RESOURCE)
                return true; /* "this instance, without resources" */
        if (!lw_content_check(tree, request, target->object->def, entry, error))
                return false;
        layer = lw_instance_layer(target->instance, entry->path.ids[2]);
        if (!layer)
                return true;
        if (!lw_content_join(request, layer, provider, error))
                return false;
        lw_values_add(kept, &entry->path, &entry->value);
        return true;
}

static bool check_values(const LwTree *tree, const LwRequest *request, const LwTarget *target,
                const LwValues *values, LwValues *kept, LwProvider **provider, GError **error)
{
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (!keep_entry(tree, request, target, lw_values_at(values, i), kept, provider,
                                    error))
                        return false;
        if (request->path.length > LW_LEVEL_INSTANCE || request->operation != LW_OPERATION_WRITE)
                return true;
        return lw_content_check_mandatory(
                               request, target->object->def, &request->path, kept, error) &&
               find_owner(request, target, provider, error);
}

static void on_written(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        g_autofree Writing *self = user;

        if (!error)
                lw_tree_changed(self->tree, &self->path);
        lw_op_finish(self->done, self->user, LW_STATUS_CHANGED, error);
}

static void ask(LwTree *tree, const LwRequest *request, LwProvider *provider,
                const LwValues *values, LwDispatchDone done, void *user)
{
        Writing *self = g_new(Writing, 1);

        *self = (Writing){ .tree = tree, .path = request->path, .done = done, .user = user };
        provider->ops->write(provider, &request->path, request->operation == LW_OPERATION_WRITE,
                        values, lw_call_new(request, NULL, on_written, self));
}

void lw_op_write(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(LwValues) values = lw_values_new(), kept = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwProvider *provider = NULL;
        LwTarget target;

        if (!find_target(tree, request, &target, &error) ||
                        !lw_content_read(tree, request, values, &error) ||
                        !check_values(tree, request, &target, values, kept, &provider, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        if (!provider) { /* nothing in it was for us: nothing changes */
                lw_op_finish(done, user, LW_STATUS_CHANGED, NULL);
                return;
        }
        if (!provider->ops->write) {
                lw_content_refuse(&error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "its provider does not take values");
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        ask(tree, request, provider, kept, done, user);
}

LwSink *lw_op_write_receive(LwTree *tree, const LwRequest *request, uint64_t size, GError **error)
{
        LwProvider *provider;
        LwTarget target;

        if (request->operation != LW_OPERATION_WRITE || request->format != LW_FORMAT_OPAQUE)
                return NULL;
        if (!find_target(tree, request, &target, error))
                return NULL;
        if (!lw_target_is_single(&target, &request->path) ||
                        target.resource->type != LW_TYPE_OPAQUE)
                return NULL;
        provider = target.layer->provider;
        if (!provider->ops->receive)
                return NULL;
        return provider->ops->receive(provider, request, size, error);
}
