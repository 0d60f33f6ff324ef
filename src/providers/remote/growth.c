/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registration that grows: by AddInstances, or by an instance that a server has it make. */
#include "providers/remote/growth.h"

#include "bus/error.h"

static int check_labels(const LwPlugin *plugin, const LwClaims *claims, sd_bus_error *ret_error)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const char *label = lw_claims_at(claims, i)->label;

                if (label != NULL && lw_claims_find_label(lw_plugin_claims(plugin), label) != NULL)
                        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_ALREADY_EXISTS,
                                        "this registration has an instance '%s' already", label);
        }
        return 0;
}

int lw_growth_read(sd_bus_message *m, const LwPlugin *plugin, const LwTree *tree,
                const LwLabels *labels, LwClaims *claims, sd_bus_error *ret_error)
{
        int r = lw_claims_read(claims, m, ret_error);

        if (r < 0 || (r = check_labels(plugin, claims, ret_error)) < 0)
                return r;
        return lw_claims_choose(claims, tree, NULL, labels, lw_plugin_name(plugin), ret_error);
}

static int check_grant(const LwPlugin *plugin, const LwClaims *claims, const LwTree *tree,
                sd_bus_error *ret_error)
{
        const LwGrant *grant = lw_plugin_grant(plugin);
        char text[LW_PATH_TEXT_MAX];
        LwPath missing;

        if (grant == NULL || lw_grant_covers(grant, claims, tree, &missing))
                return 0;
        lw_path_print(&missing, text);
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                        "the grant '%s' does not cover %s", grant->name, text);
}

int lw_growth_add(LwPlugins *plugins, LwPlugin *plugin, const LwTree *tree, LwClaims *claims,
                sd_bus_error *ret_error)
{
        int r = check_grant(plugin, claims, tree, ret_error);

        if (r < 0 || (r = lw_plugins_check(plugins, claims, lw_plugin_uid(plugin), NULL, plugin,
                                      ret_error)) < 0)
                return r;
        lw_plugins_note_objects(plugins, claims);
        r = lw_plugin_grow(plugin, claims, ret_error);
        lw_plugins_drop_objects(plugins); /* of those that could not be added */
        return r;
}

int lw_growth_add_made(LwPlugins *plugins, LwPlugin *plugin, const LwTree *tree,
                const LwPath *instance, const LwValues *values, sd_bus_error *ret_error)
{
        const LwObjectDef *def = lw_registry_find(lw_tree_registry(tree), instance->ids[0]);
        g_autofree uint16_t *resources = g_new(uint16_t, def->resource_count);
        g_autoptr(LwClaims) claims = lw_claims_new();
        char text[LW_PATH_TEXT_MAX];
        size_t count = 0;
        int r;

        for (size_t i = 0; i < def->resource_count; i++) {
                bool has = def->resources[i].mandatory;

                for (size_t v = 0; !has && v < lw_values_count(values); v++)
                        has = lw_values_at(values, v)->path.ids[2] == def->resources[i].id;
                if (has)
                        resources[count++] = def->resources[i].id;
        }
        lw_path_print(instance, text);
        r = lw_claims_add(claims, text, resources, count, ret_error);
        return r < 0 ? r : lw_growth_add(plugins, plugin, tree, claims, ret_error);
}
