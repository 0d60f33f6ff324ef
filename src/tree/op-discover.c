/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discover: what is there, as links. */
#include "codec/format.h"
#include "codec/link.h"
#include "model/status.h"
#include "tree/gather.h"
#include "tree/operations.h"
#include "tree/target.h"

/*
 * A Discover under way. Which resources have a value, and how many elements an array has, only the
 * providers know: so all that is readable is read.
 */
typedef struct Discovery {
        LwTree *tree;
        uint16_t server; /* whose attributes are shown */
        LwPath path;
        unsigned deepest; /* the level of the innermost links */
        LwDispatchDone done;
        void *user;
        LwWriter writer;
} Discovery;

/* The values of one node: `count` entries from `first` on, in an ordered list. */
typedef struct Span {
        const LwValues *values;
        size_t first, count;
} Span;

static void discovery_free(Discovery *self)
{
        lw_writer_clear(&self->writer);
        g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Discovery, discovery_free)

static void write_link(Discovery *self, const LwPath *path)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        lw_link_write(&self->writer, text);
}

/*
 * What the server set: at the target of the request with what it inherits, below it just what was
 * set there. The periods of /1/x/2 and /1/x/3 are not attributes and not shown. Source: OMA LwM2M
 * Core 1.2, Discover.
 */
static void write_attributes(Discovery *self, const LwPath *path)
{
        const LwAttributeTable *table = lw_tree_attributes(self->tree);
        const LwAttributes *own = lw_attribute_table_find(table, self->server, path);
        LwAttributes attributes = {};
        char text[LW_ATTRIBUTE_TEXT_MAX];

        if (lw_path_equal(path, &self->path))
                attributes = lw_attribute_table_resolve(table, self->server, path);
        else if (own)
                attributes = *own;
        for (unsigned i = 0; attributes.set && i < LW_ATTRIBUTE_COUNT; i++) {
                if (!lw_attributes_has(&attributes, (LwAttribute) i))
                        continue;
                lw_attributes_print(&attributes, (LwAttribute) i, text);
                lw_link_write_token(&self->writer, lw_attribute_name((LwAttribute) i), text);
        }
}

/* The entries at or below `path`; `*cursor` only moves forward, as nodes come in order. */
static Span span_of(const LwValues *values, const LwPath *path, size_t *cursor)
{
        size_t total = lw_values_count(values), end;

        while (*cursor < total && lw_path_compare(&lw_values_at(values, *cursor)->path, path) < 0)
                (*cursor)++;
        end = *cursor;
        while (end < total && lw_path_contains(path, &lw_values_at(values, end)->path))
                end++;
        return (Span){ values, *cursor, end - *cursor };
}

/* An empty array is one entry without a value, at the resource itself. */
static size_t elements_of(Span span)
{
        if (span.count == 1 &&
                        lw_values_at(span.values, span.first)->path.length == LW_LEVEL_RESOURCE)
                return 0;
        return span.count;
}

static void write_resource(Discovery *self, const LwGather *gather, const LwResourceDef *def,
                const LwPath *path, Span span)
{
        bool readable = def->operations & LW_READABLE;

        /* what its provider could not say now is listed, as it was registered */
        if (readable && span.count == 0 && !lw_gather_has_failed(gather, path))
                return;
        write_link(self, path);
        if (def->multiple && readable && span.count > 0)
                lw_link_write_number(&self->writer, "dim", elements_of(span));
        write_attributes(self, path);
        if (!def->multiple || !readable || self->deepest < LW_LEVEL_RESOURCE_INSTANCE)
                return;
        for (size_t i = 0; i < elements_of(span); i++) {
                const LwPath *element = &lw_values_at(span.values, span.first + i)->path;

                write_link(self, element);
                write_attributes(self, element);
        }
}

static void write_instance(Discovery *self, const LwGather *gather, const LwObject *object,
                const LwInstance *instance, const LwValues *values, size_t *cursor)
{
        LwPath path = LW_PATH_INSTANCE(object->id, instance->id);

        write_link(self, &path);
        write_attributes(self, &path);
        for (size_t i = 0; self->deepest >= LW_LEVEL_RESOURCE && i < object->def->resource_count;
                        i++) {
                const LwResourceDef *def = &object->def->resources[i];

                if (!lw_instance_layer(instance, def->id))
                        continue;
                path = LW_PATH_RESOURCE(object->id, instance->id, def->id);
                write_resource(self, gather, def, &path, span_of(values, &path, cursor));
        }
}

