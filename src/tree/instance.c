/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInstance: one object instance and its layers. */
#include "tree/instance.h"

#include <stdlib.h>

#include "model/limits.h"
#include "model/status.h"
#include "tree/audience.h"

static void layer_clear(void *data)
{
        g_free(((LwLayer *) data)->resources);
        g_free(((LwLayer *) data)->observed);
}

LwInstance *lw_instance_new(uint16_t id)
{
        LwInstance *self = g_new0(LwInstance, 1);

        self->id = id;
        self->layers = g_array_new(FALSE, FALSE, sizeof(LwLayer));
        g_array_set_clear_func(self->layers, layer_clear);
        return self;
}

void lw_instance_free(void *data)
{
        LwInstance *self = data;

        g_array_unref(self->layers);
        g_free(self);
}

const LwLayer *lw_instance_layer(const LwInstance *self, uint16_t resource)
{
        for (unsigned i = 0; i < self->layers->len; i++) {
                const LwLayer *layer = &g_array_index(self->layers, LwLayer, i);

                if (lw_layer_has(layer, resource))
                        return layer;
        }
        return NULL;
}

static int compare_ids(const void *a, const void *b)
{
        return *(const uint16_t *) a - *(const uint16_t *) b;
}

/* Highest first; of equal rank the later one lies above. */
static bool put(LwInstance *self, const LwPath *path, const LwLayer *layer, GError **error)
{
        unsigned index = 0;

        for (unsigned i = 0; i < self->layers->len; i++) {
                const LwLayer *former = &g_array_index(self->layers, LwLayer, i);

                if (former->provider != layer->provider)
                        continue;
                lw_audience_dismiss(path, former, layer);
                g_array_remove_index(self->layers, i);
                break;
        }
        if (self->layers->len >= LW_LAYERS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "%u providers share this instance already", LW_LAYERS_MAX);
                return false;
        }
        while (index < self->layers->len &&
                        g_array_index(self->layers, LwLayer, index).rank > layer->rank)
                index++;
        g_array_insert_val(self->layers, index, *layer);
        return true;
}

bool lw_instance_put(LwInstance *self, uint16_t object, LwProvider *provider, LwRank rank,
                const uint16_t *resources, size_t count, GError **error)
{
        LwPath path = LW_PATH_INSTANCE(object, self->id);
        LwLayer layer = { .provider = provider, .rank = rank, .count = count };

        layer.resources = g_memdup2(resources, count * sizeof(*resources));
        if (count > 1)
                qsort(layer.resources, count, sizeof(*layer.resources), compare_ids);
        if (provider->ops->observe)
                layer.observed = g_new0(bool, count);
        if (put(self, &path, &layer, error))
                return true;
        layer_clear(&layer);
        return false;
}

bool lw_instance_drop(LwInstance *self, uint16_t object, const LwProvider *provider)
{
        LwPath path = LW_PATH_INSTANCE(object, self->id);

        for (unsigned i = 0; i < self->layers->len; i++) {
                const LwLayer *layer = &g_array_index(self->layers, LwLayer, i);

                if (layer->provider != provider)
                        continue;
                lw_audience_dismiss(&path, layer, NULL);
                g_array_remove_index(self->layers, i);
                return true;
        }
        return false;
}
