/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWorker: two threads for what blocks: getaddrinfo, fsync and rename, slow files. */
#include "io/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "model/limits.h"

#define THREADS 2
/* Enough for getaddrinfo() with its modules; only what is touched costs memory. */
#define STACK_BYTES (256 * 1024)

typedef struct Job {
        LwWorkerRun run;
        LwWorkerDone done;
        void *data;
        bool slow;
        bool cancelled;
} Job;

struct LwWorker {
        LwDriver *driver;
        sd_event_source *source;
        int wakeup_fd; /* eventfd: something was finished */
        pthread_t threads[THREADS];
        unsigned thread_count;
        /* All that follows is shared with the threads, under the lock. */
        pthread_mutex_t lock;
        pthread_cond_t work;     /* for the threads: a job waits, or it is time to stop */
        pthread_cond_t progress; /* for lw_worker_drain(): a job was finished */
        GQueue waiting;
        GQueue waiting_slow;
        bool slow_runs; /* one of them is running */
        GQueue finished;
        Job *running[THREADS];
        unsigned idle;
        bool stopping;
};

static void ring(const LwWorker *self)
{
        const uint64_t one = 1;
        ssize_t written;

        do
                written = write(self->wakeup_fd, &one, sizeof(one));
        while (written < 0 && errno == EINTR); /* EAGAIN: it is ringing already */
}

static Job *next_job(LwWorker *self)
{
        if (!g_queue_is_empty(&self->waiting))
                return g_queue_pop_head(&self->waiting);
        return self->slow_runs ? NULL : g_queue_pop_head(&self->waiting_slow);
}

/* The lock is held; so it is again on return. */
static void run_one(LwWorker *self, Job *job)
{
        unsigned slot = self->running[0] == NULL ? 0 : 1;

        self->running[slot] = job;
        self->slow_runs = self->slow_runs || job->slow;
        pthread_mutex_unlock(&self->lock);
        job->run(job->data);
        pthread_mutex_lock(&self->lock);
        self->running[slot] = NULL;
        if (job->slow)
                self->slow_runs = false;
        g_queue_push_tail(&self->finished, job);
        pthread_cond_signal(&self->progress);
        ring(self);
}

static void *thread_main(void *user)
{
        LwWorker *self = user;

        pthread_mutex_lock(&self->lock);
        while (!self->stopping) {
                Job *job = next_job(self);

                if (job != NULL) {
                        run_one(self, job);
                        continue;
                }
                self->idle++;
                pthread_cond_wait(&self->work, &self->lock);
                self->idle--;
        }
        pthread_mutex_unlock(&self->lock);
        return NULL;
}

static int start_thread(LwWorker *self)
{
        pthread_attr_t attributes;
        sigset_t all;
        sigset_t before;
        int r = pthread_attr_init(&attributes);

        if (r != 0)
                return -r;
        pthread_attr_setstacksize(&attributes, STACK_BYTES);
        /* Signals are the loop's: a thread inherits the mask it is made under. */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&self->threads[self->thread_count], &attributes, thread_main, self);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attributes);
        if (r != 0)
                return -r;
        self->thread_count++;
        return 0;
}

/* Hands over what is finished, one by one: `done` may add, cancel or drain. */
static void deliver(LwWorker *self)
{
        for (;;) {
                Job *job;
                bool cancelled;

                pthread_mutex_lock(&self->lock);
                job = g_queue_pop_head(&self->finished);
                cancelled = job != NULL && job->cancelled;
                pthread_mutex_unlock(&self->lock);
                if (job == NULL)
                        return;
                job->done(job->data, cancelled);
                g_free(job);
        }
}

static int on_wakeup(sd_event_source *source, int fd, uint32_t events, void *user)
{
        uint64_t count;

        (void) source;
        (void) events;
        if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN && errno != EINTR)
                return -errno;
        deliver(user);
        return 0;
}

/* lw_worker_drain() waits for it until a time that must not move when the clock is set. */
static void init_progress(LwWorker *self)
{
        pthread_condattr_t attributes;

        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&self->progress, &attributes);
        pthread_condattr_destroy(&attributes);
}

LwWorker *lw_worker_new(LwDriver *driver)
{
        LwWorker *self = g_new0(LwWorker, 1);
        int r;

        self->driver = driver;
        pthread_mutex_init(&self->lock, NULL);
        pthread_cond_init(&self->work, NULL);
        init_progress(self);
        g_queue_init(&self->waiting);
        g_queue_init(&self->waiting_slow);
        g_queue_init(&self->finished);
        self->wakeup_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        r = self->wakeup_fd < 0 ? -errno
                                : sd_event_add_io(lw_driver_event(driver), &self->source,
                                                  self->wakeup_fd, EPOLLIN, on_wakeup, self);
        if (r < 0) {
                lw_worker_free(self);
                errno = -r;
                return NULL;
        }
        return self;
}

