/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTree: the objects, instances and layers of this client. */
#include "tree/tree.h"

#include "codec/format.h"
#include "codec/link.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/access.h"

typedef struct Listener {
        const LwTreeListener *ops;
        void *user;
} Listener;

struct LwTree {
        LwRegistry *registry;
        LwAttributeTable *attributes;
        LwAudience audience;
        GPtrArray *objects; /* of LwObject, by ascending id */
        GArray *listeners;  /* of Listener */
        const LwTreeKeeper *keeper;
        void *keeper_user;
};

static void layer_clear(void *data)
{
        g_free(((LwLayer *) data)->resources);
        g_free(((LwLayer *) data)->observed);
}

static void instance_free(void *data)
{
        LwInstance *self = data;

        g_array_unref(self->layers);
        g_free(self);
}

static void object_free(void *data)
{
        LwObject *self = data;

        g_ptr_array_unref(self->instances);
        g_free(self);
}

LwTree *lw_tree_new(LwRegistry *registry)
{
        LwTree *self = g_new0(LwTree, 1);

        self->registry = registry;
        self->attributes = lw_attribute_table_new();
        lw_audience_init(&self->audience);
        self->objects = g_ptr_array_new_with_free_func(object_free);
        self->listeners = g_array_new(FALSE, FALSE, sizeof(Listener));
        return self;
}

void lw_tree_free(LwTree *self)
{
        if (!self)
                return;
        g_ptr_array_unref(self->objects);
        g_array_unref(self->listeners);
        lw_attribute_table_free(self->attributes);
        lw_audience_clear(&self->audience);
        g_free(self);
}

LwRegistry *lw_tree_registry(const LwTree *self)
{
        return self->registry;
}

LwAttributeTable *lw_tree_attributes(const LwTree *self)
{
        return self->attributes;
}

LwAudience *lw_tree_audience(const LwTree *self)
{
        return (LwAudience *) &self->audience;
}

void lw_tree_set_keeper(LwTree *self, const LwTreeKeeper *keeper, void *user)
{
        self->keeper = keeper;
        self->keeper_user = user;
}

void lw_tree_save_attributes(LwTree *self, LwTreeSaved done, void *data)
{
        if (self->keeper)
                self->keeper->save_attributes(self->keeper_user, done, data);
        else
                done(data, NULL);
}

/* Both LwObject and LwInstance begin with their id, by which arrays of them are ordered. */
G_STATIC_ASSERT(offsetof(LwObject, id) == 0 && offsetof(LwInstance, id) == 0);

/* Where `id` is in the array, or has to go; true when it is there. */
static bool find(const GPtrArray *array, uint16_t id, unsigned *ret_index)
{
        unsigned low = 0, high = array->len;

        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                uint16_t there = *(const uint16_t *) array->pdata[middle];

                if (there == id) {
                        *ret_index = middle;
                        return true;
                }
                if (there < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_index = low;
        return false;
}

const LwObject *lw_tree_object(const LwTree *self, uint16_t object)
{
        unsigned index;

        return find(self->objects, object, &index) ? self->objects->pdata[index] : NULL;
}

size_t lw_tree_object_count(const LwTree *self)
{
        return self->objects->len;
}

const LwObject *lw_tree_object_at(const LwTree *self, size_t index)
{
        return self->objects->pdata[index];
}

const LwInstance *lw_object_instance(const LwObject *self, uint16_t instance)
{
        unsigned index;

        return find(self->instances, instance, &index) ? self->instances->pdata[index] : NULL;
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

void lw_tree_changed(LwTree *self, const LwPath *path)
{
        for (unsigned i = 0; i < self->listeners->len; i++) {
                const Listener *listener = &g_array_index(self->listeners, Listener, i);

                listener->ops->changed(listener->user, path);
        }
}

static void restructured(LwTree *self, LwPath path, bool added)
{
        for (unsigned i = 0; i < self->listeners->len; i++) {
                const Listener *listener = &g_array_index(self->listeners, Listener, i);

                listener->ops->restructured(listener->user, &path, added);
        }
}

void lw_tree_attributed(LwTree *self, uint16_t server, const LwPath *path)
{
        for (unsigned i = 0; i < self->listeners->len; i++) {
                const Listener *listener = &g_array_index(self->listeners, Listener, i);

                if (listener->ops->attributed)
                        listener->ops->attributed(listener->user, server, path);
        }
}

void lw_tree_add_listener(LwTree *self, const LwTreeListener *listener, void *user)
{
        Listener entry = { listener, user };

        g_array_append_val(self->listeners, entry);
}

void lw_tree_remove_listener(LwTree *self, const LwTreeListener *listener, void *user)
{
        for (unsigned i = 0; i < self->listeners->len; i++) {
                const Listener *entry = &g_array_index(self->listeners, Listener, i);

                if (entry->ops == listener && entry->user == user) {
                        g_array_remove_index(self->listeners, i);
                        return;
                }
        }
}

/* The object, made if it is new. */
static LwObject *take_object(LwTree *self, uint16_t id, bool *ret_added, GError **error)
{
        const LwObjectDef *def;
        LwObject *object;
        unsigned index;

        *ret_added = false;
        if (find(self->objects, id, &index))
                return self->objects->pdata[index];
        def = lw_registry_find(self->registry, id);
        if (!def) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                "object %u has no definition; put its file %u.xml into objects/",
                                id, id);
                return NULL;
        }
        if (self->objects->len >= LW_OBJECTS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "there are %u objects already",
                                LW_OBJECTS_MAX);
                return NULL;
        }
        object = g_new0(LwObject, 1);
        object->id = id;
        object->def = def;
        object->instances = g_ptr_array_new_with_free_func(instance_free);
        g_ptr_array_insert(self->objects, (int) index, object);
        *ret_added = true;
        return object;
}

