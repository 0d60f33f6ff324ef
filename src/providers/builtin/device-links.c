/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ExtDevInfo of object 3: links to what services tell of this host. */
#include "providers/builtin/device-links.h"

#define HOST_DEVICE 10241

struct LwDeviceLinks {
        LwTree *tree;
        LwDriver *driver;
        LwDriverCall changed;
        void *user;
        bool is_changing;
};

static void tell(void *data)
{
        LwDeviceLinks *self = data;

        self->is_changing = false;
        self->changed(self->user);
}

static void ignore_change(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED)
{
}

/* The tree must not be changed from here. */
static void on_restructured(void *user, const LwPath *path, bool added G_GNUC_UNUSED)
{
        LwDeviceLinks *self = user;

        if (path->ids[0] != HOST_DEVICE || self->is_changing)
                return;
        self->is_changing = true;
        lw_driver_defer(self->driver, tell, self);
}

static const LwTreeListener listener = {
        .changed = ignore_change,
        .restructured = on_restructured,
};

LwDeviceLinks *lw_device_links_new(LwTree *tree, LwDriver *driver, LwDriverCall changed, void *user)
{
        LwDeviceLinks *self = g_new0(LwDeviceLinks, 1);

        self->tree = tree;
        self->driver = driver;
        self->changed = changed;
        self->user = user;
        lw_tree_add_listener(tree, &listener, self);
        return self;
}

void lw_device_links_free(LwDeviceLinks *self)
{
        if (self == NULL)
                return;
        lw_tree_remove_listener(self->tree, &listener, self);
        lw_driver_forget(self->driver, tell, self);
        g_free(self);
}

size_t lw_device_links_count(const LwDeviceLinks *self)
{
        const LwObject *object = lw_tree_object(self->tree, HOST_DEVICE);

        return object == NULL ? 0 : object->instances->len;
}

void lw_device_links_read(const LwDeviceLinks *self, const LwPath *path, LwTableReading *reading)
{
        const LwObject *object = lw_tree_object(self->tree, HOST_DEVICE);
        LwPath resource = lw_path_prefix(path, LW_LEVEL_RESOURCE);

        for (size_t i = 0; i < lw_device_links_count(self); i++) {
                const LwInstance *instance = object->instances->pdata[i];
                LwPath element = lw_path_child(&resource, instance->id);

                if (lw_path_contains(path, &element))
                        lw_table_reading_add(reading, &element,
                                        lw_value_link(HOST_DEVICE, instance->id));
        }
}
