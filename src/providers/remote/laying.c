/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims laid into the tree, as layers of a service's provider, and taken off again. */
#include "providers/remote/laying.h"

#include "bus/error.h"

static int refuse(const LwClaim *claim, const GError *error, sd_bus_error *ret_error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(&claim->path, text);
        return sd_bus_error_setf(
                        ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED, "%s: %s", text, error->message);
}

static bool lay_object(LwTree *tree, LwProvider *provider, uint16_t id, GError **error)
{
        if (!lw_tree_add_object(tree, id, error))
                return false;
        return lw_tree_object(tree, id)->creator != NULL ||
               lw_tree_set_creator(tree, id, provider, error);
}

static bool lay(LwTree *tree, LwProvider *provider, const LwClaim *claim, GError **error)
{
        if (claim->path.length == LW_LEVEL_OBJECT)
                return lay_object(tree, provider, claim->path.ids[0], error);
        return lw_tree_add_layer(tree, &claim->path, provider, LW_RANK_PLUGIN, claim->resources,
                        claim->count, error);
}

int lw_laying_put(
                LwTree *tree, LwProvider *provider, const LwClaims *claims, sd_bus_error *ret_error)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const LwClaim *claim = lw_claims_at(claims, i);
                g_autoptr(GError) error = NULL;

                /* what the definitions say was checked before: it is a limit of the tree */
                if (!lay(tree, provider, claim, &error))
                        return refuse(claim, error, ret_error);
        }
        return 0;
}

void lw_laying_lift(LwTree *tree, LwProvider *provider, const LwPath *path)
{
        const LwObject *object = lw_tree_object(tree, path->ids[0]);

        if (path->length == LW_LEVEL_INSTANCE)
                lw_tree_remove_layer(tree, path, provider);
        else if (object != NULL && object->creator == provider)
                lw_tree_set_creator(tree, path->ids[0], NULL, NULL);
}

void lw_laying_lift_others(
                LwTree *tree, LwProvider *provider, const LwClaims *former, const LwClaims *claims)
{
        for (size_t i = 0; former != NULL && i < lw_claims_count(former); i++) {
                const LwPath *path = &lw_claims_at(former, i)->path;

                if (claims == NULL || !lw_claims_has(claims, path))
                        lw_laying_lift(tree, provider, path);
        }
}
