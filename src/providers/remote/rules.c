/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service may provide: reserved objects, instances that are taken, and what may lie over the
 * agent's own. */
#include "providers/remote/rules.h"

#include "bus/error.h"
#include "model/status.h"

#define DEVICE 3

/* One claim that is being judged. */
typedef struct Case {
        const LwClaim *claim;
        LwTree *tree;
        const LwProvider *own;
        LwProviderName name;
        void *user;
        sd_bus_error *ret_error;
} Case;

static bool is_in(const uint16_t *list, size_t count, uint16_t id)
{
        for (size_t i = 0; i < count; i++)
                if (list[i] == id)
                        return true;
        return false;
}

/* Keys, servers, rights and firmware are the agent's own affair. */
static bool is_reserved(uint16_t object)
{
        static const uint16_t reserved[] = { 0, 1, 2, 5, 21, 23 };

        return is_in(reserved, G_N_ELEMENTS(reserved), object);
}

/* Objects whose instances several may fill: power by one service, the modem by another. */
static bool is_shared(uint16_t object)
{
        static const uint16_t shared[] = { DEVICE, 4, 6, 7, 9, 14, 16, 19 };

        return is_in(shared, G_N_ELEMENTS(shared), object) || (object >= 3300 && object <= 3399);
}

/* Power sources, their voltage and current, battery level and its status. */
static bool is_open_device_resource(uint16_t resource)
{
        return (resource >= 6 && resource <= 9) || resource == 20;
}

static int check_reserved(const Case *self)
{
        uint16_t object = self->claim->path.ids[0];

        if (is_reserved(object))
                return sd_bus_error_setf(self->ret_error, LW_BUS_ERROR_RESERVED_OBJECT,
                                "object %u is the agent's own", object);
        for (size_t i = 0; object == DEVICE && i < self->claim->count; i++)
                if (!is_open_device_resource(self->claim->resources[i]))
                        return sd_bus_error_setf(self->ret_error, LW_BUS_ERROR_RESERVED_OBJECT,
                                        "/3/0/%u is the agent's own; of Device a service may "
                                        "provide 6 to 9 and 20",
                                        self->claim->resources[i]);
        return 0;
}

static int check_definition(const Case *self)
{
        const LwPath *path = &self->claim->path;
        const LwObjectDef *def = lw_registry_find(lw_tree_registry(self->tree), path->ids[0]);

        if (def == NULL)
                return sd_bus_error_setf(self->ret_error, lw_bus_error_name(LW_STATUS_NOT_FOUND),
                                "object %u has no definition; put its file %u.xml into objects/",
                                path->ids[0], path->ids[0]);
        if (path->length == LW_LEVEL_INSTANCE && !def->multiple && path->ids[1] != 0)
                return sd_bus_error_setf(self->ret_error, lw_bus_error_name(LW_STATUS_BAD_REQUEST),
                                "object %u (%s) has one instance: /%u/0", def->id, def->name,
                                def->id);
        for (size_t i = 0; i < self->claim->count; i++)
                if (lw_object_def_find(def, self->claim->resources[i]) == NULL)
                        return sd_bus_error_setf(self->ret_error,
                                        lw_bus_error_name(LW_STATUS_BAD_REQUEST),
                                        "object %u (%s) has no resource %u by its definition %u.%u",
                                        def->id, def->name, self->claim->resources[i], def->major,
                                        def->minor);
        return 0;
}

static int taken(const Case *self, const char *what, const LwLayer *layer)
{
        return sd_bus_error_setf(self->ret_error, LW_BUS_ERROR_ALREADY_EXISTS,
                        "%s is provided by %s already", what,
                        self->name(self->user, layer->provider));
}

/* Beside another service's resources ours may lie only where the instance is the agent's. */
static int check_layer(const Case *self, const LwLayer *layer, bool is_ours)
{
        const LwPath *path = &self->claim->path;
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        if (!is_ours)
                return taken(self, text, layer);
        for (size_t i = 0; i < self->claim->count; i++) {
                LwPath resource = lw_path_child(path, self->claim->resources[i]);

                if (!lw_layer_has(layer, self->claim->resources[i]))
                        continue;
                lw_path_print(&resource, text);
                return taken(self, text, layer);
        }
        return 0;
}

static int check_instance(const Case *self, const LwInstance *instance)
{
        uint16_t object = self->claim->path.ids[0];
        bool is_ours = false;

        for (guint i = 0; i < instance->layers->len; i++)
                is_ours |= g_array_index(instance->layers, LwLayer, i).rank != LW_RANK_PLUGIN;
        if (is_ours && !is_shared(object))
                return sd_bus_error_setf(self->ret_error, LW_BUS_ERROR_RESERVED_OBJECT,
                                "/%u/%u is the agent's own, and object %u is none that services "
                                "may add to",
                                object, instance->id, object);
        for (guint i = 0; i < instance->layers->len; i++) {
                const LwLayer *layer = &g_array_index(instance->layers, LwLayer, i);
                int r;

                if (layer->provider == self->own || layer->rank != LW_RANK_PLUGIN)
                        continue;
                r = check_layer(self, layer, is_ours);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int check_taken(const Case *self)
{
        const LwPath *path = &self->claim->path;
        const LwObject *object = lw_tree_object(self->tree, path->ids[0]);
        const LwInstance *instance = object != NULL && path->length == LW_LEVEL_INSTANCE
                                                     ? lw_object_instance(object, path->ids[1])
                                                     : NULL;

        return instance != NULL ? check_instance(self, instance) : 0;
}

int lw_rules_check(const LwClaims *claims, LwTree *tree, const LwProvider *own, LwProviderName name,
                void *user, sd_bus_error *ret_error)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < lw_claims_count(claims); i++) {
                Case one = {
                        .claim = lw_claims_at(claims, i),
                        .tree = tree,
                        .own = own,
                        .name = name,
                        .user = user,
                        .ret_error = ret_error,
                };

                if ((r = check_reserved(&one)) >= 0 && (r = check_definition(&one)) >= 0)
                        r = check_taken(&one);
        }
        return r;
}
