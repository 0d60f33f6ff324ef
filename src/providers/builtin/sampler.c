/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSampler: measures channels of chips in the worker, so that a slow one holds up nobody else. */
#include "providers/builtin/sampler.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* Jobs of chips that are not slow which the worker has at a time: its other customers wait behind
 * these and no more. */
#define JOBS_MAX 4
/* A chip that took longer for all that it was asked is slow. */
#define SLOW_USEC (50 * LW_USEC_PER_MSEC)

typedef struct Result {
        const LwChannel *channel;
        LwSample sample;
} Result;

typedef struct Batch Batch;

/* A chip that somebody asked for. */
typedef struct Station {
        LwChip *chip;
        GPtrArray *wanted; /* of LwChannel */
        Batch *batch;      /* under way; NULL: none */
        bool is_queued, is_slow;
} Station;

/* What the worker does; its alone while it runs, but for the chip, which never changes. */
struct Batch {
        LwSampler *sampler; /* NULL: gone meanwhile */
        Station *station;   /* NULL: gone meanwhile */
        LwChip *chip;
        int root_fd;
        bool is_slow;
        LwUsec took;
        size_t count;
        Result results[];
};

struct LwSampler {
        LwWorker *worker;
        int root_fd;
        LwSampled sampled;
        void *user;
        GHashTable *stations; /* LwChip to Station */
        GHashTable *batches;  /* under way */
        GQueue queue;         /* of Station, not slow, waiting for a job */
        unsigned jobs;        /* under way, not slow */
};

static void station_free(void *data)
{
        Station *self = data;

        if (self->batch != NULL)
                self->batch->station = NULL;
        lw_chip_unref(self->chip);
        g_ptr_array_unref(self->wanted);
        g_free(self);
}

LwSampler *lw_sampler_new(LwWorker *worker, int root_fd, LwSampled sampled, void *user)
{
        LwSampler *self = g_new0(LwSampler, 1);

        self->worker = worker;
        self->root_fd = root_fd;
        self->sampled = sampled;
        self->user = user;
        self->stations = g_hash_table_new_full(NULL, NULL, NULL, station_free);
        self->batches = g_hash_table_new(NULL, NULL);
        g_queue_init(&self->queue);
        return self;
}

/* --- in the worker ---------------------------------------------------------------------------- */

static LwUsec clock_usec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (LwUsec) now.tv_sec * LW_USEC_PER_SEC + (LwUsec) now.tv_nsec / 1000;
}

static void run_batch(void *data)
{
        Batch *self = data;
        LwUsec begin = clock_usec();

        for (size_t i = 0; i < self->count; i++) {
                Result *result = &self->results[i];

                result->sample.error = lw_chip_measure(
                                self->chip, result->channel, self->root_fd, result->sample.values);
                result->sample.is_alarmed =
                                lw_chip_is_alarmed(self->chip, result->channel, self->root_fd);
        }
        self->took = clock_usec() - begin;
}

/* --- in the loop ------------------------------------------------------------------------------ */

static void go_on(LwSampler *self);

static void batch_free(Batch *self)
{
        lw_chip_unref(self->chip);
        g_free(self);
}

static void tell(LwSampler *self, const Batch *batch)
{
        for (size_t i = 0; i < batch->count && batch->station != NULL; i++)
                self->sampled(self->user, batch->chip, batch->results[i].channel,
                                &batch->results[i].sample);
}

static void enqueue(LwSampler *self, Station *station)
{
        if (station->batch != NULL || station->is_queued || station->wanted->len == 0)
                return;
        station->is_queued = true;
        g_queue_push_tail(&self->queue, station);
}

/* The station may be gone: who is told may forget it. */
static void detach(LwSampler *self, Batch *batch)
{
        if (batch->station == NULL)
                return;
        batch->station->batch = NULL;
        enqueue(self, batch->station);
}

static void on_measured(void *data, bool cancelled)
{
        Batch *batch = data;
        LwSampler *self = batch->sampler;
        Station *station = batch->station;

        if (self != NULL) {
                g_hash_table_remove(self->batches, batch);
                self->jobs -= !batch->is_slow;
                if (station != NULL)
                        station->is_slow = batch->took > SLOW_USEC;
                if (!cancelled)
                        tell(self, batch);
                detach(self, batch);
                go_on(self);
        }
        batch_free(batch);
}

static Batch *make_batch(LwSampler *self, Station *station)
{
        Batch *batch = g_malloc0(sizeof(Batch) + station->wanted->len * sizeof(Result));

        batch->sampler = self;
        batch->station = station;
        batch->chip = lw_chip_ref(station->chip);
        batch->root_fd = self->root_fd;
        batch->is_slow = station->is_slow;
        batch->count = station->wanted->len;
        for (size_t i = 0; i < batch->count; i++)
                batch->results[i].channel = station->wanted->pdata[i];
        g_ptr_array_set_size(station->wanted, 0);
        return batch;
}

static void start(LwSampler *self, Station *station)
{
        Batch *batch = make_batch(self, station);
        bool added = batch->is_slow ? lw_worker_add_slow(
                                                      self->worker, run_batch, on_measured, batch)
                                    : lw_worker_add(self->worker, run_batch, on_measured, batch);

        station->batch = batch;
        if (added) {
                self->jobs += !batch->is_slow;
                g_hash_table_add(self->batches, batch);
                return;
        }
        for (size_t i = 0; i < batch->count; i++)
                batch->results[i].sample.error = -EAGAIN;
        tell(self, batch);
        detach(self, batch);
        batch_free(batch);
}

static void go_on(LwSampler *self)
{
        while (self->jobs < JOBS_MAX && !g_queue_is_empty(&self->queue)) {
                Station *station = g_queue_pop_head(&self->queue);

                station->is_queued = false;
                start(self, station);
        }
}

void lw_sampler_want(LwSampler *self, LwChip *chip, const LwChannel *channel)
{
        Station *station = g_hash_table_lookup(self->stations, chip);

        if (station == NULL) {
                station = g_new0(Station, 1);
                station->chip = lw_chip_ref(chip);
                station->wanted = g_ptr_array_new();
                g_hash_table_insert(self->stations, chip, station);
        }
        if (g_ptr_array_find(station->wanted, channel, NULL))
                return;
        g_ptr_array_add(station->wanted, (void *) channel);
        enqueue(self, station);
        go_on(self);
}

void lw_sampler_forget(LwSampler *self, const LwChip *chip)
{
        Station *station = g_hash_table_lookup(self->stations, chip);

        if (station == NULL)
                return;
        g_queue_remove(&self->queue, station);
        g_hash_table_remove(self->stations, chip);
}

void lw_sampler_free(LwSampler *self)
{
        GHashTableIter iter;
        void *batch;

        if (self == NULL)
                return;
        g_hash_table_iter_init(&iter, self->batches);
        while (g_hash_table_iter_next(&iter, &batch, NULL)) {
                ((Batch *) batch)->sampler = NULL;
                lw_worker_cancel(self->worker, batch);
        }
        g_hash_table_unref(self->batches);
        g_hash_table_unref(self->stations);
        g_queue_clear(&self->queue);
        g_free(self);
}