bool lw_tree_add_object(LwTree *self, uint16_t object, GError **error)
{
        bool added;

        if (!take_object(self, object, &added, error))
                return false;
        if (added)
                restructured(self, LW_PATH_OBJECT(object), true);
        return true;
}

bool lw_tree_set_creator(LwTree *self, uint16_t id, LwProvider *provider, GError **error)
{
        LwObject *object;
        bool added;

        object = take_object(self, id, &added, error);
        if (!object)
                return false;
        if (object->creator && provider && object->creator != provider) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                "instances of object %u are made by another provider", id);
                return false;
        }
        object->creator = provider;
        if (added)
                restructured(self, LW_PATH_OBJECT(id), true);
        return true;
}

static void dismiss_object(const LwObject *object)
{
        for (unsigned i = 0; i < object->instances->len; i++) {
                const LwInstance *instance = object->instances->pdata[i];
                LwPath path = LW_PATH_INSTANCE(object->id, instance->id);

                for (unsigned k = 0; k < instance->layers->len; k++)
                        lw_audience_dismiss(
                                        &path, &g_array_index(instance->layers, LwLayer, k), NULL);
        }
}

void lw_tree_remove_object(LwTree *self, uint16_t object)
{
        unsigned index;

        if (!find(self->objects, object, &index))
                return;
        dismiss_object(self->objects->pdata[index]);
        g_ptr_array_remove_index(self->objects, index);
        restructured(self, LW_PATH_OBJECT(object), false);
}

static bool check_resources(
                const LwObjectDef *def, const uint16_t *resources, size_t count, GError **error)
{
        for (size_t i = 0; i < count; i++)
                if (!lw_object_def_find(def, resources[i])) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "object %u has no resource %u by its definition %u.%u",
                                        def->id, resources[i], def->major, def->minor);
                        return false;
                }
        return true;
}

static bool check_instance(const LwObject *object, uint16_t instance, GError **error)
{
        if (!object->def->multiple && instance != 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "object %u has the one instance 0, not %u", object->id, instance);
                return false;
        }
        if (object->instances->len >= LW_INSTANCES_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "object %u has %u instances already", object->id, LW_INSTANCES_MAX);
                return false;
        }
        return true;
}

static int compare_ids(const void *a, const void *b)
{
        return *(const uint16_t *) a - *(const uint16_t *) b;
}

/* Highest first; of equal rank the later one lies above. */
static bool put_layer(LwInstance *instance, const LwPath *path, LwLayer layer, GError **error)
{
        unsigned index = 0;

        for (unsigned i = 0; i < instance->layers->len; i++) {
                const LwLayer *former = &g_array_index(instance->layers, LwLayer, i);

                if (former->provider != layer.provider)
                        continue;
                lw_audience_dismiss(path, former, &layer);
                g_array_remove_index(instance->layers, i);
                break;
        }
        if (instance->layers->len >= LW_LAYERS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "%u providers share this instance already", LW_LAYERS_MAX);
                return false;
        }
        while (index < instance->layers->len &&
                        g_array_index(instance->layers, LwLayer, index).rank > layer.rank)
                index++;
        g_array_insert_val(instance->layers, index, layer);
        return true;
}

static LwInstance *new_instance(LwObject *object, uint16_t id, unsigned index)
{
        LwInstance *instance = g_new0(LwInstance, 1);

        instance->id = id;
        instance->layers = g_array_new(FALSE, FALSE, sizeof(LwLayer));
        g_array_set_clear_func(instance->layers, layer_clear);
        g_ptr_array_insert(object->instances, (int) index, instance);
        return instance;
}

