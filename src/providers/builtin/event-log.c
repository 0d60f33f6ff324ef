/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 20, Event Log: what the journal of this host has. */
#include "providers/builtin/event-log.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/log-book.h"
#include "tree/arguments.h"

#define OBJECT 20
#define INSTANCE 0

enum {
        LOG_CLASS = 4010,
        LOG_START = 4011,
        LOG_STOP = 4012,
        LOG_STATUS = 4013,
        LOG_DATA = 4014,
        LOG_FORMAT = 4015
};

/* Bits of LogStatus. */
#define STATUS_STOPPED 1
#define STATUS_DATA 2
#define STATUS_ERROR 4

#define DOCUMENT "event-log"
#define VERSION 1

/* How often the journal is looked at while the object is observed. */
#define OBSERVED_USEC (5 * LW_USEC_PER_SEC)

/* A row that waits for the journal. */
typedef struct Waiting {
        LwPath path;
        LwTableReading *reading;
} Waiting;

/* A look at the journal; the worker's while it runs. */
typedef struct Job {
        LwEventLogObject *object; /* not touched by the worker; NULL: it is gone */
        bool is_probe;
        char *directory;
        LwJournalFilter filter;
        LwLogBook book;
        int result;
        LwJournalText text;
} Job;

struct LwEventLogObject {
        LwEventLogParts parts;
        LwTable *table;
        LwLogBook book;
        bool has_failed;
        int64_t last_usec; /* of the newest entry that was seen */
        unsigned observed;
        LwUsec deadline;
        Job *job;        /* NULL: nothing is under way */
        bool is_again;   /* rows came while it was */
        GArray *waiting; /* of Waiting: for the next job */
        GArray *served;  /* of Waiting: for this one */
};

static const LwPath instance_path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

static void look(LwEventLogObject *self);

/* --- what is collected --- */

static int64_t real_now(const LwEventLogObject *self)
{
        return lw_driver_now(self->parts.driver).real_usec;
}

static void save(LwEventLogObject *self)
{
        g_autoptr(GBytes) bytes = lw_log_book_print(&self->book);

        lw_state_save(self->parts.state, DOCUMENT, VERSION, bytes, NULL, NULL);
}

