/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of one instance, by their resources: what there is, and what two of them differ in. */
#include "providers/builtin/instance-values.h"

const LwEntry *lw_instance_values_find(const LwValues *values, uint16_t resource)
{
        for (size_t i = 0; values != NULL && i < lw_values_count(values); i++)
                if (lw_values_at(values, i)->path.ids[2] == resource)
                        return lw_values_at(values, i);
        return NULL;
}

bool lw_instance_values_has(const LwValues *values, uint16_t resource)
{
        return lw_instance_values_find(values, resource) != NULL;
}

static bool is_equal(const LwEntry *a, const LwEntry *b)
{
        return lw_path_equal(&a->path, &b->path) && lw_value_equal(&a->value, &b->value);
}

bool lw_instance_values_same(const LwValues *a, const LwValues *b, uint16_t resource)
{
        size_t k = 0;

        for (size_t i = 0; i < lw_values_count(a); i++) {
                if (lw_values_at(a, i)->path.ids[2] != resource)
                        continue;
                while (k < lw_values_count(b) && lw_values_at(b, k)->path.ids[2] != resource)
                        k++;
                if (k == lw_values_count(b) || !is_equal(lw_values_at(a, i), lw_values_at(b, k)))
                        return false;
                k++;
        }
        while (k < lw_values_count(b) && lw_values_at(b, k)->path.ids[2] != resource)
                k++;
        return k == lw_values_count(b);
}
