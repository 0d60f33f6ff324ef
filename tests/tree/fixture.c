/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree with one object of every kind of resource. */
#include "tree/fixture.h"

#include <string.h>

static const LwResourceDef resources[] = {
        { .id = 0, .type = LW_TYPE_STRING, .operations = LW_READABLE, .mandatory = true },
        { .id = 1,
                        .type = LW_TYPE_INTEGER,
                        .operations = LW_READABLE | LW_WRITABLE,
                        .mandatory = true,
                        .has_range = true,
                        .minimum = 0,
                        .maximum = 100 },
        { .id = 2, .type = LW_TYPE_NONE, .operations = LW_EXECUTABLE },
        { .id = 3, .type = LW_TYPE_INTEGER, .operations = LW_READABLE, .multiple = true },
        { .id = 4,
                        .type = LW_TYPE_STRING,
                        .operations = LW_READABLE | LW_WRITABLE,
                        .multiple = true },
        { .id = 5, .type = LW_TYPE_OPAQUE, .operations = LW_WRITABLE },
        { .id = 6, .type = LW_TYPE_OBJLNK, .operations = LW_READABLE | LW_WRITABLE },
        { .id = 7, .type = LW_TYPE_STRING, .operations = LW_READABLE },
        { .id = 8, .type = LW_TYPE_OPAQUE, .operations = LW_READABLE },
};

/* That an instance has; 7 and 8 are others' to add. */
static const uint16_t ids[] = { 0, 1, 2, 3, 4, 5, 6 };

static LwObjectDef *define(uint16_t id, bool multiple, size_t count)
{
        LwObjectDef *def = g_new0(LwObjectDef, 1);

        def->id = id;
        def->major = multiple ? 2 : 1;
        def->minor = multiple ? 1 : 0;
        def->multiple = multiple;
        def->name = g_strdup("Fixture");
        def->resources = g_memdup2(resources, count * sizeof(*resources));
        def->resource_count = count;
        for (size_t i = 0; i < count; i++) {
                def->resources[i].name = g_strdup_printf("Resource %zu", i);
                def->resources[i].units = g_strdup("");
        }
        return def;
}

static void finish(FixtureProvider *self, LwCall *call)
{
        if (self->late)
                self->waiting = call;
        else if (self->status != 0)
                lw_call_fail_status(call, self->status, "the fixture fails");
        else
                lw_call_succeed(call);
}

static void provider_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        FixtureProvider *self = (FixtureProvider *) provider;

        self->reads++;
        self->paths = count;
        for (size_t p = 0; self->status == 0 && p < count; p++)
                for (size_t i = 0; i < lw_values_count(self->values); i++) {
                        const LwEntry *entry = lw_values_at(self->values, i);

                        if (lw_path_contains(&paths[p], &entry->path))
                                lw_values_add(lw_call_values(call), &entry->path, &entry->value);
                }
        finish(self, call);
}

static bool provider_prepare(LwProvider *provider, const LwPath *target G_GNUC_UNUSED,
                bool replace G_GNUC_UNUSED, const LwValues *values G_GNUC_UNUSED, GError **error)
{
        FixtureProvider *self = (FixtureProvider *) provider;

        self->prepares++;
        if (self->refuses)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "the fixture refuses");
        return !self->refuses;
}

static void provider_write(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        FixtureProvider *self = (FixtureProvider *) provider;

        self->writes++;
        self->target = *target;
        self->replaced = replace;
        if (self->status == 0) {
                lw_values_reset(self->values);
                lw_values_append(self->values, values);
        }
        finish(self, call);
}

static void provider_execute(LwProvider *provider, const LwPath *path G_GNUC_UNUSED,
                const char *arguments, LwCall *call)
{
        FixtureProvider *self = (FixtureProvider *) provider;

        self->executes++;
        g_free(self->arguments);
        self->arguments = g_strdup(arguments);
        finish(self, call);
}

