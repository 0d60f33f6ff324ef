/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGrant: which user's service may provide what without polkit: providers.d/NAME.grant. */
#include "providers/remote/grant.h"

#include <string.h>

#include "base/quote.h"
#include "model/limits.h"
#include "model/status.h"

#define GROUP "Grant"

static void grant_clear(void *data)
{
        LwGrant *self = data;

        g_free(self->name);
        g_free(self->unit);
        g_array_unref(self->ranges);
}

LwGrant *lw_grant_ref(LwGrant *self)
{
        return self != NULL ? g_rc_box_acquire(self) : NULL;
}

void lw_grant_unref(LwGrant *self)
{
        if (self != NULL)
                g_rc_box_release_full(self, grant_clear);
}

static bool refuse(GError **error, const char *key, const char *value, const char *wanted)
{
        g_autofree char *quoted = lw_quote(value, strlen(value));

        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s=%s must be %s", key, quoted,
                        wanted);
        return false;
}

/* "3303", "10240-10249" or "3/0/9" */
static bool parse_range(const char *text, LwGrantRange *ret_range)
{
        const char *dash = strchr(text, '-');
        g_autofree char *path = g_strdup_printf("/%s", text);
        LwGrantRange range = {};

        if (dash == NULL) {
                if (!lw_path_parse(path, &range.path, NULL) ||
                                range.path.length < LW_LEVEL_OBJECT ||
                                range.path.length > LW_LEVEL_RESOURCE)
                        return false;
                range.first = range.last = range.path.ids[0];
        } else {
                if (!lw_id_parse(text, (size_t) (dash - text), &range.first) ||
                                !lw_id_parse(dash + 1, strlen(dash + 1), &range.last) ||
                                range.first > range.last)
                        return false;
                range.path = LW_PATH_OBJECT(range.first);
        }
        *ret_range = range;
        return true;
}

static bool take_objects(LwGrant *self, const char *value, GError **error)
{
        g_auto(GStrv) words = g_strsplit(value, ";", LW_GRANT_RANGES_MAX + 1);

        for (unsigned i = 0; words[i] != NULL; i++) {
                LwGrantRange range;

                g_strstrip(words[i]);
                if (*words[i] == '\0')
                        continue;
                if (self->ranges->len >= LW_GRANT_RANGES_MAX || !parse_range(words[i], &range))
                        return refuse(error, "Objects", value,
                                        "objects, ranges of them or paths in them, separated by "
                                        "';': 3303;10240-10249;3/0/9");
                g_array_append_val(self->ranges, range);
        }
        return true;
}

static bool take_boolean(const char *key, const char *value, bool *ret_value, GError **error)
{
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
                return refuse(error, key, value, "yes or no");
        *ret_value = strcmp(value, "yes") == 0;
        return true;
}

static bool take_unit(LwGrant *self, const char *value, GError **error)
{
        if (*value == '\0' || strchr(value, '/') != NULL || strchr(value, '.') == NULL)
                return refuse(error, "Unit", value, "the name of a unit: sensors.service");
        g_free(self->unit);
        self->unit = g_strdup(value);
        return true;
}

static bool take_key(LwGrant *self, const char *key, const char *value, LwGrantUser find_user,
                bool *ret_has_user, GError **error)
{
        if (strcmp(key, "User") == 0) {
                *ret_has_user = find_user(value, &self->uid);
                return *ret_has_user || refuse(error, key, value, "a user of this host");
        }
        if (strcmp(key, "Objects") == 0)
                return take_objects(self, value, error);
        if (strcmp(key, "Unit") == 0)
                return take_unit(self, value, error);
        if (strcmp(key, "Write") == 0)
                return take_boolean(key, value, &self->may_write, error);
        if (strcmp(key, "Execute") == 0)
                return take_boolean(key, value, &self->may_execute, error);
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "there is no key '%s'; there are User, Unit, Objects, Write and Execute",
                        key);
        return false;
}

static bool take_keys(LwGrant *self, GKeyFile *file, LwGrantUser find_user, GError **error)
{
        g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
        g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);
        bool has_user = false;

        if (keys == NULL || groups[1] != NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "there must be a section [" GROUP "], and no other");
                return false;
        }
        for (unsigned i = 0; keys[i] != NULL; i++) {
                g_autofree char *value = g_key_file_get_string(file, GROUP, keys[i], error);

                if (value == NULL || *error != NULL ||
                                !take_key(self, keys[i], value, find_user, &has_user, error))
                        return false;
        }
        if (has_user && self->ranges->len > 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "there must be User= and Objects=: who may provide what");
        return false;
}

LwGrant *lw_grant_parse(const char *name, const char *text, size_t length, LwGrantUser find_user,
                GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(LwGrant) self = NULL;
        g_autoptr(GError) broken = NULL;

        if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &broken)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s", broken->message);
                return NULL;
        }
        self = g_rc_box_new0(LwGrant);
        self->name = g_strdup(name);
        self->may_write = self->may_execute = true;
        self->ranges = g_array_new(false, false, sizeof(LwGrantRange));
        if (!take_keys(self, file, find_user, &broken)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s", broken->message);
                return NULL;
        }
        return g_steal_pointer(&self);
}

/* Covering */

static bool has_path(const LwGrant *self, const LwPath *path, unsigned level_min)
{
        for (guint i = 0; i < self->ranges->len; i++) {
                const LwGrantRange *range = &g_array_index(self->ranges, LwGrantRange, i);

                if (range->path.length < level_min)
                        continue;
                if (range->path.length == LW_LEVEL_OBJECT
                                                ? path->ids[0] >= range->first &&
                                                                  path->ids[0] <= range->last
                                                : lw_path_contains(&range->path, path))
                        return true;
        }
        return false;
}

static bool is_our_own(const LwTree *tree, const LwPath *path)
{
        const LwObject *object = lw_tree_object(tree, path->ids[0]);
        const LwInstance *instance =
                        object != NULL ? lw_object_instance(object, path->ids[1]) : NULL;

        for (guint i = 0; instance != NULL && i < instance->layers->len; i++)
                if (g_array_index(instance->layers, LwLayer, i).rank != LW_RANK_PLUGIN)
                        return true;
        return false;
}

bool lw_grant_covers(const LwGrant *self, const LwClaims *claims, const LwTree *tree,
                LwPath *ret_missing)
{
        for (size_t c = 0; c < lw_claims_count(claims); c++) {
                const LwClaim *claim = lw_claims_at(claims, c);
                bool is_ours = claim->count > 0 && is_our_own(tree, &claim->path);

                *ret_missing = claim->path;
                if (claim->count == 0 && !has_path(self, &claim->path, LW_LEVEL_OBJECT))
                        return false;
                for (size_t i = 0; i < claim->count; i++) {
                        *ret_missing = lw_path_child(&claim->path, claim->resources[i]);
                        if (!has_path(self, ret_missing,
                                            is_ours ? LW_LEVEL_RESOURCE : LW_LEVEL_OBJECT))
                                return false;
                }
        }
        *ret_missing = LW_PATH_ROOT;
        return true;
}
