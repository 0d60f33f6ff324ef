/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPlugins: all registrations of services, and the objects that came with them. */
#include "providers/remote/plugins.h"

#include "providers/remote/quota.h"
#include "providers/remote/rules.h"

struct LwPlugins {
        LwPluginEnvironment environment;
        LwTree *tree;
        GPtrArray *all; /* of LwPlugin */
        unsigned last_number;
        GHashTable *objects; /* ids of those that came with a service */
        LwBrought *brought;
};

static void free_plugin(void *data)
{
        lw_plugin_free(data);
}

LwPlugins *lw_plugins_new(const LwPluginEnvironment *environment)
{
        LwPlugins *self = g_new0(LwPlugins, 1);

        self->environment = *environment;
        self->tree = environment->tree;
        self->all = g_ptr_array_new_with_free_func(free_plugin);
        self->objects = g_hash_table_new(NULL, NULL);
        self->brought = lw_brought_new(self->tree);
        return self;
}

void lw_plugins_free(LwPlugins *self)
{
        if (self == NULL)
                return;
        g_ptr_array_set_size(self->all, 0);
        lw_plugins_drop_objects(self);
        g_ptr_array_unref(self->all);
        g_hash_table_unref(self->objects);
        lw_brought_free(self->brought);
        g_free(self);
}

LwPlugin *lw_plugins_add(LwPlugins *self, uid_t uid)
{
        LwPlugin *plugin = lw_plugin_new(&self->environment, ++self->last_number, uid);

        g_ptr_array_add(self->all, plugin);
        return plugin;
}

void lw_plugins_end(LwPlugins *self, LwPlugin *plugin)
{
        g_ptr_array_remove(self->all, plugin);
        lw_plugins_drop_objects(self);
}

void lw_plugins_run(LwPlugins *self, LwNow now)
{
        for (guint i = self->all->len; i-- > 0;) {
                LwPlugin *plugin = self->all->pdata[i];

                lw_plugin_run(plugin, now);
                if (lw_plugin_is_over(plugin, now))
                        g_ptr_array_remove_index(self->all, i);
        }
        lw_plugins_drop_objects(self);
}

/* Looking */

size_t lw_plugins_count(const LwPlugins *self)
{
        return self->all->len;
}

LwPlugin *lw_plugins_at(const LwPlugins *self, size_t index)
{
        return self->all->pdata[index];
}

LwPlugin *lw_plugins_find(const LwPlugins *self, const char *name)
{
        for (guint i = 0; i < self->all->len; i++)
                if (g_strcmp0(lw_plugin_name(self->all->pdata[i]), name) == 0)
                        return self->all->pdata[i];
        return NULL;
}

const char *lw_plugins_title(void *self, const LwProvider *provider)
{
        const LwPlugins *plugins = self;

        for (guint i = 0; i < plugins->all->len; i++)
                if (lw_plugin_provider(plugins->all->pdata[i]) == provider)
                        return lw_plugin_title(plugins->all->pdata[i]);
        return "somebody else";
}

/* Objects */

void lw_plugins_note_objects(LwPlugins *self, const LwClaims *claims)
{
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                uint16_t object = lw_claims_at(claims, i)->path.ids[0];

                if (lw_tree_object(self->tree, object) == NULL)
                        g_hash_table_add(self->objects, GUINT_TO_POINTER(object));
        }
}

static bool is_claimed(const LwPlugins *self, uint16_t object)
{
        for (guint i = 0; i < self->all->len; i++)
                if (lw_claims_has_object(lw_plugin_claims(self->all->pdata[i]), object))
                        return true;
        return false;
}

void lw_plugins_drop_objects(LwPlugins *self)
{
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, self->objects);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                uint16_t id = (uint16_t) GPOINTER_TO_UINT(key);
                const LwObject *object = lw_tree_object(self->tree, id);

                if (is_claimed(self, id))
                        continue;
                /* an instance that is left is the agent's own: so is the object from now on */
                if (object != NULL && object->instances->len == 0)
                        lw_tree_remove_object(self->tree, id);
                g_hash_table_iter_remove(&iter);
        }
        lw_brought_collect(self->brought);
}

/* Checking */

int lw_plugins_take_definitions(LwPlugins *self, GPtrArray *definitions, size_t bytes, uid_t uid,
                LwPlugin **former, LwBroughtShare **ret_share, sd_bus_error *ret_error)
{
        int r = lw_quota_check_definitions(self->all, bytes, uid, *former, ret_error);

        if (r < 0 || definitions->len == 0)
                return r;
        r = lw_brought_take(self->brought, definitions, bytes,
                        *former != NULL ? lw_plugin_definitions(*former) : NULL, ret_share,
                        ret_error);
        if (r != 0)
                return r;
        lw_plugins_end(self, *former);
        *former = NULL;
        return lw_brought_take(self->brought, definitions, bytes, NULL, ret_share, ret_error);
}

int lw_plugins_check(LwPlugins *self, const LwClaims *claims, uid_t uid, const LwPlugin *former,
                const LwPlugin *grown, sd_bus_error *ret_error)
{
        const LwProvider *own = former != NULL ? lw_plugin_provider(former) : NULL;
        int r = lw_rules_check(claims, self->tree, own, lw_plugins_title, self, ret_error);

        return r < 0 ? r : lw_quota_check(self->all, claims, uid, former, grown, ret_error);
}
