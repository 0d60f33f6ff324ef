/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read-Composite: many paths, one answer with whatever of them is there. */
#include "codec/format.h"
#include "model/status.h"
#include "tree/access.h"
#include "tree/content.h"
#include "tree/gather.h"
#include "tree/operations.h"
#include "tree/target.h"

/* A Read-Composite under way. */
typedef struct Reading {
        LwTree *tree;
        int32_t format; /* of the answer; LW_FORMAT_NONE: values, for a local request */
        bool unencoded;
        LwDispatchDone done;
        void *user;
} Reading;

static bool fill(const Reading *self, LwValues *values, LwResponse *response, GError **error)
{
        g_autoptr(GBytes) bytes = NULL;
        g_auto(LwWriter) writer = {};

        response->format = self->format;
        if (self->format == LW_FORMAT_NONE || self->unencoded) {
                response->values = lw_values_new();
                lw_values_append(response->values, values);
                return true;
        }
        lw_values_forget_times(values); /* an answer is about now */
        if (!lw_format_encode(self->format, values, &LW_PATH_ROOT, lw_tree_registry(self->tree),
                            &writer, error))
                return false;
        bytes = lw_writer_steal(&writer);
        response->payload = lw_blob_new(bytes);
        return true;
}

/* Best effort: a provider that fails takes its own values out of the answer, and no more. */
static void on_gathered(void *user, LwGather *gather G_GNUC_UNUSED, LwValues *values,
                const GError *failure G_GNUC_UNUSED)
{
        g_autofree Reading *self = user;
        LwResponse response = lw_response_status(LW_STATUS_CONTENT);
        g_autoptr(GError) error = NULL;

        if (!fill(self, values, &response, &error)) {
                lw_op_finish(self->done, self->user, LW_STATUS_FAILED, error);
                return;
        }
        self->done(self->user, &response);
        lw_response_clear(&response);
}

/* Whatever of `path` can be read; what is closed, or not there, is left out. */
static void add_path(
                const LwTree *tree, const LwRequest *request, const LwPath *path, LwGather *gather)
{
        LwRequest one = *request;
        LwTarget target;

        if (path->length == LW_LEVEL_ROOT) {
                for (size_t i = 0; i < lw_tree_object_count(tree); i++) {
                        const LwObject *object = lw_tree_object_at(tree, i);

                        add_path(tree, request, &LW_PATH_OBJECT(object->id), gather);
                }
                return;
        }
        one.path = *path;
        if (lw_target_find(tree, &one, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE),
                            &target, NULL))
                lw_gather_add_target(gather, &target, path);
}

/* The paths of the request, in order of path, so that what lies in another can be told. */
static bool read_paths(LwTree *tree, const LwRequest *request, LwValues *ret_paths, GError **error)
{
        LwDecode how = { .registry = lw_tree_registry(tree), .paths_only = true };
        LwValue none = lw_value_none();

        for (size_t i = 0; i < request->path_count; i++)
                lw_values_add(ret_paths, &request->paths[i], &none);
        if (!request->paths && request->format == LW_FORMAT_NONE)
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &request->path,
                                "the Content-Format is missing");
        if (!request->paths && !lw_format_decode(request->format, request->payload,
                                               request->payload_length, &how, ret_paths, error))
                return false;
        lw_values_sort(ret_paths);
        return lw_values_count(ret_paths) > 0 ||
               lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &request->path,
                               "the list of paths is empty");
}

/* A server that may read none of what it names is told so. Source: OMA LwM2M Core 1.1,
 * Read-Composite. */
static bool check_access(const LwRequest *request, const LwValues *paths, GError **error)
{
        for (size_t i = 0; i < lw_values_count(paths); i++)
                if (lw_access_check(request->server, request->operation,
                                    &lw_values_at(paths, i)->path, NULL))
                        return true;
        return lw_access_check(
                        request->server, request->operation, &lw_values_at(paths, 0)->path, error);
}

/* Each value at most once: a path that lies in the one before it is in the answer already. */
static void gather_paths(const LwTree *tree, const LwRequest *request, const LwValues *paths,
                LwGather *gather)
{
        const LwPath *last = NULL;

        for (size_t i = 0; i < lw_values_count(paths); i++) {
                const LwPath *path = &lw_values_at(paths, i)->path;

                if (last && lw_path_contains(last, path))
                        continue;
                add_path(tree, request, path, gather);
                last = path;
        }
}

/* Without Accept the answer is as the list was: JSON for JSON. */
static bool choose_format(const LwRequest *request, int32_t *ret_format, GError **error)
{
        bool json = request->format == LW_FORMAT_SENML_JSON ||
                    request->format == LW_FORMAT_ETCH_JSON;

        if (request->server == LW_SERVER_LOCAL)
                *ret_format = LW_FORMAT_NONE;
        else if (request->accept == LW_FORMAT_NONE)
                *ret_format = json ? LW_FORMAT_SENML_JSON : LW_FORMAT_SENML_CBOR;
        else
                *ret_format = request->accept;
        if (*ret_format == LW_FORMAT_NONE || *ret_format == LW_FORMAT_SENML_JSON ||
                        *ret_format == LW_FORMAT_SENML_CBOR)
                return true;
        if (*ret_format == LW_FORMAT_LWM2M_CBOR && lw_codec_find(LW_FORMAT_LWM2M_CBOR))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                        "Content-Format %s cannot carry values of several objects",
                        lw_format_name(*ret_format));
        return false;
}

void lw_op_read_composite(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(LwValues) paths = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwGather *gather;
        Reading *self;
        int32_t format;

        if (!lw_content_check_composite(request, &error) ||
                        !read_paths(tree, request, paths, &error) ||
                        !check_access(request, paths, &error) ||
                        !choose_format(request, &format, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = g_new(Reading, 1);
        *self = (Reading){ .tree = tree,
                .format = format,
                .unencoded = request->unencoded,
                .done = done,
                .user = user };
        gather = lw_gather_new(request);
        gather_paths(tree, request, paths, gather);
        lw_gather_run(gather, on_gathered, self);
}
