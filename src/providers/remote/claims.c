/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwClaims: the objects, instances and resources that a service wants to provide. */
#include "providers/remote/claims.h"

#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "bus/error.h"
#include "model/limits.h"
#include "model/status.h"

struct LwClaims {
        GPtrArray *all;        /* of LwClaim */
        GHashTable *labels;    /* label to LwClaim */
        GHashTable *instances; /* object and instance to LwClaim */
        GHashTable *bare;      /* objects that were claimed without an instance */
        size_t instance_count;
};

static void *pack(unsigned object, unsigned instance)
{
        return GUINT_TO_POINTER(object << 16 | instance);
}

static void claim_free(void *data)
{
        LwClaim *self = data;

        g_free(self->label);
        g_free(self->resources);
        g_free(self);
}

LwClaims *lw_claims_new(void)
{
        LwClaims *self = g_new0(LwClaims, 1);

        self->all = g_ptr_array_new_with_free_func(claim_free);
        self->labels = g_hash_table_new(g_str_hash, g_str_equal);
        self->instances = g_hash_table_new(NULL, NULL);
        self->bare = g_hash_table_new(NULL, NULL);
        return self;
}

void lw_claims_free(LwClaims *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->labels);
        g_hash_table_unref(self->instances);
        g_hash_table_unref(self->bare);
        g_ptr_array_unref(self->all);
        g_free(self);
}

/* Adding */

static int refuse(sd_bus_error *ret_error, const char *key, const char *why)
{
        g_autofree char *quoted = lw_quote(key, strlen(key));

        return sd_bus_error_setf(
                        ret_error, lw_bus_error_name(LW_STATUS_BAD_REQUEST), "%s %s", quoted, why);
}

static int parse_key(const char *key, LwClaim *claim, sd_bus_error *ret_error)
{
        const char *star = strstr(key, "/*");
        size_t length = star != NULL ? (size_t) (star - key) : strlen(key);
        g_autoptr(GError) error = NULL;

        if (!lw_path_parse_bytes(key, length, &claim->path, &error))
                return lw_bus_error_set(ret_error, error);
        if (star != NULL && claim->path.length != LW_LEVEL_OBJECT)
                return refuse(ret_error, key,
                                "is not a label; write it behind an object: /3303/*oven");
        if (star != NULL && !lw_labels_is_word(star + 2))
                return refuse(ret_error, key,
                                "is not a label; one has 1 to 64 letters, digits, '.', '_' and "
                                "'-'");
        if (claim->path.length != LW_LEVEL_OBJECT && claim->path.length != LW_LEVEL_INSTANCE)
                return refuse(ret_error, key,
                                "is not an object or an instance; write /3303, /3303/0 or "
                                "/3303/*oven");
        if (star != NULL)
                claim->label = g_strdup(star + 2);
        return 0;
}

static int compare_ids(const void *a, const void *b)
{
        return *(const uint16_t *) a - *(const uint16_t *) b;
}

static int take_resources(LwClaim *claim, const char *key, uint16_t *resources, size_t count,
                sd_bus_error *ret_error)
{
        bool is_bare = claim->path.length == LW_LEVEL_OBJECT && claim->label == NULL;

        if (is_bare && count > 0)
                return refuse(ret_error, key,
                                "is an object; resources belong to an instance like /3303/0");
        if (!is_bare && count == 0)
                return refuse(ret_error, key, "has no resources; an instance has at least one");
        if (count > 0)
                qsort(resources, count, sizeof(*resources), compare_ids);
        for (size_t i = 1; i < count; i++)
                if (resources[i] == resources[i - 1])
                        return refuse(ret_error, key, "has a resource twice");
        claim->resources = g_memdup2(resources, count * sizeof(*resources));
        claim->count = count;
        return 0;
}

/* Notes where the claim is to be found; false: there is one like it. */
static bool index_claim(LwClaims *self, LwClaim *claim)
{
        if (claim->label != NULL)
                return g_hash_table_insert(self->labels, claim->label, claim);
        if (claim->path.length == LW_LEVEL_OBJECT)
                return g_hash_table_add(self->bare, GUINT_TO_POINTER(claim->path.ids[0]));
        return g_hash_table_insert(
                        self->instances, pack(claim->path.ids[0], claim->path.ids[1]), claim);
}

