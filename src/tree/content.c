/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values that a Write or a Create brings. */
#include "tree/content.h"

#include "codec/format.h"
#include "model/status.h"

#define OBJLNK_NONE 65535

bool lw_content_refuse(GError **error, LwStatus status, const LwRequest *request,
                const LwPath *path, const char *what)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, (int) status, "%s %s: %s",
                        lw_operation_name(request->operation), text, what);
        return false;
}

/* A null is an order to take an element away only where SenML-ETCH says so. */
static bool has_nulls(const LwRequest *request)
{
        return request->format == LW_FORMAT_ETCH_JSON || request->format == LW_FORMAT_ETCH_CBOR;
}

bool lw_content_read(LwTree *tree, const LwRequest *request, LwValues *ret_values, GError **error)
{
        LwDecode how = {
                .base = request->path,
                .registry = lw_tree_registry(tree),
                .nulls = has_nulls(request),
                .now_real_usec = request->now.real_usec,
        };

        if (request->values) {
                lw_values_append(ret_values, request->values);
                return true;
        }
        if (request->format == LW_FORMAT_NONE)
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &request->path,
                                "the Content-Format is missing");
        return lw_format_decode(request->format, request->payload, request->payload_length, &how,
                        ret_values, error);
}

/* An Objlnk points to what is there, to an object alone, or nowhere. */
static bool is_link_to_something(const LwTree *tree, const LwValue *value)
{
        LwObjlnk link = value->link;
        const LwObject *object;

        if (value->type != LW_TYPE_OBJLNK ||
                        (link.object == OBJLNK_NONE && link.instance == OBJLNK_NONE))
                return true;
        object = lw_tree_object(tree, link.object);
        return object &&
               (link.instance == OBJLNK_NONE || lw_object_instance(object, link.instance));
}

bool lw_content_check(const LwTree *tree, const LwRequest *request, const LwObjectDef *object,
                const LwEntry *entry, GError **error)
{
        const LwResourceDef *def = lw_object_def_find(object, entry->path.ids[2]);

        if (!def || !(def->operations & LW_WRITABLE))
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &entry->path,
                                "the resource cannot be written");
        if (entry->path.length == LW_LEVEL_RESOURCE_INSTANCE && !def->multiple)
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &entry->path,
                                "the resource has a single value");
        if (entry->value.type == LW_TYPE_NONE && !def->multiple)
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &entry->path,
                                "a value is missing");
        if (entry->value.type != LW_TYPE_NONE && !lw_resource_def_check(def, &entry->value, error))
                return false;
        return is_link_to_something(tree, &entry->value) ||
               lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &entry->path,
                               "the object link points to nothing");
}

static bool has_value(const LwValues *values, const LwPath *resource)
{
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (lw_path_contains(resource, &lw_values_at(values, i)->path))
                        return true;
        return false;
}

bool lw_content_check_mandatory(const LwRequest *request, const LwObjectDef *object,
                const LwPath *instance, const LwValues *values, GError **error)
{
        for (size_t i = 0; i < object->resource_count; i++) {
                const LwResourceDef *def = &object->resources[i];
                LwPath resource = lw_path_child(instance, def->id);

                if (def->mandatory && def->operations & LW_WRITABLE &&
                                !has_value(values, &resource))
                        return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &resource,
                                        "the resource is mandatory and missing in the new content");
        }
        return true;
}

bool lw_content_join(const LwRequest *request, const LwLayer *layer, LwProvider **provider,
                GError **error)
{
        if (*provider && *provider != layer->provider)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "the resources belong to several providers; write them one by one");
        *provider = layer->provider;
        return true;
}

bool lw_content_check_composite(const LwRequest *request, GError **error)
{
        if (request->server != LW_SERVER_LOCAL && request->version < LW_VERSION_1_1)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "composite operations exist since LwM2M 1.1");
        switch (request->format) {
        case LW_FORMAT_NONE: /* local, or refused with what it lacks */
        case LW_FORMAT_SENML_JSON:
        case LW_FORMAT_SENML_CBOR:
        case LW_FORMAT_ETCH_JSON:
        case LW_FORMAT_ETCH_CBOR:
                return true;
        case LW_FORMAT_LWM2M_CBOR:
                if (request->operation == LW_OPERATION_WRITE_COMPOSITE)
                        return true;
                break;
        default:
                break;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_UNSUPPORTED_FORMAT,
                        "%s is not asked in Content-Format %s; use SenML",
                        lw_operation_name(request->operation), lw_format_name(request->format));
        return false;
}
