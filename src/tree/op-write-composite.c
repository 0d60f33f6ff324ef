/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write-Composite: values in many places, all of them or none. */
#include "codec/format.h"
#include "model/status.h"
#include "tree/content.h"
#include "tree/operations.h"
#include "tree/target.h"

/* The values of one provider: of one instance, or of all if it joins them. */
typedef struct Part {
        LwProvider *provider;
        LwPath target; /* what the values have in common */
        LwValues *values;
} Part;

/*
 * A Write-Composite under way: its parts are written one after the other. Those that prepare have
 * said before that they will do it; the one that cannot say goes first, so that its refusal leaves
 * all as it was.
 */
typedef struct Writing {
        LwTree *tree;
        LwRequest request; /* without what it points to */
        GPtrArray *parts;  /* of Part */
        unsigned next;
        LwDispatchDone done;
        void *user;
} Writing;

static void part_free(void *data)
{
        Part *part = data;

        lw_values_free(part->values);
        g_free(part);
}

static void writing_free(Writing *self)
{
        g_ptr_array_unref(self->parts);
        g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Writing, writing_free)

static void write_next(Writing *self);

static void on_written(void *user, LwCall *call G_GNUC_UNUSED, const GError *failure)
{
        Writing *self = user;
        const Part *part = self->parts->pdata[self->next];
        g_autoptr(GError) error = NULL;

        if (!failure) {
                for (size_t i = 0; i < lw_values_count(part->values); i++)
                        lw_tree_changed(self->tree, &lw_values_at(part->values, i)->path);
                self->next++;
                write_next(self);
                return;
        }
        error = g_error_copy(failure);
        if (self->next > 0)
                g_prefix_error(&error,
                                "what comes before %u is written, then: ", part->target.ids[0]);
        lw_op_finish(self->done, self->user, LW_STATUS_FAILED, error);
        writing_free(self);
}

static void write_next(Writing *self)
{
        Part *part;

        if (self->next == self->parts->len) {
                lw_op_finish(self->done, self->user, LW_STATUS_CHANGED, NULL);
                writing_free(self);
                return;
        }
        part = self->parts->pdata[self->next];
        part->provider->ops->write(part->provider, &part->target, false, part->values,
                        lw_call_new(&self->request, NULL, on_written, self));
}

static LwPath common(const LwPath *a, const LwPath *b)
{
        unsigned length = 0;

        while (length < a->length && length < b->length && a->ids[length] == b->ids[length])
                length++;
        return lw_path_prefix(a, length);
}

/* Its parts are instances, and lie behind those that cannot prepare. */
static bool is_split(const LwProvider *provider)
{
        return provider->ops->prepare && !provider->ops->joins;
}

/*
 * Values come in order of path: an instance's part is among the last, one for each provider that
 * shares the instance.
 */
static Part *find_part(const Writing *self, LwProvider *provider, const LwPath *instance)
{
        for (unsigned i = self->parts->len; i-- > 0;) {
                Part *part = self->parts->pdata[i];
                bool here = lw_path_contains(&part->target, instance);

                if (part->provider == provider && (here || provider->ops->joins))
                        return part;
                if (!here && is_split(provider) && is_split(part->provider))
                        return NULL;
        }
        return NULL;
}

static void add_entry(Writing *self, LwProvider *provider, const LwEntry *entry)
{
        LwPath instance = lw_path_prefix(&entry->path, LW_LEVEL_INSTANCE);
        Part *part = find_part(self, provider, &instance);

        if (!part) {
                part = g_new(Part, 1);
                *part = (Part){
                        .provider = provider,
                        .target = instance,
                        .values = lw_values_new(),
                };
                /* the one that cannot prepare is written first */
                g_ptr_array_insert(self->parts, provider->ops->prepare ? -1 : 0, part);
        }
        part->target = common(&part->target, &instance);
        lw_values_add(part->values, &entry->path, &entry->value);
}

/* The place must be there: an element may be new, all above it may not. */
static bool take_entry(Writing *self, const LwEntry *entry, GError **error)
{
        LwRequest request = self->request;
        LwTarget target;

        if (entry->path.length < LW_LEVEL_RESOURCE)
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, &request, &entry->path,
                                "only resources and their instances can be written");
        request.path = lw_path_prefix(&entry->path, LW_LEVEL_RESOURCE);
        if (!lw_target_find(self->tree, &request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE),
                            &target, error))
                return false;
        if (!lw_content_check(self->tree, &request, target.object->def, entry, error))
                return false;
        if (!target.layer->provider->ops->write)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, &request, &entry->path,
                                "its provider does not take values");
        add_entry(self, target.layer->provider, entry);
        return true;
}

/* With one part its own write() says all; with more, all but one must say it before. */
static bool prepare(const Writing *self, GError **error)
{
        unsigned unprepared = 0;

        for (unsigned i = 0; self->parts->len > 1 && i < self->parts->len; i++) {
                const Part *part = self->parts->pdata[i];

                if (!part->provider->ops->prepare) {
                        if (++unprepared > 1)
                                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED,
                                                &self->request, &part->target,
                                                "the values belong to several services, which "
                                                "cannot be written as one; write them one by one");
                } else if (!part->provider->ops->prepare(part->provider, &part->target, false,
                                           part->values, error)) {
                        return false;
                }
        }
        return true;
}

void lw_op_write_composite(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(Writing) self = g_new0(Writing, 1);
        g_autoptr(GError) error = NULL;
        bool ok;

        self->tree = tree;
        self->request = *request;
        self->request.payload = NULL;
        self->request.payload_length = 0;
        self->request.values = NULL;
        self->parts = g_ptr_array_new_with_free_func(part_free);
        self->done = done;
        self->user = user;
        ok = lw_content_check_composite(request, &error) &&
             lw_content_read(tree, request, values, &error);
        lw_values_sort(values);
        for (size_t i = 0; ok && i < lw_values_count(values); i++)
                ok = take_entry(self, lw_values_at(values, i), &error);
        if (ok && prepare(self, &error))
                write_next(g_steal_pointer(&self));
        else
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
}