static void load(LwEventLogObject *self)
{
        g_autoptr(GBytes) bytes = lw_state_load(self->parts.state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        self->book = lw_log_book();
        if (bytes != NULL && lw_log_book_parse(&self->book, bytes, &error))
                return;
        if (bytes != NULL)
                lw_state_set_aside(self->parts.state, DOCUMENT, error->message);
        lw_log_book_begin(&self->book, real_now(self));
        save(self);
}

/* --- looking --- */

static void run_job(void *data)
{
        Job *job = data;

        if (job->is_probe)
                job->result = lw_journal_probe(job->directory);
        else
                job->result = lw_journal_read(job->directory, &job->filter, job->book.spans,
                                job->book.count, LW_EVENT_LOG_MAX, &job->text);
}

static void job_free(Job *self)
{
        lw_journal_text_clear(&self->text);
        g_strfreev(self->filter.units);
        g_free(self->directory);
        g_free(self);
}

static void answer(LwEventLogObject *self, const Waiting *row, const LwJournalText *text)
{
        const GByteArray *lines = text->lines;
        int64_t status = (lw_log_book_is_running(&self->book) ? 0 : STATUS_STOPPED) |
                         (lines != NULL && lines->len > 0 ? STATUS_DATA : 0) |
                         (self->has_failed ? STATUS_ERROR : 0);

        if (row->path.ids[2] == LOG_STATUS)
                lw_table_reading_add(row->reading, &row->path, lw_value_integer(status));
        else
                lw_table_reading_add(row->reading, &row->path,
                                lw_value_data(lines != NULL ? lines->data : NULL,
                                                lines != NULL ? lines->len : 0));
        lw_table_reading_release(row->reading, NULL);
}

static void answer_all(LwEventLogObject *self, GArray *rows, const LwJournalText *text)
{
        for (guint i = 0; i < rows->len; i++)
                answer(self, &g_array_index(rows, Waiting, i), text);
        g_array_set_size(rows, 0);
}

static void add_instance(LwEventLogObject *self);

static void tell(LwEventLogObject *self, uint16_t resource)
{
        LwPath path = lw_path_child(&instance_path, resource);

        lw_tree_changed(self->parts.tree, &path);
}

static void take_text(LwEventLogObject *self, const Job *job)
{
        bool has_failed = job->result < 0;

        if (has_failed != self->has_failed)
                tell(self, LOG_STATUS);
        self->has_failed = has_failed;
        if (self->observed > 0 && job->text.last_usec > self->last_usec) {
                tell(self, LOG_STATUS);
                tell(self, LOG_DATA);
        }
        self->last_usec = MAX(self->last_usec, job->text.last_usec);
        answer_all(self, self->served, &job->text);
}

static void on_done(void *data, bool cancelled)
{
        Job *job = data;
        LwEventLogObject *self = job->object;

        if (self == NULL || cancelled) {
                job_free(job);
                return;
        }
        self->job = NULL;
        if (!job->is_probe)
                take_text(self, job);
        else if (job->result >= 0)
                add_instance(self);
        else
                lw_log(G_LOG_LEVEL_INFO, "object 20 is not offered: the journal %s",
                                job->result == -ENOENT
                                                ? "is not there"
                                                : "cannot be read; the drop-in lwm2md-journal.conf "
                                                  "of the examples opens it");
        job_free(job);
        if (self->is_again)
                look(self);
}

static void start_job(LwEventLogObject *self, bool is_probe)
{
        Job *job = g_new0(Job, 1);
        GArray *rows = self->served;

        *job = (Job){ .object = self,
                .is_probe = is_probe,
                .directory = g_strdup(self->parts.directory),
                .filter = { self->parts.filter.priority, g_strdupv(self->parts.filter.units) },
                .book = self->book };
        self->is_again = false;
        self->served = self->waiting;
        self->waiting = rows;
        if (lw_worker_add(self->parts.worker, run_job, on_done, job)) {
                self->job = job;
                return;
        }
        job->result = -EAGAIN;
        take_text(self, job);
        job_free(job);
}

static void look(LwEventLogObject *self)
{
        if (self->job != NULL)
                self->is_again = true;
        else
                start_job(self, false);
}

/* --- rows --- */

static void read_journal(void *context, const LwPath *path, LwTableReading *reading)
{
        LwEventLogObject *self = context;
        Waiting row = { *path, reading };

        lw_table_reading_hold(reading);
        g_array_append_val(self->waiting, row);
        look(self);
}

static void read_class(void *context, const LwPath *path, LwTableReading *reading)
{
        const LwEventLogObject *self = context;

        lw_table_reading_add(reading, path, lw_value_integer(self->book.class));
}

/* A sequence of bytes: lines of text. */
static void read_format(void *context G_GNUC_UNUSED, const LwPath *path, LwTableReading *reading)
{
        lw_table_reading_add(reading, path, lw_value_integer(0));
}

static bool write_class(void *draft, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        *(int64_t *) draft = value == NULL ? LW_LOG_CLASS_SYSTEM : value->integer;
        return true;
}

static bool write_format(void *draft G_GNUC_UNUSED, const LwValue *value, GError **error)
{
        if (value == NULL || value->integer == 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "the log is written as lines of text; the data format must be 0");
        return false;
}

/* Argument 0 is 0, which is as none, or 1. */
static bool read_option(const char *arguments, bool *ret_option, LwCall *call)
{
        g_autofree char *value = lw_arguments_get(arguments, 0);

        *ret_option = g_strcmp0(value, "1") == 0;
        if (value == NULL || *ret_option || strcmp(value, "0") == 0)
                return true;
        lw_call_fail_status(call, LW_STATUS_BAD_REQUEST, "argument 0 must be 0 or 1");
        return false;
}

static void finish_execute(LwEventLogObject *self, LwCall *call)
{
        save(self);
        tell(self, LOG_STATUS);
        tell(self, LOG_DATA);
        lw_call_succeed(call);
}

static void execute_start(void *context, const LwPath *path G_GNUC_UNUSED, const char *arguments,
                LwCall *call)
{
        LwEventLogObject *self = context;
        bool extends;

        if (!read_option(arguments, &extends, call))
                return;
        if (!extends)
                self->book.count = 0;
        if (!lw_log_book_is_running(&self->book))
                lw_log_book_begin(&self->book, real_now(self));
        finish_execute(self, call);
}

static void execute_stop(void *context, const LwPath *path G_GNUC_UNUSED, const char *arguments,
                LwCall *call)
{
        LwEventLogObject *self = context;
        bool empties;

        if (!read_option(arguments, &empties, call))
                return;
        lw_log_book_end(&self->book, real_now(self));
        if (empties)
                self->book.count = 0;
        finish_execute(self, call);
}

static void *prepare_write(
                void *context, const LwPath *instance G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        const LwEventLogObject *self = context;

        return g_memdup2(&self->book.class, sizeof(self->book.class));
}

static void commit_write(
                void *context, const LwPath *instance G_GNUC_UNUSED, void *draft, LwCall *call)
{
        LwEventLogObject *self = context;
        g_autofree int64_t *class = draft;

        if (*class != self->book.class) {
                self->book.class = *class;
                save(self);
                tell(self, LOG_CLASS);
        }
        lw_call_succeed(call);
}

static const LwTableWriter writer = {
        .prepare = prepare_write,
        .discard = g_free,
        .commit = commit_write,
};

/* clang-format off */
static const LwTableRow rows[] = {
        { LOG_CLASS,  .read    = read_class,  .write = write_class  },
        { LOG_START,  .execute = execute_start                      },
        { LOG_STOP,   .execute = execute_stop                       },
        { LOG_STATUS, .read    = read_journal                       },
        { LOG_DATA,   .read    = read_journal                       },
        { LOG_FORMAT, .read    = read_format, .write = write_format },
};
/* clang-format on */

const LwTableRow *lw_event_log_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

/* --- while it is observed --- */

static unsigned count_journal(const LwPath *paths, size_t count)
{
        unsigned found = 0;

        for (size_t i = 0; i < count; i++)
                found += paths[i].ids[2] == LOG_STATUS || paths[i].ids[2] == LOG_DATA;
        return found;
}

static void on_observe(void *context, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwEventLogObject *self = context;

        self->observed += count_journal(added, added_count);
        self->observed -= MIN(count_journal(dropped, dropped_count), self->observed);
        self->deadline = self->observed == 0 ? LW_USEC_NEVER
                                             : lw_usec_add(lw_driver_now(self->parts.driver).boot,
                                                               OBSERVED_USEC);
}

static LwUsec deadline(void *user)
{
        const LwEventLogObject *self = user;

        return self->deadline;
}

static void run(void *user, LwNow now)
{
        LwEventLogObject *self = user;

        self->deadline = lw_usec_add(now.boot, OBSERVED_USEC);
        look(self);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

/* --- the object --- */

static void add_instance(LwEventLogObject *self)
{
        uint16_t resources[G_N_ELEMENTS(rows)];
        g_autoptr(GError) error = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                resources[i] = rows[i].id;
        if (!lw_tree_add_layer(self->parts.tree, &instance_path, lw_table_provider(self->table),
                            LW_RANK_BUILTIN, resources, G_N_ELEMENTS(rows), &error))
                lw_log(G_LOG_LEVEL_WARNING, "object 20 is not offered: %s", error->message);
}

LwEventLogObject *lw_event_log_object_new(const LwEventLogParts *parts)
{
        LwEventLogObject *self = g_new0(LwEventLogObject, 1);

        self->parts = *parts;
        self->parts.filter.units = g_strdupv(parts->filter.units);
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), &writer, self);
        lw_table_watch(self->table, on_observe);
        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        self->served = g_array_new(FALSE, FALSE, sizeof(Waiting));
        self->deadline = LW_USEC_NEVER;
        load(self);
        lw_driver_add(parts->driver, &driver_client, self);
        start_job(self, true);
        return self;
}

void lw_event_log_object_free(LwEventLogObject *self)
{
        static const LwJournalText nothing;

        if (self == NULL)
                return;
        if (self->job != NULL)
                self->job->object = NULL;
        answer_all(self, self->served, &nothing);
        answer_all(self, self->waiting, &nothing);
        lw_driver_remove(self->parts.driver, &driver_client, self);
        lw_tree_remove_provider(self->parts.tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        g_strfreev(self->parts.filter.units);
        g_array_unref(self->waiting);
        g_array_unref(self->served);
        g_free(self);
}
