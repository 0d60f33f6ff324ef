/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWorker: jobs run elsewhere, and come back to the loop. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <glib.h>

#include "io/worker.h"
#include "lib/suite.h"
#include "model/limits.h"

TCase *test_worker(void);

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        unsigned done;
        unsigned cancelled;
        unsigned expected; /* the loop ends at this number */
} Fixture;

/* A job that waits for the test, so that order is ours to say. */
typedef struct TestJob {
        Fixture *fixture;
        pthread_mutex_t *gate;
        pthread_t thread;
        bool ran;
        bool signals_blocked;
        bool add_another;
} TestJob;

static void fixture_setup(Fixture *self)
{
        *self = (Fixture){ .driver = lw_driver_new() };
        self->worker = lw_worker_new(self->driver);
}

static void fixture_teardown(Fixture *self)
{
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void job_run(void *data)
{
        TestJob *job = data;
        sigset_t mask;

        job->ran = true;
        job->thread = pthread_self();
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        job->signals_blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGCHLD) == 1;
        if (job->gate != NULL) {
                pthread_mutex_lock(job->gate);
                pthread_mutex_unlock(job->gate);
        }
}

static TestJob *job_new(Fixture *fixture, pthread_mutex_t *gate)
{
        TestJob *job = g_new0(TestJob, 1);

        job->fixture = fixture;
        job->gate = gate;
        return job;
}

static void job_done(void *data, bool cancelled)
{
        TestJob *job = data;
        Fixture *fixture = job->fixture;

        if (cancelled) {
                fixture->cancelled++;
        } else {
                fixture->done++;
                ck_assert(job->ran);
                ck_assert(!pthread_equal(job->thread, pthread_self()));
                ck_assert(job->signals_blocked);
        }
        if (job->add_another)
                ck_assert(lw_worker_add(
                                fixture->worker, job_run, job_done, job_new(fixture, NULL)));
        if (fixture->done + fixture->cancelled == fixture->expected)
                lw_driver_exit(fixture->driver, 0);
        g_free(job);
}

START_TEST(jobs_run_in_a_thread_and_come_back)
{
        Fixture self;

        fixture_setup(&self);
        self.expected = 20;
        for (unsigned i = 0; i < self.expected; i++)
                ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, NULL)));
        ck_assert_uint_eq(self.done, 0);
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_uint_eq(self.done, 20);
        fixture_teardown(&self);
}
END_TEST

START_TEST(one_slow_job_does_not_hold_the_next)
{
        Fixture self;
        pthread_mutex_t gate;

        fixture_setup(&self);
        pthread_mutex_init(&gate, NULL);
        pthread_mutex_lock(&gate);
        ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, &gate)));
        self.expected = 1;
        ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, NULL)));
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_uint_eq(self.done, 1);
        pthread_mutex_unlock(&gate);
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 2);
        fixture_teardown(&self);
        pthread_mutex_destroy(&gate);
}
END_TEST

START_TEST(a_cancelled_job_says_so)
{
        Fixture self;
        pthread_mutex_t gate;
        TestJob *jobs[3];

        fixture_setup(&self);
        pthread_mutex_init(&gate, NULL);
        pthread_mutex_lock(&gate);
        self.expected = 3;
        /* Two occupy the threads, the third waits: one of each is cancelled. */
        for (unsigned i = 0; i < 3; i++) {
                jobs[i] = job_new(&self, &gate);
                ck_assert(lw_worker_add(self.worker, job_run, job_done, jobs[i]));
        }
        lw_worker_cancel(self.worker, jobs[0]);
        lw_worker_cancel(self.worker, jobs[2]);
        pthread_mutex_unlock(&gate);
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_uint_eq(self.done, 1);
        ck_assert_uint_eq(self.cancelled, 2);
        fixture_teardown(&self);
        pthread_mutex_destroy(&gate);
}
END_TEST

