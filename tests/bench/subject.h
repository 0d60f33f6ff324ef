/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchSubject: a process that is measured: started, its CPU, memory and wake-ups read, ended. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct BenchSubject {
        pid_t pid;
} BenchSubject;

/** Runs `arguments` (NULL at the end); what it prints goes to the file `log`. False: it cannot be
 * started. */
bool bench_subject_start(BenchSubject *self, const char *const *arguments, const char *log);
/** Ends it by SIGTERM, which it may take its time for. */
void bench_subject_terminate(BenchSubject *self);
/** Waits for its end; after `timeout_ms` it is killed. True: it ended of itself, with status 0. */
bool bench_subject_wait(BenchSubject *self, int timeout_ms);

/** CPU time of all its threads so far, in nanoseconds. */
uint64_t bench_subject_cpu_nsec(const BenchSubject *self);
/** Memory that is its alone and written to, in KiB; 0 if that cannot be read. */
uint64_t bench_subject_private_kib(const BenchSubject *self);
/** How often its threads, all together, have gone to sleep of themselves. */
uint64_t bench_subject_sleeps(const BenchSubject *self);