static void provider_create(LwProvider *provider, const LwPath *instance, bool chosen,
                const LwValues *values, LwCall *call)
{
        FixtureProvider *self = (FixtureProvider *) provider;
        LwPath path = *instance;

        self->creates++;
        self->chosen = chosen;
        if (!chosen && self->instead != 0) {
                path.ids[1] = self->instead;
                lw_call_set_created(call, &path);
        }
        self->target = path;
        if (self->status == 0) {
                lw_values_append(self->values, values);
                g_assert_true(lw_tree_add_layer(self->tree, &path, provider, LW_RANK_BUILTIN, ids,
                                G_N_ELEMENTS(ids), NULL));
        }
        finish(self, call);
}

static void provider_delete(LwProvider *provider, const LwPath *path, LwCall *call)
{
        FixtureProvider *self = (FixtureProvider *) provider;

        self->deletes++;
        self->target = *path;
        if (self->status == 0 && path->length == LW_LEVEL_INSTANCE)
                lw_tree_remove_layer(self->tree, path, provider);
        finish(self, call);
}

static const LwProviderOps full_ops = {
        .read = provider_read,
        .write = provider_write,
        .execute = provider_execute,
        .create = provider_create,
        .delete = provider_delete,
};
const LwProviderOps fixture_preparing_ops = {
        .read = provider_read,
        .prepare = provider_prepare,
        .write = provider_write,
};
const LwProviderOps fixture_writing_ops = {
        .read = provider_read,
        .write = provider_write,
        .joins = true,
};
static const LwProviderOps read_ops = { .read = provider_read };

void fixture_setup(Fixture *self)
{
        LwPath first = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        LwPath single = LW_PATH_INSTANCE(FIXTURE_SINGLE, 0);

        memset(self, 0, sizeof(*self));
        self->registry = lw_registry_new(NULL, NULL);
        lw_registry_add(self->registry, define(FIXTURE_OBJECT, true, G_N_ELEMENTS(resources)));
        lw_registry_add(self->registry, define(FIXTURE_SINGLE, false, 1));
        lw_registry_add(self->registry, define(0, true, 1));
        self->tree = lw_tree_new(self->registry);
        self->one.provider.ops = &full_ops;
        self->one.tree = self->tree;
        self->one.values = lw_values_new();
        self->other.provider.ops = &read_ops;
        self->other.values = lw_values_new();
        g_assert_true(lw_tree_add_layer(self->tree, &first, &self->one.provider, LW_RANK_BUILTIN,
                        ids, G_N_ELEMENTS(ids), NULL));
        g_assert_true(lw_tree_add_layer(
                        self->tree, &single, &self->one.provider, LW_RANK_BUILTIN, ids, 1, NULL));
        fixture_set(&self->one, "/1000/0/0", lw_value_string("name"));
        fixture_set(&self->one, "/1000/0/1", lw_value_integer(7));
        fixture_set(&self->one, "/1000/0/3/0", lw_value_integer(30));
        fixture_set(&self->one, "/1000/0/3/5", lw_value_integer(35));
        fixture_set(&self->one, "/1001/0/0", lw_value_string("single"));
}

void fixture_teardown(Fixture *self)
{
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_values_free(self->one.values);
        lw_values_free(self->other.values);
        g_free(self->one.arguments);
}

void fixture_continue(FixtureProvider *provider)
{
        LwCall *call = g_steal_pointer(&provider->waiting);

        provider->late = false;
        g_assert_nonnull(call);
        finish(provider, call);
}

LwPath fixture_path(const char *text)
{
        LwPath path;

        g_assert_true(lw_path_parse(text, &path, NULL));
        return path;
}

void fixture_set(FixtureProvider *provider, const char *path, LwValue value)
{
        LwPath place = fixture_path(path);

        lw_values_add(provider->values, &place, &value);
}

void fixture_on_answer(void *user, LwResponse *response)
{
        FixtureAnswer *self = user;

        self->count++;
        lw_response_clear(&self->response);
        self->response = *response;
        *response = (LwResponse){};
}

void fixture_answer_clear(FixtureAnswer *self)
{
        lw_response_clear(&self->response);
        *self = (FixtureAnswer){};
}

LwRequest fixture_request(LwOperation operation, const char *path)
{
        return (LwRequest){
                .operation = operation,
                .server = 101,
                .version = LW_VERSION_1_1,
                .path = fixture_path(path),
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
        };
}
