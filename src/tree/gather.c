/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGather: one question to several providers. */
#include "tree/gather.h"

/* What one provider is asked. Most requests ask one provider for one path, which allocates nothing
 * here. */
typedef struct Group {
        LwProvider *provider;
        LwGather *gather;
        GArray *more; /* of LwPath, all of them, once there are two */
        LwPath first;
        bool failed;
} Group;

/* The last one that ended is kept, with its values' memory: a server that asks asks again. */
static LwGather *spare;
#define SPARE_ENTRIES_MAX 64 /* what has held more is given back */

struct LwGather {
        LwRequest request; /* without what it points to */
        LwValues *values;
        GError *error; /* the first failure */
        LwGatherDone done;
        void *user;
        unsigned pending;
        unsigned count; /* of groups */
        Group only;
        GPtrArray *groups; /* of Group, but for the first, which is `only` */
};

LwGather *lw_gather_new(const LwRequest *request)
{
        LwGather *self = g_steal_pointer(&spare);

        if (!self) {
                self = g_new0(LwGather, 1);
                self->values = lw_values_new();
        }
        self->request = *request;
        self->request.payload = NULL;
        self->request.values = NULL;
        self->request.query = NULL;
        self->request.payload_length = self->request.query_count = 0;
        return self;
}

static void group_free(void *data)
{
        Group *group = data;

        if (group->more)
                g_array_unref(group->more);
        g_free(group);
}

void lw_gather_free(LwGather *self)
{
        bool keep;

        if (!self)
                return;
        keep = !spare && lw_values_count(self->values) <= SPARE_ENTRIES_MAX;
        if (self->only.more)
                g_array_unref(self->only.more);
        if (self->groups)
                g_ptr_array_unref(self->groups);
        g_clear_error(&self->error);
        if (keep) {
                lw_values_reset(self->values);
                *self = (LwGather){ .values = self->values };
                spare = self;
                return;
        }
        lw_values_free(self->values);
        g_free(self);
}

static Group *group_at(const LwGather *self, unsigned index)
{
        return index == 0 ? (Group *) &self->only : self->groups->pdata[index - 1];
}

static Group *add_group(LwGather *self, LwProvider *provider, const LwPath *path)
{
        Group *group = &self->only;

        if (self->count > 0) {
                if (!self->groups)
                        self->groups = g_ptr_array_new_with_free_func(group_free);
                group = g_new0(Group, 1);
                g_ptr_array_add(self->groups, group);
        }
        self->count++;
        group->provider = provider;
        group->gather = self;
        group->first = *path;
        return group;
}

void lw_gather_add(LwGather *self, LwProvider *provider, const LwPath *path)
{
        /* from the end: neighbours mostly have the same provider */
        for (unsigned i = self->count; i-- > 0;) {
                Group *group = group_at(self, i);

                if (group->provider != provider)
                        continue;
                if (!group->more) {
                        group->more = g_array_sized_new(FALSE, FALSE, sizeof(LwPath), 16);
                        g_array_append_val(group->more, group->first);
                }
                g_array_append_val(group->more, *path);
                return;
        }
        add_group(self, provider, path);
}

/* Every readable resource of an instance, from the highest layer that has it. */
static void add_instance(LwGather *self, const LwObject *object, const LwInstance *instance)
{
        for (size_t i = 0; i < object->def->resource_count; i++) {
                const LwResourceDef *def = &object->def->resources[i];
                const LwLayer *layer;

                if (!(def->operations & LW_READABLE))
                        continue;
                layer = lw_instance_layer(instance, def->id);
                if (layer)
                        lw_gather_add(self, layer->provider,
                                        &LW_PATH_RESOURCE(object->id, instance->id, def->id));
        }
}

void lw_gather_add_target(LwGather *self, const LwTarget *target, const LwPath *path)
{
        if (target->layer) {
                if (target->resource->operations & LW_READABLE)
                        lw_gather_add(self, target->layer->provider, path);
        } else if (target->instance) {
                add_instance(self, target->object, target->instance);
        } else {
                for (unsigned i = 0; i < target->object->instances->len; i++)
                        add_instance(self, target->object, target->object->instances->pdata[i]);
        }
}

static void finish(LwGather *self)
{
        bool empty = lw_values_count(self->values) == 0;

        lw_values_sort(self->values);
        self->done(self->user, self, self->values, empty ? self->error : NULL);
        lw_gather_free(self);
}

static void on_read(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        Group *group = user;
        LwGather *self = group->gather;

        if (error) {
                group->failed = true;
                if (!self->error)
                        self->error = g_error_copy(error);
        }
        if (--self->pending == 0)
                finish(self);
}

void lw_gather_run(LwGather *self, LwGatherDone done, void *user)
{
        unsigned count = self->count;

        self->done = done;
        self->user = user;
        self->pending = count + 1; /* one is ours, so that it cannot end while we still ask */
        for (unsigned i = 0; i < count; i++) {
                Group *group = group_at(self, i);
                LwCall *call = lw_call_new(&self->request, self->values, on_read, group);

                group->provider->ops->read(group->provider,
                                group->more ? (const LwPath *) (void *) group->more->data
                                            : &group->first,
                                group->more ? group->more->len : 1, call);
        }
        if (--self->pending == 0)
                finish(self);
}

bool lw_gather_has_failed(const LwGather *self, const LwPath *path)
{
        for (unsigned i = 0; i < self->count; i++) {
                const Group *group = group_at(self, i);

                if (!group->failed)
                        continue;
                if (!group->more && lw_path_equal(&group->first, path))
                        return true;
                for (unsigned p = 0; group->more && p < group->more->len; p++)
                        if (lw_path_equal(&g_array_index(group->more, LwPath, p), path))
                                return true;
        }
        return false;
}
