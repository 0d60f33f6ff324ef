/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchStage: what a bench of the agent needs: a directory, a bus, the programs, and figures with
 * their bars. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bench/peer.h"
#include "bench/subject.h"

#define BENCH_REGISTER_MS 5000
#define BENCH_END_MS 4000

/** BenchStage: owns the directory with all in it, the bus, and no agent. */
typedef struct BenchStage {
        const char *agent, *bare, *data; /* files and a directory, from the command line */
        char *directory;
        char *log;
        bool has_bus;
        BenchSubject bus;
        unsigned over; /* figures that miss their bar */
} BenchStage;

/** What the bare program answers a GET with. */
typedef struct BenchBareAnswer {
        const char *path;
        const BenchAnswer *answer;
} BenchBareAnswer;

/** False: no directory could be made. */
bool bench_stage_open(BenchStage *self);
/** Ends the bus and takes the directory away, unless its log is to be kept. */
void bench_stage_close(BenchStage *self, bool keep_log);
/** Writes a file of the directory; its path, the caller's; NULL: it could not be written. */
char *bench_stage_write(const BenchStage *self, const char *name, const char *format, ...)
                G_GNUC_PRINTF(3, 4);
/** A bus of our own, in DBUS_SYSTEM_BUS_ADDRESS from now on, so that the agent has what it has in
 * the field and nobody else is troubled. */
bool bench_stage_start_bus(BenchStage *self);
/** Starts an agent that registers at the peer, with the objects of `data`. */
bool bench_stage_start_agent(
                BenchStage *self, BenchSubject *agent, const BenchPeer *peer, const char *data);
/** Has it De-register and end. False: it had to be killed. */
bool bench_stage_end_agent(BenchSubject *agent, BenchPeer *peer);
/** Starts the bare program with the very bytes that the agent answers with, `count` at most 8 of
 * them, and waits until it has registered at the peer. With `service` it asks that first, each
 * time; NULL: none. */
bool bench_stage_start_bare(BenchStage *self, BenchSubject *bare, BenchPeer *peer,
                const char *service, const BenchBareAnswer *answers, size_t count);

/** Prints a figure beside its bar, and counts it if it misses that. */
void bench_stage_figure(BenchStage *self, const char *what, double value, const char *unit,
                double bar, bool at_least);
/** Sorts the values. */
double bench_median(double *values, size_t count);
double bench_seconds(void);
