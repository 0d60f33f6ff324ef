/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make bench: what the agent costs, against a bare libcoap program (bare.c) on the same machine in
 * the same minutes.
 *
 * Agent and bare are both clients of a server that is this process; each registers, then is asked.
 * Rounds come in pairs, one of each, first one then the other ahead; a figure is the median of the
 * pairs' ratios, so that what else the machine does falls out. Absolute figures are for the eye.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib.h>

#include "bench/stage.h"

#define PAIRS 5
#define STARTS 10
#define WINDOW 16

/* A machine without DMI and device tree has no manufacturer; then it is the firmware version. */
static const BenchRequest text_requests[] = { { "/3/0/0", 0 }, { "/3/0/3", 0 } };
static const BenchRequest senml_request = { "/3/0", 112 };

static struct {
        uint32_t requests;
        unsigned idle_seconds;
} options = { 50000, 60 };

/* Everything that is written or runs, so that one place can end it. */
typedef struct Bench {
        BenchStage stage;
        BenchSubject agent, bare;
        BenchPeer agent_peer, bare_peer;
        const BenchRequest *text_request;
} Bench;

/* The bare program gets the very bytes that the agent answers with. */
static bool start_bare(Bench *self)
{
        BenchAnswer text, senml;

        for (size_t i = 0; i < G_N_ELEMENTS(text_requests) && !self->text_request; i++)
                if (bench_peer_get(&self->agent_peer, &text_requests[i], &text))
                        self->text_request = &text_requests[i];
        if (!self->text_request || !bench_peer_get(&self->agent_peer, &senml_request, &senml))
                return false;
        printf("answers: %s %zu bytes, %s %zu bytes\n", self->text_request->path, text.length,
                        senml_request.path, senml.length);

        const BenchBareAnswer answers[] = { { self->text_request->path, &text },
                { senml_request.path, &senml } };

        return bench_stage_start_bare(&self->stage, &self->bare, &self->bare_peer, NULL, answers,
                        G_N_ELEMENTS(answers));
}

/* What one round tells: seconds and CPU nanoseconds for each request. */
typedef struct Round {
        double seconds, cpu_nsec;
} Round;

static bool run_round(BenchPeer *peer, const BenchSubject *subject, const BenchRequest *request,
                uint32_t window, Round *ret_round)
{
        uint32_t count = window == 1 ? options.requests / 4 : options.requests;
        uint64_t cpu = bench_subject_cpu_nsec(subject);
        double begin = bench_seconds();

        if (!bench_peer_load(peer, request, count, window))
                return false;
        ret_round->seconds = (bench_seconds() - begin) / count;
        ret_round->cpu_nsec = (double) (bench_subject_cpu_nsec(subject) - cpu) / count;
        return true;
}

typedef struct Ratios {
        double throughput, cpu;
} Ratios;

static bool run_pairs(Bench *self, const BenchRequest *request, uint32_t window, Ratios *ret_ratios)
{
        double throughput[PAIRS], cpu[PAIRS], agent_cpu[PAIRS], bare_cpu[PAIRS], rate[PAIRS];
        Round agent, bare;

        for (size_t i = 0; i <= PAIRS; i++) { /* the first pair warms up and is overwritten */
                size_t pair = i % PAIRS;
                bool agent_first = i % 2;

                for (int half = 0; half < 2; half++) {
                        bool is_agent = agent_first == (half == 0);

                        if (!run_round(is_agent ? &self->agent_peer : &self->bare_peer,
                                            is_agent ? &self->agent : &self->bare, request, window,
                                            is_agent ? &agent : &bare))
                                return false;
                }
                throughput[pair] = bare.seconds / agent.seconds;
                cpu[pair] = agent.cpu_nsec / bare.cpu_nsec;
                agent_cpu[pair] = agent.cpu_nsec / 1e3;
                bare_cpu[pair] = bare.cpu_nsec / 1e3;
                rate[pair] = 1e-3 / agent.seconds;
        }
        *ret_ratios = (Ratios){ bench_median(throughput, PAIRS), bench_median(cpu, PAIRS) };
        printf("%-8s %2u in flight: agent %.0f thousand/s, %.2f us of CPU; bare %.2f us of CPU\n",
                        request->path, window, bench_median(rate, PAIRS),
                        bench_median(agent_cpu, PAIRS), bench_median(bare_cpu, PAIRS));
        return true;
}

static bool measure_requests(Bench *self)
{
        Ratios text, alone, senml;

        if (!run_pairs(self, self->text_request, WINDOW, &text) ||
                        !run_pairs(self, self->text_request, 1, &alone) ||
                        !run_pairs(self, &senml_request, WINDOW, &senml)) {
                fprintf(stderr, "bench: a request was lost or not answered by 2.05\n");
                return false;
        }
        bench_stage_figure(&self->stage, "text throughput, agent/bare", text.throughput, "", 0.85,
                        true);
        bench_stage_figure(&self->stage, "text CPU of a request, agent/bare", text.cpu, "", 1.2,
                        false);
        bench_stage_figure(&self->stage, "/3/0 SenML CBOR CPU of a request, agent/bare", senml.cpu,
                        "", 2.0, false);
        printf("%-44s %9.2f      no bar\n", "text one in flight, throughput agent/bare",
                        alone.throughput);
        return true;
}

