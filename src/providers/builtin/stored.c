/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStored: an object that is data alone, whose instances servers make, write and delete. */
#include "providers/builtin/stored.h"

#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/holdings.h"

/* Of the documents. */
#define VERSION 1

#define STORED_OPERATIONS (LW_READABLE | LW_WRITABLE)

typedef enum Kind { CREATE, WRITE, DELETE } Kind;

/* A change that waits, or the one that is being saved. */
typedef struct Change {
        Kind kind;
        LwPath path;
        bool chosen;      /* CREATE: it is this instance or none */
        bool replace;     /* WRITE */
        LwValues *values; /* not of DELETE */
        LwCall *call;
} Change;

struct LwStored {
        LwProvider provider; /* first: we are found by it */
        LwTree *tree;
        LwState *state;
        uint16_t object;
        char *document;
        uint16_t *resources; /* what our instances have */
        size_t resource_count;
        LwHoldings *holdings;
        LwHoldings *draft; /* is being saved, for the first change; NULL: nothing is */
        GQueue changes;    /* of Change, in the order in which they came */
};

static void change_free(void *data)
{
        Change *self = data;

        lw_values_free(self->values);
        g_free(self);
}

/* --- what a change makes of the holdings --- */

static bool is_stored(const LwStored *self, uint16_t resource)
{
        for (size_t i = 0; i < self->resource_count; i++)
                if (self->resources[i] == resource)
                        return true;
        return false;
}

/* Somebody else may have reported an instance since the tree looked. */
static bool is_free(const LwStored *self, const LwPath *instance)
{
        const LwObject *object = lw_tree_object(self->tree, self->object);

        return !lw_holdings_has(self->holdings, instance) &&
               (object == NULL || lw_object_instance(object, instance->ids[1]) == NULL);
}

static bool is_taken(const LwPath *instance, GError **error)
{
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "/%u/%u exists already",
                        instance->ids[0], instance->ids[1]);
        return false;
}

/* Settles which instance it is. */
static bool choose(const LwStored *self, Change *change, GError **error)
{
        if (is_free(self, &change->path))
                return true;
        if (change->chosen)
                return is_taken(&change->path, error);
        for (uint16_t id = 0; id < LW_ID_MAX; id++) {
                change->path.ids[1] = id;
                if (is_free(self, &change->path))
                        return true;
        }
        return is_taken(&change->path, error);
}

static LwHoldings *apply(const LwStored *self, Change *change, GError **error)
{
        switch (change->kind) {
        case CREATE:
                if (!choose(self, change, error))
                        return NULL;
                return lw_holdings_create(self->holdings, &change->path, change->values, error);
        case WRITE:
                return lw_holdings_write(self->holdings, &change->path, change->replace,
                                change->values, error);
        case DELETE:
                return lw_holdings_delete(self->holdings, &change->path, error);
        }
        g_assert_not_reached();
}

/* --- the tree --- */

static bool add_instance(LwStored *self, const LwPath *instance, GError **error)
{
        return lw_tree_add_layer(self->tree, instance, &self->provider, LW_RANK_BUILTIN,
                        self->resources, self->resource_count, error);
}

/* The change is on the disk: the tree follows. False: it cannot, which has to be undone there. */
static bool show(LwStored *self, const Change *change, GError **error)
{
        if (change->kind == CREATE)
                return (is_free(self, &change->path) || is_taken(&change->path, error)) &&
                       add_instance(self, &change->path, error);
        if (change->kind == DELETE && change->path.length == LW_LEVEL_INSTANCE)
                lw_tree_remove_layer(self->tree, &change->path, &self->provider);
        return true;
}

/* --- the disk --- */

static void on_saved(void *user, const GError *error);

static bool save(LwStored *self, const LwHoldings *holdings, LwStateDone done, GError **error)
{
        g_autoptr(GBytes) document =
                        lw_holdings_print(holdings, lw_tree_registry(self->tree), error);

        if (document == NULL)
                return false;
        lw_state_save(self->state, self->document, VERSION, document, done, self);
        return true;
}

/* The end of the first change; `error` NULL: it is done. */
static void finish_first(LwStored *self, const GError *error)
{
        Change *change = g_queue_pop_head(&self->changes);
        LwCall *call = g_steal_pointer(&change->call);

        if (change->kind == CREATE)
                lw_call_set_created(call, &change->path);
        change_free(change);
        if (error != NULL)
                lw_call_fail(call, error);
        else
                lw_call_succeed(call);
}

/* Begins with the changes that wait, until one has to be saved. */
static void go_on(LwStored *self)
{
        while (self->draft == NULL && !g_queue_is_empty(&self->changes)) {
                g_autoptr(GError) error = NULL;
                g_autoptr(LwHoldings) draft =
                                apply(self, g_queue_peek_head(&self->changes), &error);

                if (draft == NULL || lw_holdings_equal(draft, self->holdings) ||
                                !save(self, draft, on_saved, &error))
                        finish_first(self, error);
                else
                        self->draft = g_steal_pointer(&draft);
        }
}

