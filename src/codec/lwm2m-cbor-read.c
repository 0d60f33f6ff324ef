/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M CBOR, read. */
#include "codec/cbor.h"
#include "codec/intake.h"
#include "codec/lwm2m-cbor.h"
#include "model/status.h"

/* Maps that can be open: around all, and one for each id of a path but the last. */
#define MAPS_MAX LW_LEVEL_RESOURCE_INSTANCE

/* Map: one that is open. */
typedef struct Map {
        LwPath keys; /* from the outside in to this one; where they begin, resolve() says */
        bool empty;
} Map;

/* Reader: one document. */
typedef struct Reader {
        LwCbor cbor;
        LwIntake intake;
        bool bare;   /* a Create whose outermost keys are resources */
        bool taken;  /* something was in it */
        bool chosen; /* one path or more had the id of its instance */
        bool unchosen;
        Map maps[MAPS_MAX];
        unsigned depth;
} Reader;

static bool malformed(const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "LwM2M CBOR: %s", what);
        return false;
}

/* Keys */

static bool add_id(LwPath *keys, const LwToken *token, GError **error)
{
        if (token->kind == LW_TOKEN_VALUE && token->value.type == LW_TYPE_STRING)
                return malformed("the prefix of a gateway's device, and this is no gateway", error);
        if (token->kind != LW_TOKEN_VALUE || token->value.type != LW_TYPE_INTEGER ||
                        token->value.integer < 0 || token->value.integer > LW_ID_MAX)
                return malformed("a key is an id from 0 to 65534, or an array of them", error);
        if (keys->length == G_N_ELEMENTS(keys->ids))
                return malformed("a path has four ids at most", error);
        *keys = lw_path_child(keys, (uint16_t) token->value.integer);
        return true;
}

/* The key that `token` begins, behind those that lead to it. */
static bool read_key(Reader *self, LwToken *token, LwPath *keys, GError **error)
{
        unsigned before = keys->length;

        if (token->kind != LW_TOKEN_ARRAY)
                return add_id(keys, token, error);
        for (;;) {
                if (!lw_tokens_next(&self->cbor.tokens, token, error))
                        return false;
                if (token->kind == LW_TOKEN_CLOSE)
                        return keys->length > before ||
                               malformed("a key that is an array has ids", error);
                if (!add_id(keys, token, error))
                        return false;
        }
}

/* Paths */

/* The definition of a resource of the object that the request is for. */
static bool is_resource(const Reader *self, uint16_t id, bool multiple)
{
        const LwDecode *how = self->intake.how;
        const LwResourceDef *def = lw_registry_resource(how->registry, how->base.ids[0], id);

        return def && def->multiple == multiple;
}

/* `keys` below `parent`; false where that is longer than any path. */
static bool join(LwPath parent, const LwPath *keys, LwPath *ret_path, GError **error)
{
        if (parent.length + keys->length > G_N_ELEMENTS(parent.ids))
                return malformed("a path has four ids at most", error);
        for (unsigned i = 0; i < keys->length; i++)
                parent.ids[parent.length++] = keys->ids[i];
        *ret_path = parent;
        return true;
}

/* Where the keys of a Create begin. */
typedef enum Start {
        START_OBJECT,
        START_INSTANCE,
        START_RESOURCE,
} Start;

/* Of a value. Where two readings are left, the object's id is what we take the first key for. */
static Start start_of_value(const Reader *self, const LwPath *keys)
{
        bool object = keys->ids[0] == self->intake.how->base.ids[0];

        if (self->bare && keys->length <= 2)
                return START_RESOURCE;
        switch ((LwLevel) keys->length) {
        case LW_LEVEL_ROOT:
        case LW_LEVEL_OBJECT:
                return START_RESOURCE;
        case LW_LEVEL_INSTANCE:
                return !is_resource(self, keys->ids[1], false) &&
                                                       is_resource(self, keys->ids[0], true)
                                       ? START_RESOURCE
                                       : START_INSTANCE;
        case LW_LEVEL_RESOURCE:
                if (object && is_resource(self, keys->ids[2], false))
                        return START_OBJECT;
                return is_resource(self, keys->ids[1], true) ? START_INSTANCE : START_OBJECT;
        case LW_LEVEL_RESOURCE_INSTANCE:
                break;
        }
        return START_OBJECT;
}

/* Of an empty map. */
static Start start_of_map(const Reader *self, const LwPath *keys)
{
        if (keys->length == 1)
                return self->bare || is_resource(self, keys->ids[0], true) ? START_RESOURCE
                                                                           : START_INSTANCE;
        if (keys->length == 2 && keys->ids[0] != self->intake.how->base.ids[0])
                return START_INSTANCE;
        return START_OBJECT;
}

static bool resolve_in_object(
                Reader *self, const LwPath *keys, Start start, LwPath *ret_path, GError **error)
{
        const LwPath *base = &self->intake.how->base;
        bool ok = true;

        *(start == START_RESOURCE ? &self->unchosen : &self->chosen) = true;
        if (self->chosen && self->unchosen)
                return malformed("resources stand beside object instances", error);
        switch (start) {
        case START_OBJECT:
                *ret_path = *keys;
                break;
        case START_INSTANCE:
                ok = join(*base, keys, ret_path, error);
                break;
        case START_RESOURCE:
                ok = join(lw_path_child(base, LW_INSTANCE_UNCHOSEN), keys, ret_path, error);
                break;
        }
        return ok;
}

