/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAudience: who observes what. */
#include "tree/audience.h"

#include "tree/tree.h"

typedef struct Member {
        LwAudienceObserves observes;
        void *user;
} Member;

/* What one provider is to be told of one instance. */
typedef struct News {
        GArray *added, *dropped; /* of LwPath */
} News;

void lw_audience_init(LwAudience *self)
{
        self->members = g_array_new(FALSE, FALSE, sizeof(Member));
}

void lw_audience_clear(LwAudience *self)
{
        g_array_unref(self->members);
}

void lw_audience_join(LwAudience *self, LwAudienceObserves observes, void *user)
{
        Member member = { observes, user };

        g_array_append_val(self->members, member);
}

void lw_audience_leave(LwAudience *self, LwAudienceObserves observes, void *user)
{
        for (unsigned i = 0; i < self->members->len; i++) {
                const Member *member = &g_array_index(self->members, Member, i);

                if (member->observes == observes && member->user == user) {
                        g_array_remove_index_fast(self->members, i);
                        return;
                }
        }
}

static bool is_observed(const LwAudience *self, const LwPath *path)
{
        for (unsigned i = 0; i < self->members->len; i++) {
                const Member *member = &g_array_index(self->members, Member, i);

                if (member->observes(member->user, path))
                        return true;
        }
        return false;
}

static News news_new(void)
{
        return (News){
                .added = g_array_new(FALSE, FALSE, sizeof(LwPath)),
                .dropped = g_array_new(FALSE, FALSE, sizeof(LwPath)),
        };
}

/* Tells the provider, if there is anything to tell. */
static void news_end(News *self, LwProvider *provider)
{
        if (self->added->len + self->dropped->len > 0)
                provider->ops->observe(provider, (const void *) self->added->data, self->added->len,
                                (const void *) self->dropped->data, self->dropped->len);
        g_array_unref(self->added);
        g_array_unref(self->dropped);
}

static void compare(const LwAudience *self, const LwObject *object, const LwInstance *instance,
                const LwLayer *layer, size_t index, News *news)
{
        uint16_t id = layer->resources[index];
        const LwResourceDef *def = lw_object_def_find(object->def, id);
        LwPath path = LW_PATH_RESOURCE(object->id, instance->id, id);
        bool observed = def && (def->operations & LW_READABLE) &&
                        lw_instance_layer(instance, id) == layer && is_observed(self, &path);

        if (layer->observed[index] == observed)
                return;
        layer->observed[index] = observed;
        g_array_append_val(observed ? news->added : news->dropped, path);
}

/* One resource of the instance, or all (`path` is no longer than an instance). */
static void tell_instance(const LwAudience *self, const LwObject *object,
                const LwInstance *instance, const LwPath *path)
{
        for (unsigned i = 0; i < instance->layers->len; i++) {
                const LwLayer *layer = &g_array_index(instance->layers, LwLayer, i);
                size_t first = 0, end = layer->count;
                News news;

                if (!layer->observed)
                        continue;
                if (path->length >= LW_LEVEL_RESOURCE) {
                        first = lw_layer_find(layer, path->ids[2]);
                        end = MIN(first + 1, end);
                }
                if (first >= end)
                        continue;
                news = news_new();
                for (size_t k = first; k < end; k++)
                        compare(self, object, instance, layer, k, &news);
                news_end(&news, layer->provider);
        }
}

static void tell_object(const LwAudience *self, const LwObject *object, const LwPath *path)
{
        const LwInstance *instance;

        if (!object)
                return;
        if (path->length >= LW_LEVEL_INSTANCE) {
                instance = lw_object_instance(object, path->ids[1]);
                if (instance)
                        tell_instance(self, object, instance, path);
                return;
        }
        for (unsigned i = 0; i < object->instances->len; i++)
                tell_instance(self, object, object->instances->pdata[i], path);
}

void lw_audience_tell(const LwTree *tree, const LwPath *path)
{
        const LwAudience *self = lw_tree_audience(tree);

        if (path->length > 0) {
                tell_object(self, lw_tree_object(tree, path->ids[0]), path);
                return;
        }
        for (size_t i = 0; i < lw_tree_object_count(tree); i++)
                tell_object(self, lw_tree_object_at(tree, i), path);
}

void lw_audience_dismiss(const LwPath *instance, const LwLayer *layer, const LwLayer *next)
{
        News news;

        if (!layer->observed)
                return;
        news = news_new();
        for (size_t i = 0; i < layer->count; i++) {
                uint16_t id = layer->resources[i];
                LwPath path = LW_PATH_RESOURCE(instance->ids[0], instance->ids[1], id);
                size_t place = next ? lw_layer_find(next, id) : 0;

                if (!layer->observed[i])
                        continue;
                if (next && place < next->count)
                        next->observed[place] = true;
                else
                        g_array_append_val(news.dropped, path);
        }
        news_end(&news, layer->provider);
}
