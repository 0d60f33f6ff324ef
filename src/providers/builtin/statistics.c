/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 7, Connectivity Statistics: what this host sent and received. */
#include "providers/builtin/statistics.h"

#include <string.h>

#include "base/log.h"
#include "model/status.h"
#include "providers/builtin/collection.h"

#define OBJECT 7
#define INSTANCE 0

enum {
        SMS_SENT = 0,
        SMS_RECEIVED = 1,
        DATA_SENT = 2,
        DATA_RECEIVED = 3,
        AVERAGE_SIZE = 5,
        PERIOD = 8
};

#define DOCUMENT "statistics"
#define VERSION 1
#define GROUP "Statistics"

#define BYTES_PER_KILOBYTE 1000

/* How old counters may be that are read. */
#define AGE_USEC LW_USEC_PER_SEC
/* How often a collection that is read is saved. */
#define SAVE_USEC (600 * LW_USEC_PER_SEC)
/* How often it is counted while it is observed. */
#define OBSERVED_USEC (10 * LW_USEC_PER_SEC)

typedef enum Kind { READ, START, STOP } Kind;

/* A row that waits for a survey, or an Execute. */
typedef struct Waiting {
        Kind kind;
        LwPath path;
        LwTableReading *reading; /* READ */
        LwCall *call;            /* the others */
} Waiting;

struct LwStatisticsObject {
        LwStatisticsParts parts;
        LwTable *table;
        LwCollection *collection;
        uint32_t period_seconds;
        int64_t ends_usec; /* real time; 0: by Stop alone */
        LwUsec deadline;   /* the same, on the clock of the loop */
        LwUsec count_deadline, saved;
        LwUsec gone;       /* when a link went last */
        unsigned observed; /* counters that are */
        bool has_sms, is_added;
        bool is_ending;                  /* the period is over, and the last survey under way */
        uint64_t sms_sent, sms_received; /* by the modems, when they were looked at last */
        GArray *waiting;                 /* of Waiting */
};

static const LwPath instance_path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

/* --- what is kept --- */

static void save(LwStatisticsObject *self)
{
        g_autoptr(GKeyFile) document = g_key_file_new();
        g_autoptr(GBytes) bytes = NULL;
        size_t length;
        char *text;

        g_key_file_set_uint64(document, GROUP, "PeriodSeconds", self->period_seconds);
        g_key_file_set_int64(document, GROUP, "EndsUsec", self->ends_usec);
        lw_collection_print(self->collection, document);
        text = g_key_file_to_data(document, &length, NULL);
        bytes = g_bytes_new_take(text, length);
        lw_state_save(self->parts.state, DOCUMENT, VERSION, bytes, NULL, NULL);
        self->saved = lw_driver_now(self->parts.driver).boot;
}

void lw_statistics_object_flush(LwStatisticsObject *self)
{
        if (lw_collection_is_running(self->collection))
                save(self);
}

/* The end of a collection that was under way, on this boot's clock. */
static void arm(LwStatisticsObject *self)
{
        LwNow now = lw_driver_now(self->parts.driver);
        int64_t left = self->ends_usec - now.real_usec;

        self->deadline = LW_USEC_NEVER;
        if (lw_collection_is_running(self->collection) && self->ends_usec != 0)
                self->deadline = lw_usec_add(now.boot, left > 0 ? (LwUsec) left : 0);
}

static void load(LwStatisticsObject *self)
{
        g_autoptr(GBytes) bytes = lw_state_load(self->parts.state, DOCUMENT, VERSION);
        g_autoptr(GKeyFile) document = g_key_file_new();
        g_autoptr(GError) error = NULL;
        guint64 period;

        if (bytes == NULL)
                return;
        if (!g_key_file_load_from_bytes(document, bytes, G_KEY_FILE_NONE, &error)) {
                lw_state_set_aside(self->parts.state, DOCUMENT, error->message);
                return;
        }
        period = g_key_file_get_uint64(document, GROUP, "PeriodSeconds", NULL);
        self->period_seconds = (uint32_t) MIN(period, G_MAXINT32);
        self->ends_usec = MAX(g_key_file_get_int64(document, GROUP, "EndsUsec", NULL), 0);
        lw_collection_parse(self->collection, document);
        arm(self);
}

