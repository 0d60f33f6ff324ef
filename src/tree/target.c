/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTarget: what the path of a request leads to in the tree. */
#include "tree/target.h"

#include "tree/access.h"

static bool refuse(GError **error, LwStatus status, const LwRequest *request, const char *what)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(&request->path, text);
        g_set_error(error, LW_ERROR, (int) status, "%s %s: %s",
                        lw_operation_name(request->operation), text, what);
        return false;
}

static bool find_resource(const LwRequest *request, LwTarget *target, GError **error)
{
        uint16_t id = request->path.ids[2];

        target->resource = lw_object_def_find(target->object->def, id);
        if (!target->resource)
                return refuse(error, LW_STATUS_NOT_FOUND, request,
                                "the object does not define this resource");
        target->layer = lw_instance_layer(target->instance, id);
        if (!target->layer)
                return refuse(error, LW_STATUS_NOT_FOUND, request,
                                "this instance does not have the resource");
        if (request->path.length == LW_LEVEL_RESOURCE_INSTANCE && !target->resource->multiple)
                return refuse(error, LW_STATUS_NOT_PERMITTED, request,
                                "the resource has a single value; leave out the last id");
        return true;
}

bool lw_target_find(const LwTree *tree, const LwRequest *request, unsigned levels,
                LwTarget *ret_target, GError **error)
{
        const LwPath *path = &request->path;
        LwTarget target = {};

        if (!lw_access_check(request->server, request->operation, path, error))
                return false;
        if (path->length == LW_LEVEL_ROOT)
                return refuse(error, LW_STATUS_NOT_PERMITTED, request,
                                "the root can only be addressed by composite operations");
        target.object = lw_tree_object(tree, path->ids[0]);
        if (!target.object)
                return refuse(error, LW_STATUS_NOT_FOUND, request, "there is no such object");
        if (!(levels & 1u << path->length))
                return refuse(error, LW_STATUS_NOT_PERMITTED, request,
                                "the operation does not exist at this level");
        if (path->length >= LW_LEVEL_INSTANCE) {
                target.instance = lw_object_instance(target.object, path->ids[1]);
                if (!target.instance)
                        return refuse(error, LW_STATUS_NOT_FOUND, request,
                                        "there is no such instance");
        }
        if (path->length >= LW_LEVEL_RESOURCE && !find_resource(request, &target, error))
                return false;
        *ret_target = target;
        return true;
}

bool lw_target_is_single(const LwTarget *self, const LwPath *path)
{
        return path->length == LW_LEVEL_RESOURCE_INSTANCE ||
               (path->length == LW_LEVEL_RESOURCE && !self->resource->multiple);
}