static void measure_idle(Bench *self)
{
        uint64_t sleeps;

        if (!options.idle_seconds)
                return;
        sleep(2); /* until what the load left to do is done */
        sleeps = bench_subject_sleeps(&self->agent);
        sleep(options.idle_seconds);
        sleeps = bench_subject_sleeps(&self->agent) - sleeps;
        bench_stage_figure(&self->stage, "wake-ups of an idle minute",
                        60.0 * (double) sleeps / options.idle_seconds, "", 1, false);
}

static bool measure_starts(Bench *self)
{
        double milliseconds[STARTS];

        for (int i = -1; i < STARTS; i++) { /* the first one warms up */
                BenchSubject agent = {};
                BenchPeer peer;
                bool registered;
                double begin;

                if (!bench_peer_open(&peer))
                        return false;
                begin = bench_seconds();
                registered = bench_stage_start_agent(
                                             &self->stage, &agent, &peer, self->stage.data) &&
                             bench_peer_await_register(&peer, BENCH_REGISTER_MS);
                if (i >= 0)
                        milliseconds[i] = (bench_seconds() - begin) * 1e3;
                registered = bench_stage_end_agent(&agent, &peer) && registered;
                bench_peer_close(&peer);
                if (!registered) {
                        fprintf(stderr, "bench: the agent did not register and end by itself\n");
                        return false;
                }
        }
        bench_stage_figure(&self->stage, "exec to Register, warm",
                        bench_median(milliseconds, STARTS), "ms", 15, false);
        return true;
}

static bool measure(Bench *self)
{
        if (!bench_stage_start_bus(&self->stage))
                fprintf(stderr, "bench: no dbus-daemon, measuring without a bus\n");
        if (!bench_peer_open(&self->agent_peer) || !bench_peer_open(&self->bare_peer) ||
                        !bench_stage_start_agent(&self->stage, &self->agent, &self->agent_peer,
                                        self->stage.data) ||
                        !bench_peer_await_register(&self->agent_peer, BENCH_REGISTER_MS)) {
                fprintf(stderr, "bench: the agent did not register, see %s\n", self->stage.log);
                return false;
        }
        sleep(1);
        bench_stage_figure(&self->stage, "private memory, one NoSec server and a bus",
                        (double) bench_subject_private_kib(&self->agent) / 1024, "MiB", 2.0, false);
        if (!start_bare(self)) {
                fprintf(stderr, "bench: the agent or %s does not answer, see %s\n",
                                self->stage.bare, self->stage.log);
                return false;
        }
        if (!measure_requests(self))
                return false;
        bench_stage_figure(&self->stage, "private memory after the load",
                        (double) bench_subject_private_kib(&self->agent) / 1024, "MiB", 2.0, false);
        measure_idle(self);
        bench_stage_end_agent(&self->agent, &self->agent_peer);
        return measure_starts(self);
}

static void clean_up(Bench *self, bool keep_log)
{
        BenchSubject *all[] = { &self->agent, &self->bare };

        for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                bench_subject_terminate(all[i]);
                bench_subject_wait(all[i], BENCH_END_MS);
        }
        bench_stage_close(&self->stage, keep_log);
}

static bool parse_options(BenchStage *stage, int argc, char **argv)
{
        static const struct option known[] = {
                { "agent", required_argument, NULL, 'a' },
                { "bare", required_argument, NULL, 'b' },
                { "data", required_argument, NULL, 'd' },
                { "requests", required_argument, NULL, 'r' },
                { "idle", required_argument, NULL, 'i' },
                {},
        };
        int letter;

        while ((letter = getopt_long(argc, argv, "", known, NULL)) >= 0) {
                if (letter == 'a')
                        stage->agent = optarg;
                else if (letter == 'b')
                        stage->bare = optarg;
                else if (letter == 'd')
                        stage->data = optarg;
                else if (letter == 'r')
                        options.requests = (uint32_t) strtoul(optarg, NULL, 10);
                else if (letter == 'i')
                        options.idle_seconds = (unsigned) strtoul(optarg, NULL, 10);
                else
                        return false;
        }
        return optind == argc && options.requests >= 1000;
}

int main(int argc, char **argv)
{
        Bench bench = {
                .stage = { .agent = "./lwm2md", .bare = "tests/bench/bare", .data = "data" }
        };
        bool ok;

        if (!parse_options(&bench.stage, argc, argv)) {
                fprintf(stderr, "usage: bench [--agent FILE] [--bare FILE] [--data DIR]"
                                " [--requests 1000...] [--idle SECONDS]\n");
                return EXIT_FAILURE;
        }
        if (!bench_stage_open(&bench.stage))
                return EXIT_FAILURE;
        ok = measure(&bench);
        clean_up(&bench, !ok);
        if (ok)
                printf("%u over its bar\n", bench.stage.over);
        return ok && !bench.stage.over ? EXIT_SUCCESS : EXIT_FAILURE;
}