bool lw_tree_add_layer(LwTree *self, const LwPath *path, LwProvider *provider, LwRank rank,
                const uint16_t *resources, size_t count, GError **error)
{
        LwLayer layer = { .provider = provider, .rank = rank, .count = count };
        bool object_added, instance_added;
        LwInstance *instance;
        LwObject *object;
        unsigned index;

        g_assert(path->length == LW_LEVEL_INSTANCE);
        object = take_object(self, path->ids[0], &object_added, error);
        if (!object)
                return false;
        instance_added = !find(object->instances, path->ids[1], &index);
        if (!check_resources(object->def, resources, count, error) ||
                        (instance_added && !check_instance(object, path->ids[1], error))) {
                if (object_added)
                        g_ptr_array_remove(self->objects, object);
                return false;
        }
        instance = instance_added ? new_instance(object, path->ids[1], index)
                                  : object->instances->pdata[index];
        layer.resources = g_memdup2(resources, count * sizeof(*resources));
        if (count > 1)
                qsort(layer.resources, count, sizeof(*layer.resources), compare_ids);
        if (provider->ops->observe)
                layer.observed = g_new0(bool, count);
        if (!put_layer(instance, path, layer, error)) {
                layer_clear(&layer);
                return false;
        }
        lw_audience_tell(self, path);
        if (instance_added)
                restructured(self, *path, true);
        else
                lw_tree_changed(self, path);
        return true;
}

static bool drop_layer(LwInstance *instance, const LwPath *path, const LwProvider *provider)
{
        for (unsigned i = 0; i < instance->layers->len; i++) {
                const LwLayer *layer = &g_array_index(instance->layers, LwLayer, i);

                if (layer->provider != provider)
                        continue;
                lw_audience_dismiss(path, layer, NULL);
                g_array_remove_index(instance->layers, i);
                return true;
        }
        return false;
}

/* Takes the layer off the instance at `index`, and the instance with it if it was the last. */
static bool strip(LwTree *self, LwObject *object, unsigned index, const LwProvider *provider)
{
        LwInstance *instance = object->instances->pdata[index];
        LwPath path = LW_PATH_INSTANCE(object->id, instance->id);

        if (!drop_layer(instance, &path, provider))
                return false;
        if (instance->layers->len > 0) {
                lw_audience_tell(self, &path);
                lw_tree_changed(self, &path);
                return false;
        }
        g_ptr_array_remove_index(object->instances, index);
        restructured(self, path, false);
        return true;
}

void lw_tree_remove_layer(LwTree *self, const LwPath *path, LwProvider *provider)
{
        unsigned object, instance;

        if (find(self->objects, path->ids[0], &object) &&
                        find(((LwObject *) self->objects->pdata[object])->instances, path->ids[1],
                                        &instance))
                strip(self, self->objects->pdata[object], instance, provider);
}

void lw_tree_remove_provider(LwTree *self, LwProvider *provider)
{
        for (unsigned o = 0; o < self->objects->len; o++) {
                LwObject *object = self->objects->pdata[o];
                unsigned i = 0;

                if (object->creator == provider)
                        object->creator = NULL;
                while (i < object->instances->len)
                        if (!strip(self, object, i, provider))
                                i++;
        }
}

static void write_object_links(const LwObject *object, LwWriter *writer)
{
        char text[LW_PATH_TEXT_MAX], version[8];
        bool show_version = object->def->major != 1 || object->def->minor != 0;
        LwPath path = LW_PATH_OBJECT(object->id);

        if (show_version || object->instances->len == 0) {
                lw_path_print(&path, text);
                lw_link_write(writer, text);
        }
        if (show_version) {
                g_snprintf(version, sizeof(version), "%u.%u", object->def->major,
                                object->def->minor);
                lw_link_write_token(writer, "ver", version);
        }
        for (unsigned i = 0; i < object->instances->len; i++) {
                const LwInstance *instance = object->instances->pdata[i];

                path = LW_PATH_INSTANCE(object->id, instance->id);
                lw_path_print(&path, text);
                lw_link_write(writer, text);
        }
}

void lw_tree_write_links(const LwTree *self, LwWriter *writer)
{
        g_autoptr(GString) formats = g_string_new(NULL);

        for (const int32_t *format = lw_formats_listed; *format != LW_FORMAT_NONE; format++)
                g_string_append_printf(formats, "%s%d", formats->len > 0 ? " " : "", *format);
        lw_link_write(writer, "/");
        lw_link_write_quoted(writer, "ct", formats->str);
        for (unsigned i = 0; i < self->objects->len; i++) {
                const LwObject *object = self->objects->pdata[i];

                if (!lw_access_is_closed(object->id))
                        write_object_links(object, writer);
        }
}