/* --- the end of a survey --- */

static void tell_counters(LwStatisticsObject *self)
{
        static const uint16_t counters[] = { SMS_SENT, SMS_RECEIVED, DATA_SENT, DATA_RECEIVED,
                AVERAGE_SIZE };

        for (size_t i = 0; i < G_N_ELEMENTS(counters); i++) {
                LwPath path = lw_path_child(&instance_path, counters[i]);

                lw_tree_changed(self->parts.tree, &path);
        }
}

static int64_t average_size(const LwTotals *totals)
{
        uint64_t packets = totals->rx_packets + totals->tx_packets;

        return packets == 0 ? 0 : (int64_t) ((totals->rx_bytes + totals->tx_bytes) / packets);
}

static int64_t value_of(const LwTotals *totals, uint16_t resource)
{
        switch (resource) {
        case SMS_SENT:
                return (int64_t) totals->sms_sent;
        case SMS_RECEIVED:
                return (int64_t) totals->sms_received;
        case DATA_SENT:
                return (int64_t) (totals->tx_bytes / BYTES_PER_KILOBYTE);
        case DATA_RECEIVED:
                return (int64_t) (totals->rx_bytes / BYTES_PER_KILOBYTE);
        default:
                return average_size(totals);
        }
}

static void start(LwStatisticsObject *self, const LwLinks *links)
{
        int64_t now_usec = lw_driver_now(self->parts.driver).real_usec;

        self->is_ending = false;
        lw_collection_start(self->collection, links);
        self->ends_usec =
                        self->period_seconds == 0
                                        ? 0
                                        : now_usec + (int64_t) self->period_seconds *
                                                                          (int64_t) LW_USEC_PER_SEC;
        arm(self);
        save(self);
        tell_counters(self);
}

static void stop(LwStatisticsObject *self)
{
        if (!lw_collection_is_running(self->collection))
                return;
        lw_collection_stop(self->collection);
        self->deadline = LW_USEC_NEVER;
        save(self);
        tell_counters(self);
}

static void settle(LwStatisticsObject *self, const Waiting *waiting, const LwLinks *links)
{
        if (waiting->kind == READ) {
                lw_table_reading_add(waiting->reading, &waiting->path,
                                lw_value_integer(value_of(lw_collection_totals(self->collection),
                                                waiting->path.ids[2])));
                lw_table_reading_release(waiting->reading, NULL);
                return;
        }
        if (links == NULL) {
                lw_call_fail_status(waiting->call, LW_STATUS_UNAVAILABLE,
                                "the kernel does not tell what the network links carried");
                return;
        }
        if (waiting->kind == START)
                start(self, links);
        else
                stop(self);
        lw_call_succeed(waiting->call);
}

static void on_survey(void *user, const LwSurvey *survey)
{
        LwStatisticsObject *self = user;
        g_autoptr(GArray) waiting = g_steal_pointer(&self->waiting);
        LwNow now = lw_driver_now(self->parts.driver);
        LwTotals before = *lw_collection_totals(self->collection);

        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        /* One that was begun before a link went may still have it, and would count it twice. */
        if (survey->links != NULL && survey->begun > self->gone)
                lw_collection_count(self->collection, survey->links);
        for (guint i = 0; i < waiting->len; i++)
                settle(self, &g_array_index(waiting, Waiting, i), survey->links);
        if (!lw_collection_is_running(self->collection))
                return;
        if (self->observed > 0 && memcmp(&before, lw_collection_totals(self->collection),
                                                  sizeof(before)) != 0)
                tell_counters(self);
        if (now.boot - self->saved >= SAVE_USEC)
                save(self);
}

