/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTree: the objects, instances and layers of this client. */
#include "tree/tree.h"

#include "model/limits.h"
#include "model/status.h"

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
        object->instances = g_ptr_array_new_with_free_func(lw_instance_free);
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

static LwInstance *new_instance(LwObject *object, uint16_t id, unsigned index)
{
        LwInstance *instance = lw_instance_new(id);

        g_ptr_array_insert(object->instances, (int) index, instance);
        return instance;
}

bool lw_tree_add_layer(LwTree *self, const LwPath *path, LwProvider *provider, LwRank rank,
                const uint16_t *resources, size_t count, GError **error)
{
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
        if (!lw_instance_put(instance, path->ids[0], provider, rank, resources, count, error))
                return false;
        lw_audience_tell(self, path);
        if (instance_added)
                restructured(self, *path, true);
        else
                lw_tree_changed(self, path);
        return true;
}

/* Takes the layer off the instance at `index`, and the instance with it if it was the last. */
static bool strip(LwTree *self, LwObject *object, unsigned index, const LwProvider *provider)
{
        LwInstance *instance = object->instances->pdata[index];
        LwPath path = LW_PATH_INSTANCE(object->id, instance->id);

        if (!lw_instance_drop(instance, object->id, provider))
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
