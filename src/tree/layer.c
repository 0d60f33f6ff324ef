/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLayer: one provider's share of one instance. */
#include "tree/layer.h"

size_t lw_layer_find(const LwLayer *self, uint16_t resource)
{
        size_t low = 0, high = self->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (self->resources[middle] == resource)
                        return middle;
                if (self->resources[middle] < resource)
                        low = middle + 1;
                else
                        high = middle;
        }
        return self->count;
}

bool lw_layer_has(const LwLayer *self, uint16_t resource)
{
        return lw_layer_find(self, resource) < self->count;
}