static void on_last_survey(void *user, const LwSurvey *survey)
{
        LwStatisticsObject *self = user;

        on_survey(self, survey);
        if (self->is_ending) /* nobody has started it anew */
                stop(self);
        self->is_ending = false;
}

static void ask(LwStatisticsObject *self, const Waiting *waiting)
{
        g_array_append_val(self->waiting, *waiting);
        lw_surveyor_ask(self->parts.surveyor, waiting->kind == READ ? AGE_USEC : 0, on_survey,
                        self);
}

/* --- rows --- */

static void read_counter(void *context, const LwPath *path, LwTableReading *reading)
{
        Waiting waiting = { .kind = READ, .path = *path, .reading = reading };
        LwStatisticsObject *self = context;

        lw_table_reading_hold(reading);
        if (lw_collection_is_running(self->collection))
                ask(self, &waiting);
        else
                settle(self, &waiting, NULL);
}

static void execute_start(void *context, const LwPath *path, const char *arguments G_GNUC_UNUSED,
                LwCall *call)
{
        ask(context, &(Waiting){ .kind = START, .path = *path, .call = call });
}

static void execute_stop(void *context, const LwPath *path, const char *arguments G_GNUC_UNUSED,
                LwCall *call)
{
        ask(context, &(Waiting){ .kind = STOP, .path = *path, .call = call });
}

static void read_period(void *context, const LwPath *path, LwTableReading *reading)
{
        const LwStatisticsObject *self = context;

        lw_table_reading_add(reading, path, lw_value_integer(self->period_seconds));
}

static bool write_period(void *draft, const LwValue *value, GError **error)
{
        uint32_t *period = draft;

        if (value == NULL) {
                *period = 0;
                return true;
        }
        if (value->integer < 0 || value->integer > G_MAXINT32) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the collection period must be 0 to %d seconds", G_MAXINT32);
                return false;
        }
        *period = (uint32_t) value->integer;
        return true;
}

static void *prepare_write(
                void *context, const LwPath *instance G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
        const LwStatisticsObject *self = context;

        return g_memdup2(&self->period_seconds, sizeof(self->period_seconds));
}

/* Of the next collection: one that is under way keeps what it began with. */
static void commit_write(
                void *context, const LwPath *instance G_GNUC_UNUSED, void *draft, LwCall *call)
{
        LwStatisticsObject *self = context;
        g_autofree uint32_t *period = draft;
        LwPath path = lw_path_child(&instance_path, PERIOD);

        if (*period != self->period_seconds) {
                self->period_seconds = *period;
                save(self);
                lw_tree_changed(self->parts.tree, &path);
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
        { SMS_SENT,      .read    = read_counter                         },
        { SMS_RECEIVED,  .read    = read_counter                         },
        { DATA_SENT,     .read    = read_counter                         },
        { DATA_RECEIVED, .read    = read_counter                         },
        { AVERAGE_SIZE,  .read    = read_counter                         },
        { 6,             .execute = execute_start                        },
        { 7,             .execute = execute_stop                         },
        { PERIOD,        .read    = read_period, .write   = write_period },
};
/* clang-format on */

const LwTableRow *lw_statistics_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

/* --- while it is observed, and the end of the period --- */

static unsigned count_counters(const LwPath *paths, size_t count)
{
        unsigned counters = 0;

        for (size_t i = 0; i < count; i++)
                counters += paths[i].length >= LW_LEVEL_RESOURCE && paths[i].ids[2] <= AVERAGE_SIZE;
        return counters;
}

static void on_observe(void *context, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwStatisticsObject *self = context;

        self->observed += count_counters(added, added_count);
        self->observed -= count_counters(dropped, dropped_count);
        if (self->observed == 0)
                self->count_deadline = LW_USEC_NEVER;
        else if (self->count_deadline == LW_USEC_NEVER)
                self->count_deadline =
                                lw_usec_add(lw_driver_now(self->parts.driver).boot, OBSERVED_USEC);
}

static LwUsec deadline(void *user)
{
        const LwStatisticsObject *self = user;

        return lw_collection_is_running(self->collection)
                               ? lw_usec_min(self->deadline, self->count_deadline)
                               : LW_USEC_NEVER;
}

static void run(void *user, LwNow now)
{
        LwStatisticsObject *self = user;
        bool is_over = now.boot >= self->deadline;

        if (self->count_deadline != LW_USEC_NEVER)
                self->count_deadline = lw_usec_add(now.boot, OBSERVED_USEC);
        if (is_over) {
                self->deadline = LW_USEC_NEVER;
                self->is_ending = true;
        }
        lw_surveyor_ask(self->parts.surveyor, is_over ? 0 : AGE_USEC,
                        is_over ? on_last_survey : on_survey, self);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

/* --- the object --- */

LwStatisticsObject *lw_statistics_object_new(const LwStatisticsParts *parts)
{
        LwStatisticsObject *self = g_new0(LwStatisticsObject, 1);

        self->parts = *parts;
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), &writer, self);
        lw_table_watch(self->table, on_observe);
        self->collection = lw_collection_new(parts->boot);
        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        self->deadline = self->count_deadline = LW_USEC_NEVER;
        self->saved = lw_driver_now(parts->driver).boot;
        load(self);
        lw_driver_add(parts->driver, &driver_client, self);
        return self;
}

