/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTable: a provider made of a table of rows, one for each resource. */
#include "providers/builtin/table.h"

#include "base/spare.h"
#include "model/status.h"

struct LwTable {
        LwProvider provider; /* first: a provider is found by it */
        const LwTableRow *rows;
        size_t count;
        const LwTableWriter *writer;
        LwTableObserve observe; /* NULL: nobody wants to know */
        void *context;
};

struct LwTableReading {
        LwCall *call;
        unsigned holds;
        GError *error;
};

static LwSpare spare; /* of LwTableReading */

static void read_rows(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call);
static bool prepare_rows(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, GError **error);
static void write_rows(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call);
static void execute_row(
                LwProvider *provider, const LwPath *path, const char *arguments, LwCall *call);

static void observe_rows(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count);

static const LwProviderOps table_ops = {
        .read = read_rows,
        .prepare = prepare_rows,
        .write = write_rows,
        .execute = execute_row,
};

static const LwProviderOps watching_ops = {
        .read = read_rows,
        .prepare = prepare_rows,
        .write = write_rows,
        .execute = execute_row,
        .observe = observe_rows,
};

LwTable *lw_table_new(
                const LwTableRow *rows, size_t count, const LwTableWriter *writer, void *context)
{
        LwTable *self = g_new(LwTable, 1);

        *self = (LwTable){ .provider = { &table_ops },
                .rows = rows,
                .count = count,
                .writer = writer,
                .context = context };
        return self;
}

void lw_table_free(LwTable *self)
{
        g_free(self);
}

LwProvider *lw_table_provider(LwTable *self)
{
        return &self->provider;
}

const LwTableRow *lw_table_row(const LwTableRow *rows, size_t count, uint16_t id)
{
        for (size_t i = 0; i < count; i++)
                if (rows[i].id == id)
                        return &rows[i];
        return NULL;
}

static const LwTableRow *find(const LwTable *self, const LwPath *path)
{
        return lw_table_row(self->rows, self->count, path->ids[2]);
}

LwValues *lw_table_reading_values(LwTableReading *self)
{
        return lw_call_values(self->call);
}

LwNow lw_table_reading_now(const LwTableReading *self)
{
        return lw_call_now(self->call);
}

void lw_table_reading_add(LwTableReading *self, const LwPath *path, LwValue value)
{
        lw_values_add(lw_call_values(self->call), path, &value);
}

void lw_table_reading_hold(LwTableReading *self)
{
        self->holds++;
}

void lw_table_reading_release(LwTableReading *self, const GError *error)
{
        g_autoptr(GError) first = NULL;
        LwCall *call = self->call;

        if (error != NULL && self->error == NULL)
                self->error = g_error_copy(error);
        if (--self->holds > 0)
                return;
        first = self->error;
        lw_spare_give(&spare, self);
        if (first != NULL)
                lw_call_fail(call, first);
        else
                lw_call_succeed(call);
}

static void read_rows(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwTable *self = (LwTable *) provider;
        LwTableReading *reading = lw_spare_take(&spare, sizeof(*reading));

        /* Our own hold, so that rows that answer at once do not end it between them. */
        *reading = (LwTableReading){ .call = call, .holds = 1 };
        for (size_t i = 0; i < count; i++) {
                const LwTableRow *row = find(self, &paths[i]);

                if (row != NULL && row->read != NULL)
                        row->read(self->context, &paths[i], reading);
        }
        lw_table_reading_release(reading, NULL);
}

/* What a Replace does not name goes, where it can. */
static bool remove_unnamed(LwTable *self, const LwPath *instance, const LwValues *values,
                void *draft, GError **error)
{
        for (size_t i = 0; i < self->count; i++) {
                LwPath path = lw_path_child(instance, self->rows[i].id);

                if (self->rows[i].write != NULL && lw_values_find(values, &path) == NULL &&
                                !self->rows[i].write(draft, NULL, error))
                        return false;
        }
        return true;
}

static bool fill_draft(LwTable *self, const LwValues *values, void *draft, GError **error)
{
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                const LwTableRow *row;

                if (entry->path.length < LW_LEVEL_RESOURCE)
                        continue; /* "this instance, empty" */
                row = find(self, &entry->path);
                if (row == NULL || row->write == NULL) {
                        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                        "resource %u cannot be written on this host",
                                        entry->path.ids[2]);
                        return false;
                }
                if (!row->write(draft, &entry->value, error))
                        return false;
        }
        return true;
}

/* The content that a Write makes; NULL: it is refused. */
static void *make_draft(LwTable *self, const LwPath *target, bool replace, const LwValues *values,
                GError **error)
{
        LwPath instance = lw_path_prefix(target, LW_LEVEL_INSTANCE);
        void *draft;

        if (self->writer == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                "nothing of object %u can be written on this host", target->ids[0]);
                return NULL;
        }
        draft = self->writer->prepare(self->context, &instance, error);
        if (draft == NULL)
                return NULL;
        if (fill_draft(self, values, draft, error) &&
                        (!replace || target->length != LW_LEVEL_INSTANCE ||
                                        remove_unnamed(self, &instance, values, draft, error)))
                return draft;
        self->writer->discard(draft);
        return NULL;
}

static bool prepare_rows(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        LwTable *self = (LwTable *) provider;
        void *draft = make_draft(self, target, replace, values, error);

        if (draft == NULL)
                return false;
        self->writer->discard(draft);
        return true;
}

static void write_rows(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        LwTable *self = (LwTable *) provider;
        LwPath instance = lw_path_prefix(target, LW_LEVEL_INSTANCE);
        g_autoptr(GError) error = NULL;
        void *draft = make_draft(self, target, replace, values, &error);

        if (draft == NULL)
                lw_call_fail(call, error);
        else
                self->writer->commit(self->context, &instance, draft, call);
}

static void execute_row(
                LwProvider *provider, const LwPath *path, const char *arguments, LwCall *call)
{
        LwTable *self = (LwTable *) provider;
        const LwTableRow *row = find(self, path);

        if (row == NULL || row->execute == NULL) {
                lw_call_fail_status(call, LW_STATUS_NOT_PERMITTED,
                                "resource %u cannot be executed on this host", path->ids[2]);
                return;
        }
        row->execute(self->context, path, arguments, call);
}

static void observe_rows(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwTable *self = (LwTable *) provider;

        self->observe(self->context, added, added_count, dropped, dropped_count);
}

void lw_table_watch(LwTable *self, LwTableObserve observe)
{
        self->observe = observe;
        self->provider.ops = &watching_ops;
}