int lw_claims_add(LwClaims *self, const char *key, uint16_t *resources, size_t count,
                sd_bus_error *ret_error)
{
        LwClaim *claim;
        int r;

        if (self->all->len >= LW_PLUGIN_INSTANCES_MAX)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_LIMIT_EXCEEDED,
                                "more than %u objects and instances in one registration",
                                LW_PLUGIN_INSTANCES_MAX);
        claim = g_new0(LwClaim, 1);
        g_ptr_array_add(self->all, claim);
        r = parse_key(key, claim, ret_error);
        if (r >= 0)
                r = take_resources(claim, key, resources, count, ret_error);
        if (r < 0)
                return r;
        if (!index_claim(self, claim))
                return refuse(ret_error, key,
                                claim->label != NULL ? "has a label that was given before; give "
                                                       "each instance one of its own"
                                                     : "is given twice");
        self->instance_count += count > 0;
        return 0;
}

int lw_claims_read(LwClaims *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        int r = sd_bus_message_enter_container(m, 'a', "{saq}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "saq")) > 0) {
                g_autofree uint16_t *resources = NULL;
                const void *data;
                const char *key;
                size_t bytes;

                if ((r = sd_bus_message_read(m, "s", &key)) < 0 ||
                                (r = sd_bus_message_read_array(m, 'q', &data, &bytes)) < 0)
                        return r;
                resources = g_memdup2(data, bytes);
                r = lw_claims_add(self, key, resources, bytes / sizeof(*resources), ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r < 0)
                return r;
        if (self->all->len == 0)
                return sd_bus_error_set(ret_error, lw_bus_error_name(LW_STATUS_BAD_REQUEST),
                                "nothing to provide: name at least one object or instance");
        return sd_bus_message_exit_container(m);
}

/* Changing */

/* One more that is there already as an object stays one. */
static bool adopt(LwClaims *self, LwClaim *claim)
{
        bool is_bare = claim->path.length == LW_LEVEL_OBJECT;

        if (is_bare && !g_hash_table_add(self->bare, GUINT_TO_POINTER(claim->path.ids[0])))
                return false;
        if (!is_bare)
                g_hash_table_insert(self->instances, pack(claim->path.ids[0], claim->path.ids[1]),
                                claim);
        if (claim->label != NULL)
                g_hash_table_insert(self->labels, claim->label, claim);
        self->instance_count += !is_bare;
        g_ptr_array_add(self->all, claim);
        return true;
}

void lw_claims_move(LwClaims *self, LwClaims *from)
{
        g_hash_table_remove_all(from->labels);
        g_hash_table_remove_all(from->instances);
        g_hash_table_remove_all(from->bare);
        from->instance_count = 0;
        while (from->all->len > 0) {
                LwClaim *claim = g_ptr_array_steal_index(from->all, 0);

                if (!adopt(self, claim))
                        claim_free(claim);
        }
}

static void drop(LwClaims *self, LwClaim *claim)
{
        if (claim->label != NULL)
                g_hash_table_remove(self->labels, claim->label);
        if (claim->path.length == LW_LEVEL_OBJECT)
                g_hash_table_remove(self->bare, GUINT_TO_POINTER(claim->path.ids[0]));
        else
                g_hash_table_remove(self->instances, pack(claim->path.ids[0], claim->path.ids[1]));
        self->instance_count -= claim->count > 0;
        g_ptr_array_remove(self->all, claim);
}

void lw_claims_settle(LwClaims *self, size_t index, uint16_t instance)
{
        LwClaim *claim = self->all->pdata[index];

        claim->path = LW_PATH_INSTANCE(claim->path.ids[0], instance);
        g_hash_table_insert(self->instances, pack(claim->path.ids[0], instance), claim);
}

bool lw_claims_remove(LwClaims *self, const LwPath *path)
{
        for (guint i = 0; i < self->all->len; i++) {
                LwClaim *claim = self->all->pdata[i];

                if (!lw_path_equal(&claim->path, path))
                        continue;
                drop(self, claim);
                return true;
        }
        return false;
}

/* Looking */

size_t lw_claims_count(const LwClaims *self)
{
        return self->all->len;
}

const LwClaim *lw_claims_at(const LwClaims *self, size_t index)
{
        return self->all->pdata[index];
}

size_t lw_claims_instance_count(const LwClaims *self)
{
        return self->instance_count;
}

const LwClaim *lw_claims_find(const LwClaims *self, uint16_t object, uint16_t instance)
{
        return g_hash_table_lookup(self->instances, pack(object, instance));
}

bool lw_claims_has_bare(const LwClaims *self, uint16_t object)
{
        return g_hash_table_contains(self->bare, GUINT_TO_POINTER(object));
}

bool lw_claims_has(const LwClaims *self, const LwPath *path)
{
        return path->length == LW_LEVEL_INSTANCE
                               ? lw_claims_find(self, path->ids[0], path->ids[1]) != NULL
                               : lw_claims_has_bare(self, path->ids[0]);
}

const LwClaim *lw_claims_find_label(const LwClaims *self, const char *label)
{
        return g_hash_table_lookup(self->labels, label);
}

bool lw_claims_has_object(const LwClaims *self, uint16_t object)
{
        for (guint i = 0; i < self->all->len; i++)
                if (lw_claims_at(self, i)->path.ids[0] == object)
                        return true;
        return false;
}

static bool has_resource(const LwClaim *self, uint16_t id)
{
        for (size_t i = 0; i < self->count; i++)
                if (self->resources[i] == id)
                        return true;
        return false;
}

bool lw_claims_concern(const LwClaims *self, const LwPath *path)
{
        const LwClaim *claim = path->length >= LW_LEVEL_INSTANCE
                                               ? lw_claims_find(self, path->ids[0], path->ids[1])
                                               : NULL;

        if (path->length == LW_LEVEL_OBJECT)
                return lw_claims_has_object(self, path->ids[0]);
        return claim != NULL &&
               (path->length == LW_LEVEL_INSTANCE || has_resource(claim, path->ids[2]));
}

void lw_claims_collect_objects(const LwClaims *self, GHashTable *set)
{
        for (guint i = 0; i < self->all->len; i++)
                g_hash_table_add(set, GUINT_TO_POINTER(lw_claims_at(self, i)->path.ids[0]));
}

/* With a label, its instance in the place of "*oven". */
static bool resolve(const LwClaims *self, const char *key, LwPath *ret_path, GError **error)
{
        const char *star = strstr(key, "/*");
        const char *slash = star != NULL ? strchr(star + 2, '/') : NULL;
        g_autofree char *label = NULL, *path = NULL;
        const LwClaim *claim;
        LwPath object;

        if (star == NULL)
                return lw_path_parse(key, ret_path, error);
        if (!lw_path_parse_bytes(key, (size_t) (star - key), &object, error))
                return false;
        label = slash != NULL ? g_strndup(star + 2, (size_t) (slash - star - 2))
                              : g_strdup(star + 2);
        claim = g_hash_table_lookup(self->labels, label);
        if (claim == NULL || object.length != LW_LEVEL_OBJECT ||
                        claim->path.ids[0] != object.ids[0]) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                "the label does not belong to this registration");
                return false;
        }
        path = g_strdup_printf("/%u/%u%s", claim->path.ids[0], claim->path.ids[1],
                        slash != NULL ? slash : "");
        return lw_path_parse(path, ret_path, error);
}

