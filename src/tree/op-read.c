/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read: values from the providers, in the format that was asked for. */
#include "base/spare.h"
#include "codec/format.h"
#include "model/status.h"
#include "tree/gather.h"
#include "tree/operations.h"
#include "tree/target.h"

#define COPY_MAX 1024

/* A Read under way. */
typedef struct Reading {
        LwTree *tree;
        LwPath path;
        int32_t format; /* of the answer; LW_FORMAT_NONE: values, for a local request */
        bool unencoded;
        bool single;
        bool array; /* a multiple resource: without elements it is an empty array, not absent */
        LwDispatchDone done;
        void *user;
} Reading;

static LwSpare spare;

static bool is_readable(const LwRequest *request, const LwTarget *target, GError **error)
{
        if (!target->resource || target->resource->operations & LW_READABLE)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED, "resource %u (%s) cannot be read",
                        request->path.ids[2], target->resource->name);
        return false;
}

/* A single value that was asked for by name must be there; an object, instance or array may be
 * empty. */
static bool check_found(const Reading *self, const LwValues *values, GError **error)
{
        char text[LW_PATH_TEXT_MAX];

        if (lw_values_count(values) > 0 || !self->single)
                return true;
        lw_path_print(&self->path, text);
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND, "%s has no value at the moment", text);
        return false;
}

/* A short payload is copied out of a buffer that stays: one allocation in place of three. */
static LwBlob *take_payload(LwWriter *writer)
{
        g_autoptr(GBytes) bytes = NULL;

        if (writer->length <= COPY_MAX)
                return lw_blob_new_copy(writer->data, writer->length);
        bytes = lw_writer_steal(writer);
        return lw_blob_new(bytes);
}

static bool encode(const Reading *self, LwValues *values, LwResponse *response, GError **error)
{
        const LwEntry *only = lw_values_count(values) == 1 ? lw_values_at(values, 0) : NULL;
        static LwWriter writer;

        response->format = self->format;
        if (only && only->value.is_blob && self->format == LW_FORMAT_OPAQUE) {
                /* it goes out as it lies, block by block, however large it is */
                response->payload = lw_blob_ref(only->value.blob);
                return true;
        }
        writer.length = 0;
        lw_values_forget_times(values); /* an answer is about now */
        if (!lw_format_encode(self->format, values, &self->path, lw_tree_registry(self->tree),
                            &writer, error))
                return false;
        response->payload = take_payload(&writer);
        return true;
}

/* What was found, as values for a local request, else encoded. */
static bool fill(const Reading *self, LwValues *values, LwResponse *response, GError **error)
{
        LwValue none = lw_value_none();

        if (!check_found(self, values, error))
                return false;
        if (self->array && lw_values_count(values) == 0)
                lw_values_add(values, &self->path, &none);
        if (self->format != LW_FORMAT_NONE && !self->unencoded)
                return encode(self, values, response, error);
        response->format = self->format;
        response->values = lw_values_new();
        lw_values_append(response->values, values);
        return true;
}

static void on_gathered(
                void *user, LwGather *gather G_GNUC_UNUSED, LwValues *values, const GError *failure)
{
        Reading self = *(Reading *) user;
        LwResponse response = lw_response_status(LW_STATUS_CONTENT);
        g_autoptr(GError) error = NULL;

        lw_spare_give(&spare, user);
        if (failure || !fill(&self, values, &response, &error)) {
                lw_op_finish(self.done, self.user, LW_STATUS_FAILED, failure ? failure : error);
                return;
        }
        self.done(self.user, &response);
        lw_response_clear(&response);
}

void lw_op_read(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(GError) error = NULL;
        int32_t format = LW_FORMAT_NONE;
        LwGather *gather;
        LwTarget target;
        Reading *self;
        bool single;

        if (!lw_target_find(tree, request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE),
                            &target, &error) ||
                        !is_readable(request, &target, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        single = lw_target_is_single(&target, &request->path);
        if (request->server != LW_SERVER_LOCAL &&
                        !lw_format_choose(request->accept, request->version, single,
                                        target.resource ? target.resource->type : LW_TYPE_NONE,
                                        &format, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = lw_spare_take(&spare, sizeof(*self));
        *self = (Reading){
                .tree = tree,
                .path = request->path,
                .format = format,
                .unencoded = request->unencoded,
                .single = single,
                .array = !single && request->path.length == LW_LEVEL_RESOURCE,
                .done = done,
                .user = user,
        };
        gather = lw_gather_new(request);
        lw_gather_add_target(gather, &target, &request->path);
        lw_gather_run(gather, on_gathered, self);
}