LwDriver *lw_worker_driver(const LwWorker *self)
{
        return self->driver;
}

static void cancel_all(LwWorker *self)
{
        Job *job;

        pthread_mutex_lock(&self->lock);
        while ((job = g_queue_pop_head(&self->waiting)) != NULL ||
                        (job = g_queue_pop_head(&self->waiting_slow)) != NULL)
                g_queue_push_tail(&self->finished, job);
        self->stopping = true;
        pthread_cond_broadcast(&self->work);
        pthread_mutex_unlock(&self->lock);
        for (unsigned i = 0; i < self->thread_count; i++)
                pthread_join(self->threads[i], NULL);
        for (GList *item = self->finished.head; item != NULL; item = item->next)
                ((Job *) item->data)->cancelled = true;
}

void lw_worker_free(LwWorker *self)
{
        if (self == NULL)
                return;
        cancel_all(self);
        deliver(self);
        sd_event_source_disable_unref(self->source);
        if (self->wakeup_fd >= 0)
                close(self->wakeup_fd);
        pthread_mutex_destroy(&self->lock);
        pthread_cond_destroy(&self->work);
        pthread_cond_destroy(&self->progress);
        g_free(self);
}

static bool add(LwWorker *self, const Job *template)
{
        GQueue *queue = template->slow ? &self->waiting_slow : &self->waiting;
        bool full;
        bool short_of_threads;

        pthread_mutex_lock(&self->lock);
        full = self->stopping || queue->length >= LW_WORKER_JOBS_MAX;
        short_of_threads = self->waiting.length + self->waiting_slow.length >= self->idle &&
                           self->thread_count < THREADS;
        pthread_mutex_unlock(&self->lock);
        if (full)
                return false;
        /* One thread does it, if slower; without any the job would wait for ever. */
        if (short_of_threads && start_thread(self) < 0 && self->thread_count == 0)
                return false;
        pthread_mutex_lock(&self->lock);
        g_queue_push_tail(queue, g_memdup2(template, sizeof(Job)));
        pthread_cond_signal(&self->work);
        pthread_mutex_unlock(&self->lock);
        return true;
}

bool lw_worker_add(LwWorker *self, LwWorkerRun run, LwWorkerDone done, void *data)
{
        const Job job = { .run = run, .done = done, .data = data };

        return add(self, &job);
}

bool lw_worker_add_slow(LwWorker *self, LwWorkerRun run, LwWorkerDone done, void *data)
{
        const Job job = { .run = run, .done = done, .data = data, .slow = true };

        return add(self, &job);
}

static Job *find(GQueue *queue, const void *data)
{
        for (GList *item = queue->head; item != NULL; item = item->next)
                if (((Job *) item->data)->data == data)
                        return item->data;
        return NULL;
}

/* Takes a job that waits out of its queue. */
static Job *take(GQueue *queue, const void *data)
{
        Job *job = find(queue, data);

        if (job != NULL)
                g_queue_remove(queue, job);
        return job;
}

void lw_worker_cancel(LwWorker *self, void *data)
{
        Job *job;

        pthread_mutex_lock(&self->lock);
        job = take(&self->waiting, data);
        if (job == NULL)
                job = take(&self->waiting_slow, data);
        if (job != NULL) {
                g_queue_push_tail(&self->finished, job);
                ring(self);
        } else {
                job = find(&self->finished, data);
        }
        for (unsigned i = 0; job == NULL && i < THREADS; i++)
                if (self->running[i] != NULL && self->running[i]->data == data)
                        job = self->running[i];
        if (job != NULL)
                job->cancelled = true;
        pthread_mutex_unlock(&self->lock);
}

/* Waits until something is finished; false when all is done or time is up. */
static bool wait_for_progress(LwWorker *self, const struct timespec *until)
{
        bool in_time = true;
        bool busy;

        pthread_mutex_lock(&self->lock);
        for (;;) {
                busy = self->running[0] != NULL || self->running[1] != NULL ||
                       !g_queue_is_empty(&self->waiting) || !g_queue_is_empty(&self->waiting_slow);
                if (!busy || !g_queue_is_empty(&self->finished) || !in_time)
                        break;
                in_time = pthread_cond_timedwait(&self->progress, &self->lock, until) == 0;
        }
        busy = !g_queue_is_empty(&self->finished) || (busy && in_time);
        pthread_mutex_unlock(&self->lock);
        return busy;
}

void lw_worker_drain(LwWorker *self, LwUsec timeout_usec)
{
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += (time_t) MIN(timeout_usec / LW_USEC_PER_SEC, (LwUsec) G_MAXINT32);
        until.tv_nsec += (long) (timeout_usec % LW_USEC_PER_SEC) * 1000;
        if (until.tv_nsec >= 1000000000) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000;
        }
        do
                deliver(self);
        while (wait_for_progress(self, &until));
}