void lw_statistics_object_free(LwStatisticsObject *self)
{
        if (self == NULL)
                return;
        lw_surveyor_forget(self->parts.surveyor, self);
        for (guint i = 0; i < self->waiting->len; i++)
                settle(self, &g_array_index(self->waiting, Waiting, i), NULL);
        lw_driver_remove(self->parts.driver, &driver_client, self);
        lw_tree_remove_provider(self->parts.tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        lw_collection_free(self->collection);
        g_array_unref(self->waiting);
        g_free(self);
}

bool lw_statistics_object_add(LwStatisticsObject *self, GError **error)
{
        uint16_t resources[G_N_ELEMENTS(rows)];
        size_t count = 0;

        self->is_added = true;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (self->has_sms || rows[i].id > SMS_RECEIVED)
                        resources[count++] = rows[i].id;
        return lw_tree_add_layer(self->parts.tree, &instance_path, lw_table_provider(self->table),
                        LW_RANK_BUILTIN, resources, count, error);
}

void lw_statistics_object_gone(LwStatisticsObject *self, const LwLinks *links)
{
        if (lw_links_gone_count(links) > 0)
                self->gone = lw_driver_now(self->parts.driver).boot;
        for (size_t i = 0; i < lw_links_gone_count(links); i++)
                lw_collection_count_gone(self->collection, lw_links_gone_at(links, i));
}

void lw_statistics_object_modems(LwStatisticsObject *self, const GPtrArray *modems)
{
        uint64_t sent = 0, received = 0;
        g_autoptr(GError) error = NULL;
        bool has_sms = false;

        for (guint i = 0; i < modems->len; i++) {
                const LwModem *modem = modems->pdata[i];

                has_sms = has_sms || modem->has_messages;
                sent += modem->sms_sent;
                received += modem->sms_received;
        }
        /* A modem that went takes its count with it. */
        lw_collection_count_sms(self->collection, sent > self->sms_sent ? sent - self->sms_sent : 0,
                        received > self->sms_received ? received - self->sms_received : 0);
        if (sent > self->sms_sent || received > self->sms_received)
                tell_counters(self);
        self->sms_sent = sent;
        self->sms_received = received;
        if (has_sms == self->has_sms || !self->is_added)
                return;
        self->has_sms = has_sms;
        if (!lw_statistics_object_add(self, &error))
                lw_log(G_LOG_LEVEL_WARNING, "object 7 cannot show short messages: %s",
                                error->message);
}