/* From keys to a path; `level` is the deepest that it can have. */
static bool resolve(
                Reader *self, const LwPath *keys, LwLevel level, LwPath *ret_path, GError **error)
{
        const LwDecode *how = self->intake.how;

        if (how->keep_unknown || how->base.length == LW_LEVEL_ROOT) {
                *ret_path = *keys;
                return true;
        }
        if (how->base.length == LW_LEVEL_OBJECT)
                return resolve_in_object(self, keys,
                                level == LW_LEVEL_RESOURCE ? start_of_map(self, keys)
                                                           : start_of_value(self, keys),
                                ret_path, error);
        if (how->base.length + keys->length <= (unsigned) level)
                return join(how->base, keys, ret_path, error);
        *ret_path = *keys;
        return true;
}

/* Values */

static bool take_value(Reader *self, const LwPath *keys, const LwValue *value, GError **error)
{
        LwPath path = {};

        self->taken = true;
        if (value->type == LW_TYPE_NONE)
                return malformed("null, where a value belongs", error);
        if (!resolve(self, keys, LW_LEVEL_RESOURCE_INSTANCE, &path, error))
                return false;
        switch (lw_intake_place(&self->intake, &path, error)) {
        case LW_PLACE_WRONG:
                return false;
        case LW_PLACE_SKIPPED:
                return true;
        case LW_PLACE_UNKNOWN:
        case LW_PLACE_KNOWN:
                break;
        }
        return lw_intake_add(&self->intake, &path, value, error);
}

/* An array without elements, an instance without resources; nothing, if it is what was asked for.
 */
static bool take_empty(Reader *self, const LwPath *keys, GError **error)
{
        LwPath path = {};

        if (!resolve(self, keys, LW_LEVEL_RESOURCE, &path, error))
                return false;
        if (lw_path_contains(&path, &self->intake.how->base))
                return true;
        self->taken = true;
        if (path.length == LW_LEVEL_RESOURCE)
                return lw_intake_add_empty(&self->intake, &path, error);
        if (path.length == LW_LEVEL_INSTANCE)
                return lw_intake_add_none(&self->intake, &path, error);
        if (path.length > LW_LEVEL_RESOURCE)
                return malformed("a map where an element's value belongs", error);
        return self->intake.how->base.length == LW_LEVEL_ROOT || /* an object without instances */
               malformed("a path outside of that of the request", error);
}

/* Documents */

static bool open_map(Reader *self, const LwPath *keys, GError **error)
{
        if (self->depth == MAPS_MAX)
                return malformed("a path has four ids at most", error);
        self->maps[self->depth++] = (Map){ .keys = *keys, .empty = true };
        return true;
}

static bool close_map(Reader *self, GError **error)
{
        const Map *map = &self->maps[--self->depth];

        return !map->empty || self->depth == 0 || take_empty(self, &map->keys, error);
}

static bool read_pair(Reader *self, LwToken *token, GError **error)
{
        Map *map = &self->maps[self->depth - 1];
        LwPath keys = map->keys;

        map->empty = false;
        if (!read_key(self, token, &keys, error) ||
                        !lw_tokens_next(&self->cbor.tokens, token, error))
                return false;
        if (token->kind == LW_TOKEN_MAP)
                return open_map(self, &keys, error);
        if (token->kind == LW_TOKEN_VALUE)
                return take_value(self, &keys, &token->value, error);
        return malformed("a value is no array; elements have their ids as keys", error);
}

static bool read_document(Reader *self, GError **error)
{
        LwToken token;

        if (!lw_tokens_next(&self->cbor.tokens, &token, error))
                return false;
        if (token.kind != LW_TOKEN_MAP)
                return malformed("a document is a map", error);
        open_map(self, &LW_PATH_ROOT, NULL); /* the first, for which there is room */
        while (self->depth > 0) {
                if (!lw_tokens_next(&self->cbor.tokens, &token, error))
                        return false;
                if (token.kind == LW_TOKEN_CLOSE ? !close_map(self, error)
                                                 : !read_pair(self, &token, error))
                        return false;
        }
        return lw_tokens_next(&self->cbor.tokens, &token, error); /* only the end can follow */
}

/* Whether one of the outermost keys has a value, as a resource has. What cannot be read ends it;
 * the reading proper will say why. */
static bool has_bare_value(const uint8_t *data, size_t length)
{
        g_auto(LwCbor) cbor;
        LwToken token;

        lw_cbor_init(&cbor, data, length);
        if (!lw_tokens_next(&cbor.tokens, &token, NULL) || token.kind != LW_TOKEN_MAP)
                return false;
        while (lw_tokens_next(&cbor.tokens, &token, NULL) && token.kind != LW_TOKEN_CLOSE) {
                bool single = token.kind == LW_TOKEN_VALUE;

                if (!lw_tokens_skip(&cbor.tokens, &token, NULL) ||
                                !lw_tokens_next(&cbor.tokens, &token, NULL))
                        return false;
                if (single && token.kind == LW_TOKEN_VALUE)
                        return true;
                if (!lw_tokens_skip(&cbor.tokens, &token, NULL))
                        return false;
        }
        return false;
}

bool lw_lwm2m_cbor_decode(const uint8_t *data, size_t length, const LwDecode *how,
                LwValues *ret_values, GError **error)
{
        Reader self = { .intake = lw_intake(how, ret_values) };
        bool ok;

        if (how->paths_only) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_UNSUPPORTED_FORMAT,
                                "LwM2M CBOR has no form for paths alone; use SenML");
                return false;
        }
        self.bare = how->base.length == LW_LEVEL_OBJECT && !how->keep_unknown &&
                    has_bare_value(data, length);
        lw_cbor_init(&self.cbor, data, length);
        ok = length == 0 || read_document(&self, error);
        if (ok && !self.taken)
                ok = lw_intake_nothing(&self.intake, error);
        lw_cbor_clear(&self.cbor);
        return ok;
}