START_TEST(drain_delivers_what_waits_and_what_that_adds)
{
        Fixture self;
        TestJob *first;

        fixture_setup(&self);
        self.expected = 99;
        first = job_new(&self, NULL);
        first->add_another = true;
        ck_assert(lw_worker_add(self.worker, job_run, job_done, first));
        for (unsigned i = 0; i < 5; i++)
                ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, NULL)));
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 7);
        fixture_teardown(&self);
}
END_TEST

START_TEST(drain_gives_up_in_time)
{
        Fixture self;
        pthread_mutex_t gate;

        fixture_setup(&self);
        self.expected = 99;
        pthread_mutex_init(&gate, NULL);
        pthread_mutex_lock(&gate);
        ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, &gate)));
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_MSEC);
        ck_assert_uint_eq(self.done, 0);
        pthread_mutex_unlock(&gate);
        fixture_teardown(&self);
        ck_assert_uint_eq(self.done, 0);
        ck_assert_uint_eq(self.cancelled, 1);
        pthread_mutex_destroy(&gate);
}
END_TEST

START_TEST(refuses_more_jobs_than_may_wait)
{
        Fixture self;
        pthread_mutex_t gate;
        unsigned accepted = 0;
        TestJob *refused;

        fixture_setup(&self);
        self.expected = 99999;
        pthread_mutex_init(&gate, NULL);
        pthread_mutex_lock(&gate);
        for (;;) {
                refused = job_new(&self, &gate);
                if (!lw_worker_add(self.worker, job_run, job_done, refused))
                        break;
                accepted++;
                ck_assert_uint_le(accepted, LW_WORKER_JOBS_MAX + 2);
        }
        g_free(refused);
        ck_assert_uint_ge(accepted, LW_WORKER_JOBS_MAX);
        pthread_mutex_unlock(&gate);
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, accepted);
        fixture_teardown(&self);
        pthread_mutex_destroy(&gate);
}
END_TEST

START_TEST(slow_jobs_leave_a_thread_for_the_others)
{
        Fixture self;
        pthread_mutex_t gate;

        fixture_setup(&self);
        self.expected = 1;
        pthread_mutex_init(&gate, NULL);
        pthread_mutex_lock(&gate);
        for (unsigned i = 0; i < 3; i++)
                ck_assert(lw_worker_add_slow(
                                self.worker, job_run, job_done, job_new(&self, &gate)));
        ck_assert(lw_worker_add(self.worker, job_run, job_done, job_new(&self, NULL)));
        ck_assert_int_eq(lw_driver_run(self.driver), 0);
        ck_assert_uint_eq(self.done, 1);
        pthread_mutex_unlock(&gate);
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 4);
        fixture_teardown(&self);
        pthread_mutex_destroy(&gate);
}
END_TEST

START_TEST(makes_no_thread_before_the_first_job)
{
        Fixture self;
        g_autofree char *status = NULL;

        fixture_setup(&self);
        ck_assert(g_file_get_contents("/proc/self/status", &status, NULL, NULL));
        ck_assert_ptr_nonnull(strstr(status, "Threads:\t1\n"));
        fixture_teardown(&self);
}
END_TEST

TCase *test_worker(void)
{
        TCase *tcase = tcase_create("worker");

        tcase_add_test(tcase, jobs_run_in_a_thread_and_come_back);
        tcase_add_test(tcase, one_slow_job_does_not_hold_the_next);
        tcase_add_test(tcase, a_cancelled_job_says_so);
        tcase_add_test(tcase, drain_delivers_what_waits_and_what_that_adds);
        tcase_add_test(tcase, drain_gives_up_in_time);
        tcase_add_test(tcase, refuses_more_jobs_than_may_wait);
        tcase_add_test(tcase, slow_jobs_leave_a_thread_for_the_others);
        tcase_add_test(tcase, makes_no_thread_before_the_first_job);
        return tcase;
}
