/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwIntake: takes the values of one document in, each checked against its definition. */
#include "codec/intake.h"

#include "model/limits.h"
#include "model/status.h"

/* "<path>: <what>" */
static bool refuse(LwStatus status, const LwPath *path, const char *what, GError **error)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_set_error(error, LW_ERROR, (int) status, "%s: %s", text, what);
        return false;
}

static bool is_inside(const LwIntake *self, const LwPath *path, GError **error)
{
        if (lw_path_contains(&self->how->base, path))
                return true;
        return refuse(LW_STATUS_BAD_REQUEST, path, "lies outside of the path of the request",
                        error);
}

/* Whether somebody asked for just this resource, or whether it came along with its instance. */
static bool is_named(const LwIntake *self)
{
        return self->how->base.length != LW_LEVEL_OBJECT &&
               self->how->base.length != LW_LEVEL_INSTANCE;
}

/* The definition of the resource at `path`: mostly the last one, or the one behind it. */
static const LwResourceDef *find(LwIntake *self, const LwPath *path)
{
        const LwResourceDef *last = self->resource;
        uint16_t id = path->ids[2];

        if (!self->object || self->object->id != path->ids[0]) {
                self->object = lw_registry_find(self->how->registry, path->ids[0]);
                last = NULL;
        }
        if (!self->object)
                self->resource = NULL;
        else if (last && last + 1 < self->object->resources + self->object->resource_count &&
                        last[1].id == id)
                self->resource = last + 1;
        else if (!last || last->id != id)
                self->resource = lw_object_def_find(self->object, id);
        return self->resource;
}

static LwPlace unknown(const LwIntake *self, const LwPath *path, GError **error)
{
        if (self->how->keep_unknown)
                return LW_PLACE_UNKNOWN;
        if (self->object && !is_named(self))
                return LW_PLACE_SKIPPED;
        refuse(LW_STATUS_NOT_FOUND, path,
                        self->object ? "the object has no such resource" : "no such object", error);
        return LW_PLACE_WRONG;
}

/* What the definition says of the resource of `path`, which is or holds an array, or does not. */
static LwPlace look(LwIntake *self, const LwPath *path, bool array, GError **error)
{
        const LwResourceDef *resource = find(self, path);

        if (!resource)
                return unknown(self, path, error);
        if (resource->type == LW_TYPE_NONE) {
                refuse(LW_STATUS_NOT_PERMITTED, path, "an executable resource has no value", error);
                return LW_PLACE_WRONG;
        }
        if (resource->multiple == array || self->how->keep_unknown)
                return LW_PLACE_KNOWN;
        refuse(LW_STATUS_BAD_REQUEST, path,
                        array ? "the resource has a single value, not an array"
                              : "the resource is an array, its values have instance ids",
                        error);
        return LW_PLACE_WRONG;
}

LwPlace lw_intake_place(LwIntake *self, const LwPath *path, GError **error)
{
        if (!is_inside(self, path, error))
                return LW_PLACE_WRONG;
        if (path->length >= LW_LEVEL_RESOURCE)
                return look(self, path, path->length == LW_LEVEL_RESOURCE_INSTANCE, error);
        refuse(LW_STATUS_BAD_REQUEST, path, "a value belongs to a resource or resource instance",
                        error);
        return LW_PLACE_WRONG;
}

LwPlace lw_intake_array(LwIntake *self, const LwPath *path, GError **error)
{
        if (lw_path_contains(path, &self->how->base) || is_inside(self, path, error))
                return look(self, path, true, error);
        return LW_PLACE_WRONG;
}

static bool has_room(const LwIntake *self, GError **error)
{
        if (lw_values_count(self->values) < LW_ENTRIES_MAX)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "more than %d values in one document",
                        LW_ENTRIES_MAX);
        return false;
}

static bool is_short(const LwValue *value, GError **error)
{
        if (value->length <= LW_STRING_MAX ||
                        (value->type != LW_TYPE_STRING && value->type != LW_TYPE_CORELNK))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE, "a string of more than %d bytes",
                        LW_STRING_MAX);
        return false;
}

bool lw_intake_add(LwIntake *self, const LwPath *path, const LwValue *value, GError **error)
{
        LwValue converted = *value;
        bool ok = has_room(self, error) && is_short(value, error);

        if (ok && self->resource)
                ok = lw_value_convert(value, (LwType) self->resource->type, &converted, error) &&
                     (self->how->keep_unknown ||
                                     lw_resource_def_check(self->resource, &converted, error));
        if (!ok) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(path, text);
                g_prefix_error(error, "%s: ", text);
                return false;
        }
        lw_values_add(self->values, path, &converted);
        return true;
}

bool lw_intake_add_none(LwIntake *self, const LwPath *path, GError **error)
{
        LwValue none = lw_value_none();

        if (!is_inside(self, path, error) || !has_room(self, error))
                return false;
        lw_values_add(self->values, path, &none);
        return true;
}

bool lw_intake_add_empty(LwIntake *self, const LwPath *path, GError **error)
{
        switch (lw_intake_array(self, path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        return lw_intake_add_none(self, path, error);
}

bool lw_intake_nothing(LwIntake *self, GError **error)
{
        const LwPath *base = &self->how->base;

        if (self->how->paths_only || base->length < LW_LEVEL_RESOURCE)
                return true;
        if (base->length == LW_LEVEL_RESOURCE)
                return lw_intake_add_empty(self, base, error);
        return refuse(LW_STATUS_BAD_REQUEST, base, "the document does not have the value", error);
}

LwPlace lw_intake_single(LwIntake *self, GError **error)
{
        const LwPath *base = &self->how->base;

        if (base->length >= LW_LEVEL_RESOURCE && !self->how->paths_only) {
                const LwResourceDef *resource = find(self, base);

                if (!resource || !resource->multiple || base->length > LW_LEVEL_RESOURCE)
                        return lw_intake_place(self, base, error);
        }
        refuse(LW_STATUS_UNSUPPORTED_FORMAT, base,
                        "this Content-Format carries a single value only", error);
        return LW_PLACE_WRONG;
}

bool lw_intake_only(const LwValues *values, const LwValue **ret_value, GError **error)
{
        if (lw_values_count(values) == 1 && lw_values_at(values, 0)->value.type != LW_TYPE_NONE) {
                *ret_value = &lw_values_at(values, 0)->value;
                return true;
        }
        g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE,
                        "this format carries a single value, and the answer is not one");
        return false;
}
