/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBrought: definitions of objects that services bring with their registrations. */
#include "providers/remote/brought.h"

#include <string.h>

#include "bus/error.h"
#include "model/definition-xml.h"
#include "model/limits.h"

struct LwBrought {
        LwTree *tree;
        GHashTable *holders; /* object id to how many shares hold its definition */
};

struct LwBroughtShare {
        LwBrought *all;
        GArray *objects; /* of uint16_t */
        size_t bytes;
};

/* Reading */

static int read_one(
                const char *text, unsigned number, GPtrArray *definitions, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        LwObjectDef *def = lw_definition_xml_parse(text, strlen(text), &error);

        if (def == NULL)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_INVALID_DEFINITION,
                                "definition %u: %s", number, error->message);
        for (guint i = 0; i < definitions->len; i++)
                if (((const LwObjectDef *) definitions->pdata[i])->id == def->id) {
                        sd_bus_error_setf(ret_error, LW_BUS_ERROR_INVALID_DEFINITION,
                                        "definition %u: object %u is defined twice", number,
                                        def->id);
                        lw_object_def_free(def);
                        return -sd_bus_error_get_errno(ret_error);
                }
        g_ptr_array_add(definitions, def);
        return 0;
}

int lw_brought_read(
                sd_bus_message *m, GPtrArray *definitions, size_t *bytes, sd_bus_error *ret_error)
{
        int r = sd_bus_message_enter_container(m, 'a', "s");
        const char *text;

        while (r >= 0 && (r = sd_bus_message_read(m, "s", &text)) > 0) {
                *bytes += strlen(text);
                if (definitions->len >= LW_PLUGIN_OBJECTS_MAX ||
                                *bytes > LW_PLUGIN_DEFINITIONS_BYTES_MAX)
                        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                        "a registration has at most %u definitions, of %u bytes "
                                        "in all",
                                        LW_PLUGIN_OBJECTS_MAX, LW_PLUGIN_DEFINITIONS_BYTES_MAX);
                r = read_one(text, definitions->len + 1, definitions, ret_error);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Holding */

static unsigned holders_of(const LwBrought *self, uint16_t object)
{
        return GPOINTER_TO_UINT(
                        g_hash_table_lookup(self->holders, GUINT_TO_POINTER((unsigned) object)));
}

static void set_holders(LwBrought *self, uint16_t object, unsigned count)
{
        g_hash_table_insert(self->holders, GUINT_TO_POINTER((unsigned) object),
                        GUINT_TO_POINTER(count));
}

static bool is_brought(const LwBrought *self, uint16_t object)
{
        return g_hash_table_contains(self->holders, GUINT_TO_POINTER((unsigned) object));
}

static bool holds(const LwBroughtShare *self, uint16_t object)
{
        for (guint i = 0; self != NULL && i < self->objects->len; i++)
                if (g_array_index(self->objects, uint16_t, i) == object)
                        return true;
        return false;
}

/* Types of these are the standard's and the agent's own code relies on them. */
static bool is_ours_alone(uint16_t object)
{
        return object <= 9 || object == 21;
}

static int differs(const LwBrought *self, const LwObjectDef *known, const LwObjectDef *def,
                sd_bus_error *ret_error)
{
        return sd_bus_error_setf(ret_error, LW_BUS_ERROR_INVALID_DEFINITION,
                        "object %u is not defined like this by %s (%s %u.%u); bring the same "
                        "definition, or none",
                        def->id,
                        is_brought(self, def->id) ? "another service" : "the installed file",
                        known->name, known->major, known->minor);
}

/* 1: may be taken; 0: `former` stands in its way. */
static int check(const LwBrought *self, const LwObjectDef *def, const LwBroughtShare *former,
                sd_bus_error *ret_error)
{
        const LwObjectDef *known = lw_registry_find(lw_tree_registry(self->tree), def->id);

        if (known == NULL && is_ours_alone(def->id))
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_INVALID_DEFINITION,
                                "object %u: of objects 0 to 9 and 21 only the agent's own "
                                "definitions count",
                                def->id);
        if (known == NULL || lw_object_def_equal(known, def))
                return 1;
        if (holds(former, def->id) && holders_of(self, def->id) == 1)
                return 0;
        return differs(self, known, def, ret_error);
}

/* What is installed needs nobody to hold it. */
static void hold(LwBrought *self, LwBroughtShare *share, GPtrArray *definitions, guint *index)
{
        LwObjectDef *def = definitions->pdata[*index];
        LwRegistry *registry = lw_tree_registry(self->tree);
        uint16_t object = def->id;
        bool is_new = lw_registry_find(registry, object) == NULL;

        if (is_new)
                lw_registry_add(registry, g_ptr_array_steal_index_fast(definitions, *index));
        else
                (*index)++;
        if (!is_new && !is_brought(self, object))
                return;
        set_holders(self, object, holders_of(self, object) + 1);
        g_array_append_val(share->objects, object);
}

int lw_brought_take(LwBrought *self, GPtrArray *definitions, size_t bytes,
                const LwBroughtShare *former, LwBroughtShare **ret_share, sd_bus_error *ret_error)
{
        LwBroughtShare *share;
        bool is_free = true;

        for (guint i = 0; i < definitions->len; i++) {
                int r = check(self, definitions->pdata[i], former, ret_error);

                if (r < 0)
                        return r;
                is_free &= r > 0;
        }
        if (!is_free)
                return 0;
        share = g_new0(LwBroughtShare, 1);
        share->all = self;
        share->objects = g_array_new(false, false, sizeof(uint16_t));
        share->bytes = bytes;
        for (guint i = 0; i < definitions->len;)
                hold(self, share, definitions, &i);
        *ret_share = share;
        return 1;
}

void lw_brought_collect(LwBrought *self)
{
        GHashTableIter iter;
        void *key, *count;

        g_hash_table_iter_init(&iter, self->holders);
        while (g_hash_table_iter_next(&iter, &key, &count)) {
                uint16_t object = (uint16_t) GPOINTER_TO_UINT(key);

                if (count != NULL || lw_tree_object(self->tree, object) != NULL)
                        continue;
                lw_registry_remove(lw_tree_registry(self->tree), object);
                g_hash_table_iter_remove(&iter);
        }
}

/* Life */

LwBrought *lw_brought_new(LwTree *tree)
{
        LwBrought *self = g_new0(LwBrought, 1);

        self->tree = tree;
        self->holders = g_hash_table_new(NULL, NULL);
        return self;
}

void lw_brought_free(LwBrought *self)
{
        if (self == NULL)
                return;
        lw_brought_collect(self);
        g_hash_table_unref(self->holders);
        g_free(self);
}

void lw_brought_share_free(LwBroughtShare *self)
{
        if (self == NULL)
                return;
        for (guint i = 0; i < self->objects->len; i++) {
                uint16_t object = g_array_index(self->objects, uint16_t, i);

                set_holders(self->all, object, holders_of(self->all, object) - 1);
        }
        g_array_unref(self->objects);
        g_free(self);
}

size_t lw_brought_share_bytes(const LwBroughtShare *self)
{
        return self != NULL ? self->bytes : 0;
}
