/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistry: the definitions of objects and resources, all that are known. */
#include "model/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "model/definition-xml.h"
#include "model/limits.h"
#include "model/status.h"

struct LwRegistry {
        LwRegistryLoader loader;
        void *user;
        GHashTable *definitions; /* object id to LwObjectDef */
        GPtrArray *replaced;     /* definitions that somebody may still point to */
        uint32_t absent[65536 /
                        32]; /* a bit for each object id that has no file: a peer may ask for all */
};

static void clear_resource(LwResourceDef *self)
{
        g_free(self->choices);
        g_free(self->name);
        g_free(self->units);
}

void lw_object_def_free(LwObjectDef *self)
{
        if (self == NULL)
                return;
        for (size_t i = 0; i < self->resource_count; i++)
                clear_resource(&self->resources[i]);
        g_free(self->resources);
        g_free(self->name);
        g_free(self);
}

static int compare_id(const void *key, const void *element)
{
        const uint16_t *id = key;
        const LwResourceDef *resource = element;

        return (int) *id - (int) resource->id;
}

const LwResourceDef *lw_object_def_find(const LwObjectDef *self, uint16_t resource)
{
        if (self->resource_count == 0)
                return NULL;
        return bsearch(&resource, self->resources, self->resource_count, sizeof(*self->resources),
                        compare_id);
}

/* What a range bounds: a number's value, or the bytes of text and data. */
static bool measure(const LwValue *value, double *ret_measure)
{
        switch ((LwType) value->type) {
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                *ret_measure = (double) value->integer;
                return true;
        case LW_TYPE_UNSIGNED:
                *ret_measure = (double) value->unsigned_integer;
                return true;
        case LW_TYPE_FLOAT:
                *ret_measure = value->number;
                return true;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
                *ret_measure = value->length;
                return true;
        case LW_TYPE_OPAQUE:
                *ret_measure = value->is_blob ? (double) lw_blob_size(value->blob) : value->length;
                return true;
        case LW_TYPE_NONE:
        case LW_TYPE_BOOLEAN:
        case LW_TYPE_OBJLNK:
                return false;
        }
        g_assert_not_reached();
}

static bool is_allowed(const LwResourceDef *self, double measured)
{
        bool allowed = self->choice_count == 0;

        /* written so that NaN lies outside */
        if (self->has_range && !(measured >= self->minimum && measured <= self->maximum))
                return false;
        for (size_t i = 0; i < self->choice_count && !allowed; i++)
                allowed = measured == self->choices[i];
        return allowed;
}

static char *describe_range(const LwResourceDef *self)
{
        g_autoptr(GString) text = g_string_new(NULL);
        LwValue bounds[] = { lw_value_float(self->minimum), lw_value_float(self->maximum) };

        if (self->has_range) {
                lw_value_print(&bounds[0], text, NULL);
                g_string_append(text, "..");
                lw_value_print(&bounds[1], text, NULL);
        }
        for (size_t i = 0; i < self->choice_count; i++) {
                LwValue choice = lw_value_float(self->choices[i]);

                if (text->len > 0)
                        g_string_append(text, ", ");
                lw_value_print(&choice, text, NULL);
        }
        return g_string_free(g_steal_pointer(&text), FALSE);
}

bool lw_resource_def_check(const LwResourceDef *self, const LwValue *value, GError **error)
{
        bool is_number = lw_type_is_number(value->type);
        g_autofree char *range = NULL;
        g_autoptr(GString) shown = NULL;
        double measured;

        if (value->type != self->type) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "resource %u (%s) is of type %s, not %s", self->id, self->name,
                                lw_type_name(self->type), lw_type_name(value->type));
                return false;
        }
        if ((!self->has_range && self->choice_count == 0) || !measure(value, &measured) ||
                        is_allowed(self, measured))
                return true;
        range = describe_range(self);
        shown = g_string_new(NULL);
        if (!is_number)
                g_string_printf(shown, "a length of %.0f bytes", measured);
        else if (!lw_value_print(value, shown, NULL))
                g_string_assign(shown, "a number that is not finite");
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "%s is not allowed for resource %u (%s), which takes %s", shown->str,
                        self->id, self->name, range);
        return false;
}