bool lw_claims_resolve(const LwClaims *self, const char *key, LwPath *ret_path, GError **error)
{
        LwPath path;

        if (!resolve(self, key, &path, error))
                return false;
        if ((path.length == LW_LEVEL_INSTANCE && lw_claims_concern(self, &path)) ||
                        (path.length == LW_LEVEL_OBJECT && lw_claims_has_bare(self, path.ids[0]))) {
                *ret_path = path;
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                        "this is none of the registration's instances");
        return false;
}

bool lw_claims_place(const LwClaims *self, const char *key, LwPath *ret_path, GError **error)
{
        LwPath path;

        if (!resolve(self, key, &path, error))
                return false;
        if (path.length == LW_LEVEL_RESOURCE && lw_claims_concern(self, &path)) {
                *ret_path = path;
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                        "this is none of the registration's resources");
        return false;
}

char *lw_claims_print(const LwClaims *self, size_t most)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint i = 0; i < self->all->len && i < most; i++) {
                char path[LW_PATH_TEXT_MAX];

                lw_path_print(&lw_claims_at(self, i)->path, path);
                g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", path);
        }
        if (self->all->len > most)
                g_string_append_printf(text, " and %zu more", self->all->len - most);
        return g_string_free(g_steal_pointer(&text), false);
}
