/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much one user may register. */
#include "providers/remote/quota.h"

#include "bus/error.h"
#include "model/limits.h"

static int refuse(sd_bus_error *ret_error, unsigned bound, const char *what)
{
        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                        "a user has at most %u %s; this would be more", bound, what);
}

int lw_quota_check(const GPtrArray *plugins, const LwClaims *claims, uid_t uid,
                const LwPlugin *former, const LwPlugin *grown, sd_bus_error *ret_error)
{
        g_autoptr(GHashTable) objects = g_hash_table_new(NULL, NULL);
        size_t instances = lw_claims_instance_count(claims);
        unsigned registrations = grown == NULL;

        if (former == NULL && grown == NULL && plugins->len >= LW_PLUGINS_MAX)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                "there are %u registrations already", LW_PLUGINS_MAX);
        lw_claims_collect_objects(claims, objects);
        for (guint i = 0; i < plugins->len; i++) {
                const LwPlugin *plugin = plugins->pdata[i];

                if (plugin == former || lw_plugin_uid(plugin) != uid)
                        continue;
                registrations++;
                instances += lw_claims_instance_count(lw_plugin_claims(plugin));
                lw_claims_collect_objects(lw_plugin_claims(plugin), objects);
        }
        if (registrations > LW_PLUGINS_USER_MAX)
                return refuse(ret_error, LW_PLUGINS_USER_MAX, "registrations");
        if (g_hash_table_size(objects) > LW_PLUGIN_OBJECTS_MAX)
                return refuse(ret_error, LW_PLUGIN_OBJECTS_MAX, "objects");
        if (instances > LW_PLUGIN_INSTANCES_MAX)
                return refuse(ret_error, LW_PLUGIN_INSTANCES_MAX, "instances");
        return 0;
}

int lw_quota_check_definitions(const GPtrArray *plugins, size_t bytes, uid_t uid,
                const LwPlugin *former, sd_bus_error *ret_error)
{
        for (guint i = 0; i < plugins->len; i++) {
                const LwPlugin *plugin = plugins->pdata[i];

                if (plugin != former && lw_plugin_uid(plugin) == uid)
                        bytes += lw_brought_share_bytes(lw_plugin_definitions(plugin));
        }
        return bytes > LW_PLUGIN_DEFINITIONS_BYTES_MAX
                               ? refuse(ret_error, LW_PLUGIN_DEFINITIONS_BYTES_MAX,
                                                 "bytes of definitions")
                               : 0;
}