LwRegistry *lw_registry_new(LwRegistryLoader loader, void *user)
{
        LwRegistry *self = g_new0(LwRegistry, 1);

        self->loader = loader;
        self->user = user;
        self->definitions = g_hash_table_new_full(
                        NULL, NULL, NULL, (GDestroyNotify) lw_object_def_free);
        self->replaced = g_ptr_array_new_with_free_func((GDestroyNotify) lw_object_def_free);
        return self;
}

void lw_registry_free(LwRegistry *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->definitions);
        g_ptr_array_unref(self->replaced);
        g_free(self);
}

static LwObjectDef *load(LwRegistry *self, uint16_t object)
{
        g_autoptr(GBytes) file = self->loader != NULL ? self->loader(self->user, object) : NULL;
        g_autoptr(LwObjectDef) def = NULL;
        g_autoptr(GError) error = NULL;
        const char *text;
        size_t length;

        if (file == NULL)
                return NULL;
        text = g_bytes_get_data(file, &length);
        def = lw_definition_xml_parse(text, length, &error);
        if (def == NULL) {
                lw_log(G_LOG_LEVEL_WARNING, "definition of object %u: %s, ignoring it", object,
                                error->message);
                return NULL;
        }
        if (def->id != object) {
                lw_log(G_LOG_LEVEL_WARNING,
                                "definition of object %u: it is that of object %u, ignoring it",
                                object, def->id);
                return NULL;
        }
        return g_steal_pointer(&def);
}

const LwObjectDef *lw_registry_find(LwRegistry *self, uint16_t object)
{
        LwObjectDef *def = g_hash_table_lookup(self->definitions, GUINT_TO_POINTER(object));
        uint32_t bit = UINT32_C(1) << object % 32;

        if (def != NULL || (self->absent[object / 32] & bit) != 0)
                return def;
        def = load(self, object);
        if (def != NULL)
                g_hash_table_insert(self->definitions, GUINT_TO_POINTER(object), def);
        else
                self->absent[object / 32] |= bit;
        return def;
}

const LwResourceDef *lw_registry_resource(LwRegistry *self, uint16_t object, uint16_t resource)
{
        const LwObjectDef *def = lw_registry_find(self, object);

        return def != NULL ? lw_object_def_find(def, resource) : NULL;
}

static bool same_resource(const LwResourceDef *a, const LwResourceDef *b)
{
        return a->id == b->id && a->type == b->type && a->operations == b->operations &&
               a->multiple == b->multiple && a->mandatory == b->mandatory &&
               a->has_range == b->has_range && a->minimum == b->minimum &&
               a->maximum == b->maximum && a->choice_count == b->choice_count &&
               (a->choice_count == 0 ||
                               memcmp(a->choices, b->choices,
                                               a->choice_count * sizeof(*a->choices)) == 0) &&
               strcmp(a->name, b->name) == 0 && strcmp(a->units, b->units) == 0;
}

bool lw_object_def_equal(const LwObjectDef *a, const LwObjectDef *b)
{
        if (a->id != b->id || a->major != b->major || a->minor != b->minor ||
                        a->multiple != b->multiple || a->mandatory != b->mandatory ||
                        a->resource_count != b->resource_count || strcmp(a->name, b->name) != 0)
                return false;
        for (size_t i = 0; i < a->resource_count; i++)
                if (!same_resource(&a->resources[i], &b->resources[i]))
                        return false;
        return true;
}

bool lw_registry_add(LwRegistry *self, LwObjectDef *def)
{
        void *key = GUINT_TO_POINTER(def->id);
        LwObjectDef *old = g_hash_table_lookup(self->definitions, key);

        if (old != NULL && lw_object_def_equal(old, def)) {
                lw_object_def_free(def);
                return true;
        }
        if (old != NULL) {
                if (self->replaced->len == LW_DEFINITIONS_REPLACED_MAX) {
                        lw_object_def_free(def);
                        return false;
                }
                g_hash_table_steal(self->definitions, key);
                g_ptr_array_add(self->replaced, old);
        }
        g_hash_table_insert(self->definitions, key, def);
        return true;
}

void lw_registry_remove(LwRegistry *self, uint16_t object)
{
        g_hash_table_remove(self->definitions, GUINT_TO_POINTER((unsigned) object));
}
