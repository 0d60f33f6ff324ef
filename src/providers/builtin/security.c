/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 0, Security: one instance for each account, and nothing of it for anybody. */
#include "providers/builtin/security.h"

#include "providers/builtin/table.h"

#define OBJECT 0

/* What every account has; the values are only the transport's. */
static const uint16_t resources[] = { 0, 1, 2, 3, 4, 5, 10 };

struct LwSecurityObject {
        LwTree *tree;
        LwTable *table;
};

LwSecurityObject *lw_security_object_new(LwTree *tree)
{
        LwSecurityObject *self = g_new(LwSecurityObject, 1);

        *self = (LwSecurityObject){ tree, lw_table_new(NULL, 0, NULL, NULL) };
        return self;
}

void lw_security_object_free(LwSecurityObject *self)
{
        if (self == NULL)
                return;
        lw_tree_remove_provider(self->tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        g_free(self);
}

bool lw_security_object_add(LwSecurityObject *self, uint16_t instance, GError **error)
{
        return lw_tree_add_layer(self->tree, &LW_PATH_INSTANCE(OBJECT, instance),
                        lw_table_provider(self->table), LW_RANK_BUILTIN, resources,
                        G_N_ELEMENTS(resources), error);
}

void lw_security_object_remove(LwSecurityObject *self, uint16_t instance)
{
        lw_tree_remove_layer(self->tree, &LW_PATH_INSTANCE(OBJECT, instance),
                        lw_table_provider(self->table));
}
