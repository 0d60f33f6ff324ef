/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwListings: services that are listed before they run: the files providers.d/NAME.provider. */
#include "providers/remote/listings.h"

#include "bus/error.h"
#include "model/limits.h"
#include "providers/remote/directory.h"
#include "providers/remote/provider-file.h"

#define SUFFIX ".provider"

struct LwListings {
        const LwTree *tree;
        LwPlugins *plugins;
        const LwLabels *labels;
        GStrv directories; /* NULL: none were read */
        sd_bus *bus;       /* NULL: there is none */
};

static int check(LwListings *self, const LwOffer *offer, uid_t uid, sd_bus_error *ret_error)
{
        int r = lw_claims_choose(
                        offer->claims, self->tree, NULL, self->labels, offer->name, ret_error);

        return r < 0 ? r
                     : lw_plugins_check(self->plugins, offer->claims, uid, NULL, NULL, ret_error);
}

static int add(LwListings *self, LwOffer *offer, GBytes *text, sd_bus_error *ret_error)
{
        uid_t uid = offer->activation.has_uid ? offer->activation.uid : 0;
        LwPlugin *plugin;
        int r = check(self, offer, uid, ret_error);

        if (r < 0)
                return r;
        plugin = lw_plugins_add(self->plugins, uid);
        lw_plugins_note_objects(self->plugins, offer->claims);
        r = lw_plugin_lay(plugin, offer, text, ret_error);
        if (r < 0)
                lw_plugins_end(self->plugins, plugin);
        else if (self->bus != NULL)
                lw_plugin_sleep(plugin, self->bus);
        return r;
}

/* One that is there as it was stays; so does one that is there by its own registration. */
static bool stays(const LwPlugin *former, GBytes *text)
{
        GBytes *had = lw_plugin_file(former);

        return lw_plugin_is_present(former) || had == NULL || g_bytes_equal(had, text);
}

static bool load(void *user, const char *name, GBytes *text, GError **error)
{
        LwListings *self = user;
        LwPlugin *former = lw_plugins_find(self->plugins, name);
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        g_auto(LwOffer) offer = {};

        if (!lw_provider_file_parse(name, g_bytes_get_data(text, NULL), g_bytes_get_size(text),
                            lw_directory_find_user, &offer, error))
                return false;
        if (former != NULL && stays(former, text))
                return true;
        if (former != NULL)
                lw_plugins_end(self->plugins, former);
        if (add(self, &offer, text, &bus_error) >= 0)
                return true;
        lw_bus_error_to_gerror(&bus_error, error);
        sd_bus_error_free(&bus_error);
        return false;
}

static bool keep_name(void *user, const char *name, GBytes *text G_GNUC_UNUSED,
                GError **error G_GNUC_UNUSED)
{
        g_hash_table_add(user, g_strdup(name));
        return true;
}

/* Those whose file is gone, and that are not there by themselves. */
static void drop_fileless(LwListings *self)
{
        g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        lw_directory_each((const char *const *) self->directories, SUFFIX, LW_PLUGINS_MAX,
                        keep_name, names);
        for (size_t i = lw_plugins_count(self->plugins); i-- > 0;) {
                LwPlugin *plugin = lw_plugins_at(self->plugins, i);

                if (lw_plugin_file(plugin) != NULL && !lw_plugin_is_present(plugin) &&
                                !g_hash_table_contains(names, lw_plugin_name(plugin)))
                        lw_plugins_end(self->plugins, plugin);
        }
}

void lw_listings_load(LwListings *self)
{
        if (self->directories == NULL)
                return;
        drop_fileless(self);
        lw_directory_each((const char *const *) self->directories, SUFFIX, LW_PLUGINS_MAX, load,
                        self);
}

/* Life */

LwListings *lw_listings_new(const LwTree *tree, LwPlugins *plugins, const LwLabels *labels)
{
        LwListings *self = g_new0(LwListings, 1);

        self->tree = tree;
        self->plugins = plugins;
        self->labels = labels;
        return self;
}

void lw_listings_free(LwListings *self)
{
        if (self == NULL)
                return;
        g_strfreev(self->directories);
        g_free(self);
}

void lw_listings_set_directories(LwListings *self, const char *const *directories)
{
        GStrv copy = g_strdupv((GStrv) directories);

        g_strfreev(self->directories);
        self->directories = copy;
}

void lw_listings_set_bus(LwListings *self, sd_bus *bus)
{
        self->bus = bus;
        for (size_t i = 0; bus != NULL && i < lw_plugins_count(self->plugins); i++)
                lw_plugin_sleep(lw_plugins_at(self->plugins, i), bus);
}