static void write_object(Discovery *self, const LwGather *gather, const LwObject *object,
                const LwValues *values)
{
        char version[8];
        size_t cursor = 0;

        write_link(self, &LW_PATH_OBJECT(object->id));
        if (object->def->major != 1 || object->def->minor != 0) {
                g_snprintf(version, sizeof(version), "%u.%u", object->def->major,
                                object->def->minor);
                lw_link_write_token(&self->writer, "ver", version);
        }
        write_attributes(self, &LW_PATH_OBJECT(object->id));
        for (unsigned i = 0; self->deepest >= LW_LEVEL_INSTANCE && i < object->instances->len; i++)
                write_instance(self, gather, object, object->instances->pdata[i], values, &cursor);
}

/* The tree may have changed while providers were asked: the path is followed anew. */
static bool write_target(
                Discovery *self, const LwGather *gather, const LwValues *values, GError **error)
{
        /* access and levels were checked before; any server stands for all */
        LwRequest request = { .operation = LW_OPERATION_DISCOVER, .path = self->path };
        LwTarget target;
        size_t cursor = 0;

        if (!lw_target_find(self->tree, &request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE),
                            &target, error))
                return false;
        if (target.resource)
                write_resource(self, gather, target.resource, &self->path,
                                span_of(values, &self->path, &cursor));
        else if (target.instance)
                write_instance(self, gather, target.object, target.instance, values, &cursor);
        else
                write_object(self, gather, target.object, values);
        if (self->writer.length > 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                        "the resource has no value at the moment");
        return false;
}

static void on_gathered(
                void *user, LwGather *gather, LwValues *values, const GError *failure G_GNUC_UNUSED)
{
        g_autoptr(Discovery) self = user;
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GError) error = NULL;
        LwResponse response = lw_response_status(LW_STATUS_CONTENT);

        if (!write_target(self, gather, values, &error)) {
                lw_op_finish(self->done, self->user, LW_STATUS_FAILED, error);
                return;
        }
        bytes = lw_writer_steal(&self->writer);
        response.format = LW_FORMAT_LINK;
        response.payload = lw_blob_new(bytes);
        self->done(self->user, &response);
        lw_response_clear(&response);
}

/*
 * How deep the links go. `depth` exists since 1.2 and is not looked at before; 1.0 has no links of
 * resource instances. Source: OMA LwM2M Core 1.2, Discover, table of depths.
 */
static bool find_depth(const LwRequest *request, unsigned *ret_deepest, GError **error)
{
        unsigned depth = request->path.length == LW_LEVEL_OBJECT ? 2 : 1;
        bool known = request->version >= LW_VERSION_1_2 || request->server == LW_SERVER_LOCAL;
        unsigned deepest;

        for (size_t i = 0; i < request->query_count; i++) {
                const char *query = request->query[i];

                if (!g_str_has_prefix(query, "depth=") || query[6] < '0' || query[6] > '3' ||
                                query[7] != '\0') {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "'%s': Discover takes depth=0 to depth=3", query);
                        return false;
                }
                if (known)
                        depth = (unsigned) (query[6] - '0');
        }
        deepest = request->path.length + depth;
        *ret_deepest = MIN(deepest,
                        request->version == LW_VERSION_1_0 && request->server != LW_SERVER_LOCAL
                                        ? LW_LEVEL_RESOURCE
                                        : LW_LEVEL_RESOURCE_INSTANCE);
        return true;
}

void lw_op_discover(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(GError) error = NULL;
        LwGather *gather;
        Discovery *self;
        LwTarget target;
        unsigned deepest;

        if (!lw_target_find(tree, request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE), &target,
                            &error) ||
                        !find_depth(request, &deepest, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = g_new0(Discovery, 1);
        self->tree = tree;
        self->server = request->server;
        self->path = request->path;
        self->deepest = deepest;
        self->done = done;
        self->user = user;
        gather = lw_gather_new(request);
        if (deepest >= LW_LEVEL_RESOURCE)
                lw_gather_add_target(gather, &target, &request->path);
        lw_gather_run(gather, on_gathered, self);
}
