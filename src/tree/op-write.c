/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write: decode, check everything, then ask the one provider that all of it belongs to. */
#include "codec/format.h"
#include "model/status.h"
#include "tree/gather.h"
#include "tree/operations.h"
#include "tree/target.h"

#define OBJLNK_NONE 65535

/* A Write under way. */
typedef struct Writing {
        LwTree *tree;
        LwPath path;
        LwDispatchDone done;
        void *user;
} Writing;

static bool fail(GError **error, LwStatus status, const LwPath *path, const char *what)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, (int) status, "Write %s: %s", text, what);
        return false;
}

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
                return fail(error, LW_STATUS_NOT_PERMITTED, &request->path,
                                "the resource cannot be written");
        if (request->operation == LW_OPERATION_WRITE_UPDATE && !ret_target->resource->multiple)
                return fail(error, LW_STATUS_NOT_PERMITTED, &request->path,
                                "a single value is replaced, not updated");
        return true;
}

/* An Objlnk points to what is there, to an object alone, or nowhere. */
static bool check_link(const LwTree *tree, const LwEntry *entry, GError **error)
{
        LwObjlnk link = entry->value.link;
        const LwObject *object;

        if (entry->value.type != LW_TYPE_OBJLNK ||
                        (link.object == OBJLNK_NONE && link.instance == OBJLNK_NONE))
                return true;
        object = lw_tree_object(tree, link.object);
        if (object && (link.instance == OBJLNK_NONE || lw_object_instance(object, link.instance)))
                return true;
        return fail(error, LW_STATUS_BAD_REQUEST, &entry->path,
                        "the object link points to nothing");
}

static bool check_entry(const LwTree *tree, const LwTarget *target, const LwEntry *entry,
                const LwLayer **ret_layer, GError **error)
{
        const LwResourceDef *def;

        *ret_layer = NULL;
        if (entry->path.length < LW_LEVEL_RESOURCE)
                return true; /* "this instance, without resources" */
        def = lw_object_def_find(target->object->def, entry->path.ids[2]);
        if (!def || !(def->operations & LW_WRITABLE))
                return fail(error, LW_STATUS_NOT_PERMITTED, &entry->path,
                                "the resource cannot be written");
        if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE && !def->multiple)
                return fail(error, LW_STATUS_BAD_REQUEST, &entry->path,
                                "the resource has a single value");
        if (entry->value.type == LW_TYPE_NONE && !def->multiple)
                return fail(error, LW_STATUS_BAD_REQUEST, &entry->path, "a value is missing");
        if (entry->value.type != LW_TYPE_NONE && !lw_resource_def_check(def, &entry->value, error))
                return false;
        *ret_layer = lw_instance_layer(target->instance, def->id);
        return check_link(tree, entry, error);
}

/* Two providers cannot be written as one, and half a Write is worse than none. */
static bool join_layer(
                const LwLayer *layer, const LwPath *path, LwProvider **provider, GError **error)
{
        if (*provider && *provider != layer->provider)
                return fail(error, LW_STATUS_NOT_PERMITTED, path,
                                "the resources belong to several providers; write them one by one");
        *provider = layer->provider;
        return true;
}

/* What a Replace of an instance without values is for: whoever holds something writable in it. */
static bool find_owner(
                const LwTarget *target, const LwPath *path, LwProvider **provider, GError **error)
{
        for (size_t i = 0; i < target->object->def->resource_count; i++) {
                const LwResourceDef *def = &target->object->def->resources[i];
                const LwLayer *layer = lw_instance_layer(target->instance, def->id);

                if (layer && def->operations & LW_WRITABLE &&
                                !join_layer(layer, path, provider, error))
                        return false;
        }
        return true;
}

/* Mandatory resources that a server can write must be in a Replace of the whole. */
static bool check_mandatory(
                const LwTarget *target, const LwPath *path, const LwValues *values, GError **error)
{
        for (size_t i = 0; i < target->object->def->resource_count; i++) {
                const LwResourceDef *def = &target->object->def->resources[i];
                LwPath wanted = lw_path_child(path, def->id);
                bool found = false;

                if (!def->mandatory || !(def->operations & LW_WRITABLE))
                        continue;
                for (size_t v = 0; v < lw_values_count(values) && !found; v++)
                        found = lw_path_contains(&wanted, &lw_values_at(values, v)->path);
                if (!found)
                        return fail(error, LW_STATUS_BAD_REQUEST, &wanted,
                                        "the resource is mandatory and missing in the new content");
        }
        return true;
}

/* Copies what is ours to keep: resources that no layer serves are optional ones that we do not
 * support. */
static bool check_values(const LwTree *tree, const LwRequest *request, const LwTarget *target,
                const LwValues *values, LwValues *ret_kept, LwProvider **ret_provider,
                GError **error)
{
        *ret_provider = NULL;
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                const LwLayer *layer;

                if (!lw_path_contains(&request->path, &entry->path))
                        return fail(error, LW_STATUS_BAD_REQUEST, &entry->path,
                                        "the value lies outside the path of the request");
                if (!check_entry(tree, target, entry, &layer, error))
                        return false;
                if (!layer)
                        continue;
                if (!join_layer(layer, &request->path, ret_provider, error))
                        return false;
                lw_values_add(ret_kept, &entry->path, &entry->value);
        }
        if (request->path.length > LW_LEVEL_INSTANCE || request->operation != LW_OPERATION_WRITE)
                return true;
        return check_mandatory(target, &request->path, ret_kept, error) &&
               find_owner(target, &request->path, ret_provider, error);
}

static bool decode(LwTree *tree, const LwRequest *request, LwValues *ret_values, GError **error)
{
        LwDecode how = { .base = request->path, .registry = lw_tree_registry(tree) };

        if (request->values) {
                lw_values_append(ret_values, request->values);
                return true;
        }
        if (request->format == LW_FORMAT_NONE)
                return fail(error, LW_STATUS_BAD_REQUEST, &request->path,
                                "the Content-Format is missing");
        return lw_format_decode(request->format, request->payload, request->payload_length, &how,
                        ret_values, error);
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
                        !decode(tree, request, values, &error) ||
                        !check_values(tree, request, &target, values, kept, &provider, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        if (!provider) { /* nothing in it was for us: nothing changes */
                lw_op_finish(done, user, LW_STATUS_CHANGED, NULL);
                return;
        }
        if (!provider->ops->write) {
                fail(&error, LW_STATUS_NOT_PERMITTED, &request->path,
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
        return provider->ops->receive(provider, &request->path, size, error);
}