static void on_saved(void *user, const GError *error)
{
        LwStored *self = user;
        Change *change = g_queue_peek_head(&self->changes);
        g_autoptr(LwHoldings) draft = g_steal_pointer(&self->draft);
        g_autoptr(GError) failure = NULL;

        if (error != NULL) {
                g_set_error(&failure, LW_ERROR, LW_STATUS_FAILED, "the change cannot be kept: %s",
                                error->message);
        } else if (show(self, change, &failure)) {
                lw_holdings_free(self->holdings);
                self->holdings = g_steal_pointer(&draft);
        } else {
                save(self, self->holdings, NULL, NULL); /* as it was before */
        }
        finish_first(self, failure);
        go_on(self);
}

/* --- the provider --- */

static void take(LwStored *self, Change change, const LwValues *values)
{
        Change *kept;

        if (g_queue_get_length(&self->changes) > LW_STORED_CHANGES_MAX) {
                lw_call_fail_status(change.call, LW_STATUS_UNAVAILABLE,
                                "%d changes of object %u wait to be saved; try again later",
                                LW_STORED_CHANGES_MAX, self->object);
                return;
        }
        if (values != NULL)
                change.values = lw_values_new();
        for (size_t i = 0; values != NULL && i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (entry->path.length == LW_LEVEL_INSTANCE ||
                                (entry->path.length > LW_LEVEL_INSTANCE &&
                                                is_stored(self, entry->path.ids[2])))
                        lw_values_add(change.values, &entry->path, &entry->value);
        }
        kept = g_memdup2(&change, sizeof(change));
        g_queue_push_tail(&self->changes, kept);
        go_on(self);
}

static void read_values(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        const LwStored *self = (const LwStored *) provider;

        for (size_t i = 0; i < count; i++)
                lw_holdings_read(self->holdings, &paths[i], lw_call_values(call));
        lw_call_succeed(call);
}

/* The holdings are those that a Write would change only while none is on its way to the disk. */
static bool prepare_values(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        const LwStored *self = (const LwStored *) provider;
        g_autoptr(LwHoldings) draft = NULL;

        if (self->changes.length > 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "another change of object %u is being saved; try again",
                                self->object);
                return false;
        }
        draft = lw_holdings_write(self->holdings, target, replace, values, error);
        return draft != NULL;
}

static void write_values(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        Change change = { .kind = WRITE, .path = *target, .replace = replace, .call = call };

        take((LwStored *) provider, change, values);
}

static void create_instance(LwProvider *provider, const LwPath *instance, bool chosen,
                const LwValues *values, LwCall *call)
{
        Change change = { .kind = CREATE, .path = *instance, .chosen = chosen, .call = call };

        take((LwStored *) provider, change, values);
}

static void delete_path(LwProvider *provider, const LwPath *path, LwCall *call)
{
        Change change = { .kind = DELETE, .path = *path, .call = call };

        take((LwStored *) provider, change, NULL);
}

static const LwProviderOps ops = {
        .read = read_values,
        .prepare = prepare_values,
        .write = write_values,
        .create = create_instance,
        .delete = delete_path,
        .joins = true,
};

/* --- life --- */

/* What is stored, or nothing. */
static LwHoldings *load(LwStored *self)
{
        g_autoptr(GBytes) document = lw_state_load(self->state, self->document, VERSION);
        g_autoptr(GError) error = NULL;
        LwHoldings *holdings;

        if (document == NULL)
                return lw_holdings_new(self->object);
        holdings = lw_holdings_parse(self->object, document, lw_tree_registry(self->tree), &error);
        if (holdings != NULL)
                return holdings;
        lw_state_set_aside(self->state, self->document, error->message);
        return lw_holdings_new(self->object);
}

static void find_resources(LwStored *self)
{
        const LwObjectDef *def = lw_tree_object(self->tree, self->object)->def;

        self->resources = g_new(uint16_t, def->resource_count);
        for (size_t i = 0; i < def->resource_count; i++)
                if ((def->resources[i].operations & STORED_OPERATIONS) == STORED_OPERATIONS)
                        self->resources[self->resource_count++] = def->resources[i].id;
}

static bool add_instances(LwStored *self, GError **error)
{
        g_autofree uint16_t *ids = lw_holdings_instances(self->holdings);

        for (size_t i = 0; i < lw_holdings_instance_count(self->holdings); i++)
                if (!add_instance(self, &LW_PATH_INSTANCE(self->object, ids[i]), error))
                        return false;
        return true;
}

LwStored *lw_stored_new(LwTree *tree, LwState *state, uint16_t object, GError **error)
{
        g_autoptr(LwStored) self = g_new0(LwStored, 1);

        self->provider.ops = &ops;
        self->tree = tree;
        self->state = state;
        self->object = object;
        self->document = g_strdup_printf("stored-%u", object);
        g_queue_init(&self->changes);
        if (!lw_tree_set_creator(tree, object, &self->provider, error))
                return NULL;
        find_resources(self);
        self->holdings = load(self);
        return add_instances(self, error) ? g_steal_pointer(&self) : NULL;
}

void lw_stored_free(LwStored *self)
{
        Change *change;

        if (self == NULL)
                return;
        lw_state_forget(self->state, on_saved, self);
        lw_tree_remove_provider(self->tree, &self->provider);
        while ((change = g_queue_pop_head(&self->changes)) != NULL) {
                lw_call_fail_status(change->call, LW_STATUS_UNAVAILABLE, "the agent ends");
                change_free(change);
        }
        lw_holdings_free(self->draft);
        lw_holdings_free(self->holdings);
        g_free(self->resources);
        g_free(self->document);
        g_free(self);
}
