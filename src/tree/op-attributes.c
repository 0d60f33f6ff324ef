/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write-Attributes: how one server wants to hear of one node. */
#include "model/attributes.h"
#include "model/status.h"
#include "tree/content.h"
#include "tree/gather.h"
#include "tree/operations.h"
#include "tree/target.h"

/* A Write-Attributes under way. */
typedef struct Attributing {
        LwTree *tree;
        uint16_t server;
        LwPath path;
        LwAttributes attributes; /* that are to hold */
        LwAttributes before;
        LwDispatchDone done;
        void *user;
} Attributing;

static void finish(Attributing *self, const GError *error)
{
        lw_op_finish(self->done, self->user, LW_STATUS_CHANGED, error);
        g_free(self);
}

/* What cannot be kept does not hold; unless a later Write-Attributes is in place by now. */
static void on_saved(void *data, const GError *failure)
{
        Attributing *self = data;
        LwAttributeTable *table = lw_tree_attributes(self->tree);
        const LwAttributes *now = lw_attribute_table_find(table, self->server, &self->path);
        g_autoptr(GError) error = NULL;

        if (!failure) {
                lw_tree_attributed(self->tree, self->server, &self->path);
                finish(self, NULL);
                return;
        }
        if (now && lw_attributes_equal(now, &self->attributes))
                lw_attribute_table_set(table, self->server, &self->path, &self->before, NULL);
        g_set_error(&error, LW_ERROR, LW_STATUS_FAILED, "the attributes cannot be kept: %s",
                        failure->message);
        finish(self, error);
}

static void set(Attributing *self)
{
        g_autoptr(GError) error = NULL;

        if (!lw_attribute_table_set(lw_tree_attributes(self->tree), self->server, &self->path,
                            &self->attributes, &error))
                finish(self, error);
        else
                lw_tree_save_attributes(self->tree, on_saved, self);
}

/* Only its provider knows whether an array has the element. */
static void on_read(
                void *user, LwGather *gather G_GNUC_UNUSED, LwValues *values, const GError *failure)
{
        Attributing *self = user;
        g_autoptr(GError) error = NULL;

        if (!failure && lw_values_count(values) > 0) {
                set(self);
                return;
        }
        if (!failure)
                g_set_error_literal(&error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                "there is no such resource instance");
        finish(self, failure ? failure : error);
}

static bool prepare(LwTree *tree, const LwRequest *request, LwTarget *ret_target,
                LwAttributes *ret_before, LwAttributes *ret_attributes, GError **error)
{
        LwAttributeTable *table = lw_tree_attributes(tree);
        const LwAttributes *before;
        LwAttributes change;

        if (!lw_target_find(tree, request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE),
                            ret_target, error) ||
                        !lw_attributes_parse(request->query, request->query_count, &change, error))
                return false;
        before = lw_attribute_table_find(table, request->server, &request->path);
        *ret_before = before ? *before : (LwAttributes){};
        *ret_attributes = *ret_before;
        lw_attributes_apply(ret_attributes, &change);
        return lw_attributes_check(ret_attributes, (LwLevel) request->path.length,
                        ret_target->resource, error);
}

void lw_op_write_attributes(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        LwAttributes before, attributes;
        g_autoptr(GError) error = NULL;
        Attributing *self;
        LwGather *gather;
        LwTarget target;

        if (!prepare(tree, request, &target, &before, &attributes, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = g_new(Attributing, 1);
        *self = (Attributing){
                .tree = tree,
                .server = request->server,
                .path = request->path,
                .attributes = attributes,
                .before = before,
                .done = done,
                .user = user,
        };
        if (request->path.length < LW_LEVEL_RESOURCE_INSTANCE) {
                set(self);
                return;
        }
        gather = lw_gather_new(request);
        lw_gather_add_target(gather, &target, &request->path);
        lw_gather_run(gather, on_read, self);
}
